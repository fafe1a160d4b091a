"""Words: which of them tell something, and when two wordings say the same."""

from __future__ import annotations

import re

_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
_ASKS_FOR = re.compile(
    r"\W*(?:and |but )?(?:who|whom|whose|what|which|when|where|how)\b", re.IGNORECASE
)
FUNCTION_WORDS = frozenset(
    "a about above after again against all also although always am an and another any anyone anything"
    " are around as aside at away be because become became been before being below besides between both"
    " but by call called can come could did do does doing done down during each early either else ever"
    " every everyone everything far few find first for from further get give go going good got great"
    " had happen happened has have having he help her here hers him himself his how however i if in"
    " information interested into is it its itself just kind kinds know known last later learn let like"
    " list look made main make making many may me mean mention mentioned might mine more most much must"
    " my name need next no nor not now number of off ok okay on once one ones only or other others our"
    " out over own part people place please same say says see several she should show since so some"
    " something soon sort still such sure take tell than thank thanks that the their theirs them then"
    " there these they thing things think this those through time times to too try two type types under"
    " until up us use used using very want was way ways we well went were what when where whether which"
    " while who whom whose why will with within without work worked would wish year years yes yet you"
    " your really actually interesting important article aspects say anybody somebody describe explain"
    " else's it's that's what's how's i'd i'm i'll we're you're don't didn't doesn't isn't aren't"
    " wasn't weren't can't couldn't long often exactly specifically start started begin began".split()
)
"""Words that say nothing of what a text is about."""


def words_of(text: str) -> list[str]:
    """Words in lower case."""
    return re.findall(r"[^\W_]+", text.lower())


def content_words(text: str) -> list[str]:
    """The words that say what a text is about, in lower case."""
    return [word for word in words_of(text) if word not in FUNCTION_WORDS]


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
