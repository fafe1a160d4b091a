"""When two wordings say the same."""

from __future__ import annotations

import re

_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
_ASKS_FOR = re.compile(
    r"\W*(?:and |but )?(?:who|whom|whose|what|which|when|where|how)\b", re.IGNORECASE
)


def normalised(answer: str) -> str:
    """An answer without what does not matter: case, punctuation, articles, white space.

    As SQuAD's official evaluation does it (Rajpurkar et al. 2016).
    """
    bare = "".join(c for c in answer.lower() if c not in _PUNCTUATION)
    return " ".join(_ARTICLE.sub(" ", bare).split())


def repeats(question: str, answer: str) -> bool:
    """Whether an answer says nothing but words that the question has, one after another.

    "Who is the president of France?" is not answered by "the president of France". Of 2,872 questions
    on SQuAD dev's training articles 3 have an answer of such words, of 27,626 of SQuADShifts 19.
    A question that offers a choice ("is it red or blue?") is answered by its own words.
    """
    if not _ASKS_FOR.match(question) or " or " in question:
        return False
    words = normalised(answer)
    return bool(words) and f" {words} " in f" {normalised(question)} "
