"""The exact words that answer a question, out of the passages that were read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.lexical import LexicalIndex
from index.sentences import sentences_of
from qa.confidence import confidence_of_evidence, confidence_of_list
from qa.evidence import Evidence
from qa.quotes import Found, Quote, quote, sentence
from qa.reading.reader import Reading, Span
from qa.reading.spans import amount_before
from qa.wording import normalised

MOST_LISTED = 20
"""How many answers a list has at most."""

LISTED_RELEVANCE, LISTED_SCORE = -3.0, 0.0
"""Of a list are the words of passages that are at least so relevant, and that are themselves at least so much
likelier than none: several items of a passage share what its one answer would have. ``training/fit_lists.py`` fits
them, precision counting for more than recall, as most documents are longer than those of ten passages that they
are fitted on."""


def exact_answer(
    question: str, evidence: Sequence[Evidence], lexical: LexicalIndex, *, asks_who: bool = False
) -> Found:
    """The best answer in passages that were read.

    Args:
        question: in words.
        evidence: the passages, the likeliest first; at least one.
        lexical: it weighs words, to find the sentence for an answer that is an author's name.
        asks_who: whether the answer is who wrote the best passage, whatever its words.
    """
    sure = confidence_of_evidence(evidence)
    best = evidence[0]
    span = _author(best.reading) if asks_who else next(iter(best.reading.spans), None)
    if span is None:
        return Found("", (), 0.0)
    if wants_sentence(question):
        around = _quote(question, best, span, lexical)
        whole = sentence(around.passage, around.context_start, around.context_end)
        return Found(_one_line(whole), (whole,), sure)
    if wants_list(question):
        listed = list(_listed(evidence)) or [(best, span)]
        words = [" ".join(span.text.split()) for _, span in listed]
        between = "; " if any("," in word for word in words) else ", "
        quotes = tuple(_quote(question, each, span, lexical) for each, span in listed)
        return Found(between.join(words), quotes, confidence_of_list(evidence))
    places = [(each, _with_amount(each.reading, same)) for each, same in _same(span, evidence)]
    quotes = tuple(_quote(question, each, same, lexical) for each, same in places)
    return Found(" ".join(places[0][1].text.split()), quotes, sure)


def wants_sentence(question: str) -> bool:
    """Whether a question asks for a reason or an opinion, which a few words cannot give."""
    return _WANTS_SENTENCE.search(question) is not None


def wants_list(question: str) -> bool:
    """Whether a question asks for everything of a kind that the documents mention."""
    return _WANTS_LIST.search(question) is not None


def _author(reading: Reading) -> Span | None:
    passage = reading.passage
    if passage.author is None:
        return None
    return Span(passage.author, passage.start, passage.end, reading.margin, names_author=True)


def _with_amount(reading: Reading, span: Span) -> Span:
    """The span with a round number in front that counts it: "thousands of letters", not "letters".

    More is said so, and nothing else. It is rare: of 5,308 questions that the reader learned from, on paragraphs with
    such words or with shares, it changes three answers, two of which are right either way (with shares, "42 % of
    Republicans", five of five were right without).
    """
    if span.names_author:
        return span
    text = reading.passage.document.text
    start = max(reading.passage.start, amount_before(text, span.start))
    return replace(span, text=text[start : span.end], start=start)


def _same(span: Span, evidence: Sequence[Evidence]) -> Iterator[tuple[Evidence, Span]]:
    """The span, and the same words as the best answer of other passages that have one."""
    yield evidence[0], span
    wanted = normalised(span.text)
    for each in evidence[1:]:
        for other in each.reading.spans[:1]:
            if other.score > 0 and each.reading.relevance > 0 and normalised(other.text) == wanted:
                yield each, other


def _listed(evidence: Sequence[Evidence]) -> Iterator[tuple[Evidence, Span]]:
    """Every span that is likely enough, each answer once, in the order of the passages."""
    seen: set[str] = set()
    for each in evidence:
        for span in each.reading.spans if each.reading.relevance >= LISTED_RELEVANCE else ():
            name = normalised(span.text)
            if span.score < LISTED_SCORE or not name:
                continue
            if not any(same_item(name, other) for other in seen):
                seen.add(name)
                yield each, span
            if len(seen) == MOST_LISTED:
                return


def same_item(name: str, other: str) -> bool:
    """Whether two items of a list are one: all words of one stand in the other, one after another."""
    return f" {name} " in f" {other} " or f" {other} " in f" {name} "


def _quote(question: str, evidence: Evidence, span: Span, lexical: LexicalIndex) -> Quote:
    """The span in its sentence; an author's name is proved by the sentence nearest the question."""
    passage = evidence.reading.passage
    if not span.names_author:
        return quote(passage, span.start, span.end)
    text = passage.document.text
    places = sentences_of(passage)
    start, end = max(places, key=lambda place: lexical.coverage(question, text[slice(*place)]))
    return sentence(passage, start, end)


def _one_line(words: Quote) -> str:
    return " ".join(words.passage.document.text[words.start : words.end].split())


_WANTS_SENTENCE = re.compile(
    r"^\s*(?:but\s+|and\s+)?(?:why\b|how come\b|for what reason|explain\b|describe\b)"
    r"|\b(?:what|how) (?:should|ought|must)\b"
    r"|\bwhat(?: is|['’]s| was| would be) the (?:proper|right|best|appropriate|correct)"
    r" (?:response|reaction|way|approach|course|policy|strategy)\b"
    r"|\bwhat (?:do|does|did) .{1,60}\b(?:think|say|suggest|recommend|propose|argue|advise)"
    r"(?:\W*$|\s+(?:of|about|on)\b)",
    re.IGNORECASE,
)
_MANY = r"(?:(?!(?:does|this|thus)\b)\w{3,}(?<!s)s|\w*(?:people|men)|children|fish|clergy|aircraft)"
"""A word for several: "towns", "churchmen"."""
_KIND = rf"(?:what|which)\s+(?:[\w'’(),-]+\s+){{0,9}}?{_MANY}\b[^?]{{0,60}}?"
"""What is asked for: "which towns and ports", "what members of the family"."""
_MENTION = r"(?:mention(?:s|ed)?|list(?:s|ed)?|name[sd]?|discuss(?:es|ed)?|cite[sd]?)"
_BEHIND = r"(?:\s+by name)?(?:\s+(?:in|by|here|anywhere|besides)\b[^?]{0,60})?\s*[?.!]*\s*$"
_WANTS_LIST = re.compile(
    rf"^\s*(?:please\s+)?(?:list|enumerate|name (?:all|every|each|the\s+(?:[\w-]+\s+)?{_MANY}))\b"
    rf"|^\s*{_KIND}\b(?:do|does|did|are|were|has|have)\b[^?]{{0,60}}\b{_MENTION}{_BEHIND}"
    rf"|^\s*{_KIND}\b(?:comes? up|are there|were there)\b"
    r"|^\s*what (?:are|were) all\b",
    re.IGNORECASE,
)
