"""What a conversation has spoken of: names and topics, the likeliest to be meant first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.wording import FUNCTION_WORDS, content_words, words_of


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of the conversation, as it was understood, and what was answered."""

    question: str
    answer: str = ""
    """In words; empty where nothing was."""


SUBJECT, ASKED, ANSWERED, TOLD = 1.5, 1.0, 2.5, 0.3
"""Weight of a mention: as the whole conversation's subject, in a question, as the short answer to a
question for who or what, and elsewhere in an answer."""
FADING = 0.7
"""What is left of a weight a turn later. These, and the rules of ``followup``, were made while looking
at one half of CANARD's dialogues and at INSCIT; the other half of CANARD gave the same figures."""
SAID_AS_OFTEN = 0.6
"""A word beside the word of a run that was said most belongs to the topic if it was said so often."""
SHORT_ANSWER = 5
"""In words."""

_WORD = r"(?:(?:[A-Z]\.)+(?=\s?[A-Z]|[\s?!,]|$)|[A-Z][\w'’-]*(?<!['’]))"
_NAME = re.compile(rf"\b(?!I\b){_WORD}(?:\s(?:(?:of|the|de|von|van|and the)\s)*(?:{_WORD}|\d+))*")
_BEFORE_A_SENTENCE = re.compile(r"(?:^|[.?!\"']\s*)$")
_RUN = re.compile(r"[^\W\d_][\w'’-]*")
_ASKS_WHO = re.compile(r"^\W*(?:\w+\W+)?(?:who|whom|which|what)\b", re.IGNORECASE)


def names(text: str, *, told: bool = False) -> Iterator[str]:
    """The names in a text, without the words that only begin a question.

    Args:
        text: a question or an answer.
        told: whether it is an answer: a single word at a sentence's beginning is no name then.
    """
    for found in _NAME.finditer(text):
        words = found.group().split()
        if (
            told
            and len(words) == 1
            and len(text.split()) > SHORT_ANSWER
            and _BEFORE_A_SENTENCE.search(text[: found.start()])
        ):
            continue
        while words and words[0].lower() in FUNCTION_WORDS:
            words = words[1:]
        name = re.sub(r"['’]s$", "", " ".join(words).strip(" .,'’"))
        if len(name) > 1:
            yield name


def is_name(topic: str) -> bool:
    """Whether a topic is a name rather than a word."""
    return topic[:1].isupper()


def names_before(history: Sequence[Exchange], subjects: Sequence[str]) -> list[str]:
    """The names of a conversation, the likeliest to be meant first.

    Args:
        history: the turns, oldest first.
        subjects: what it is about as a whole, the most important one first.
    """
    weights: dict[str, float] = {}
    for subject in subjects:
        _add(weights, re.sub(r"\s*\(.*?\)", "", subject), SUBJECT)
    for age, exchange in enumerate(reversed(history)):
        for name in names(exchange.question):
            _add(weights, name, ASKED * FADING**age)
        short = len(exchange.answer.split()) <= SHORT_ANSWER
        answered = ANSWERED if short and _ASKS_WHO.match(exchange.question) else TOLD
        for name in names(exchange.answer, told=True):
            _add(weights, name, answered * FADING**age)
    return sorted(weights, key=lambda name: -weights[name])


def _add(weights: dict[str, float], name: str, weight: float) -> None:
    """Count a mention; a part of a name is the name."""
    words = set(words_of(name))
    for known in weights:
        others = set(words_of(known))
        if words <= others or others < words:
            full = known if words <= others else name
            weights[full] = weights.pop(known) + weight
            return
    weights[name] = weight


def topics_before(history: Sequence[Exchange], subjects: Sequence[str]) -> list[str]:
    """Names and other runs of words that the questions were about, the likeliest first.

    A run counts for more, the more often its words were said in the conversation.
    """
    said: dict[str, float] = {}
    for age, exchange in enumerate(reversed(history)):
        for text, weight in ((exchange.question, ASKED), (exchange.answer, TOLD)):
            for word in set(content_words(text)):
                said[_stem(word)] = said.get(_stem(word), 0.0) + weight * FADING**age
    weights: dict[str, float] = {re.sub(r"\s*\(.*?\)", "", each): SUBJECT for each in subjects}
    for exchange in history:
        for run in _runs(exchange.question):
            heard = [(word, said.get(_stem(word.lower()), 0.0)) for word in run.split()]
            topic, weight = _most_said(heard)
            topic = run if is_name(run) else topic
            weights[topic] = max(weights.get(topic, 0.0), weight)
    return sorted(weights, key=lambda run: -weights[run])


def _most_said(heard: Sequence[tuple[str, float]]) -> tuple[str, float]:
    """Of a run the words that were said most, side by side, and how much they were."""
    most = max(weight for _, weight in heard)
    kept: list[tuple[str, float]] = []
    for word, weight in heard:
        if weight >= SAID_AS_OFTEN * most:
            kept.append((word, weight))
        elif any(weight == most for _, weight in kept):
            break
        else:
            kept = []
    return " ".join(word for word, _ in kept), sum(weight for _, weight in kept) / len(kept)


def _runs(text: str) -> Iterator[str]:
    """Names, and runs of words between words that say nothing."""
    found = [name for name in names(text) if name.lower() not in FUNCTION_WORDS]
    rest = text
    for name in found:
        yield name
        rest = rest.replace(name, " . ")
    run: list[str] = []
    last = 0
    for match in _RUN.finditer(rest):
        word = match.group()
        apart = re.search(r"[^\s]", rest[last : match.start()])
        if (apart or word.lower() in FUNCTION_WORDS) and run:
            yield " ".join(run)
            run = []
        if word.lower() not in FUNCTION_WORDS:
            run.append(word)
        last = match.end()
    if run:
        yield " ".join(run)


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
