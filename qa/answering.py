"""From a question to its answer: search, read, and decide whether to answer at all."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from index.index import Index
from index.types import Filter, Hit
from qa import confidence
from qa.answer import NO_ANSWER, Answer, Basis
from qa.attribution import Request, understand
from qa.caution import Caution
from qa.citing import cite, text_of
from qa.conversation.talk import small_talk
from qa.evidence import (
    LIST_READ,
    QUESTIONS,
    READ,
    STATEMENT_READ,
    STATEMENTS,
    as_hits,
    read,
)
from qa.exact import exact_answer, wants_list
from qa.overview.overview import answer_overview
from qa.quotes import Found, sentence
from qa.reading.reader import Reader
from qa.selection import PASSAGES, by_best_sentence, choose, openings, rank_sentences
from qa.wording import content_words, words_of

Watch = Callable[[str], None]
"""Told the name of each stage as it begins: "search", "read", "choose". What it raises ends the answering."""


def answer(
    question: str,
    index: Index,
    reader: Reader | None,
    *,
    k: int,
    only: Filter,
    caution: Caution = "balanced",
    as_asked: str = "",
    narrow: bool = True,
    watch: Watch | None = None,
) -> Answer:
    """Answer a question from an index, or abstain.

    Args:
        question: in words.
        index: what to search.
        reader: it finds the words; without one the answer is whole sentences.
        k: how many passages to show.
        only: which passages to search.
        caution: how sure it must be.
        as_asked: the question in the words of a conversation, to be searched for, too.
        narrow: whether a question that names whose words it wants is answered from these alone.
        watch: told of each stage.

    Raises:
        ArgumentError: ``k`` below 1; a kind, author or document that is not there.
        ModelError: the embedding model cannot be loaded.
    """
    clock = _Clock(watch)
    reply = small_talk(question)
    if reply is not None:
        return Answer(question, "", reply, False, 1.0, (), (), basis=Basis.TALK)
    clock.begin("search")
    whole = answer_overview(question, index, only)
    if whole is not None:
        clock.end()
        return replace(whole, seconds=clock.seconds)
    request = understand(question, index, only) if narrow else Request(question, only)
    asked = request.topic or question
    reads = reader is not None and _asks_exactly(question, request)
    # The answer must not change with how many passages are shown: it is taken from the first ones.
    lists = reads and wants_list(asked)
    asks = is_question(asked)
    read_at_most = LIST_READ if lists else READ if asks else STATEMENT_READ
    taken = read_at_most if reads else PASSAGES
    hits = index.search(asked, also=as_asked, k=max(k, taken) if k > 0 else k, only=request.only)
    if not hits:
        return Answer(question, "", NO_ANSWER, True, 0.0, (), (), narrowed=request.narrowed)
    if reader is not None and reads:
        clock.begin("read")
        to_read = question if request.asks_who else asked
        evidence = read(
            to_read,
            hits[:taken],
            index,
            reader,
            asked=question,
            order=QUESTIONS if asks else STATEMENTS,
            all_of_them=lists or not asks,
        )
        clock.begin("choose")
        found = exact_answer(question, evidence, index.lexical, asks_who=request.asks_who)
        least = confidence.EVIDENCE_THRESHOLDS[caution]
        sure = found.confidence >= least and bool(found.quotes)
        shown = as_hits(evidence, hits[len(evidence) :], found=sure)
    else:
        clock.begin("choose")
        found, shown = _in_sentences(asked, bool(request.topic), hits, index)
        least = confidence.SENTENCE_THRESHOLDS[caution]
    if not words_of(question) or not (is_question(question) or content_words(asked)):
        found = Found("", (), 0.0)  # marks and little words alone ask for nothing
    abstained = found.confidence < least or not found.quotes
    citations = () if abstained else cite(found.quotes)
    clock.end()
    return Answer(
        question,
        answer="" if abstained else found.answer,
        text=NO_ANSWER if abstained else text_of(citations),
        abstained=abstained,
        confidence=found.confidence,
        citations=citations,
        hits=tuple(shown[:k]),
        nearest=found.answer if abstained else "",
        seconds=clock.seconds,
        narrowed=request.narrowed,
        threshold=least,
        note=_looked_at(min(taken, len(hits)), index, request.only)
        if lists and not abstained
        else "",
    )


def _looked_at(count: int, index: Index, only: Filter) -> str:
    """Of how many passages a list was made: a reader must know whether it can be whole."""
    all_of_them = len(index.passages_in(only))
    if count >= all_of_them:
        return "Every passage was read for it."
    return f"{count:,} of {all_of_them:,} passages were read for it: there may be more."


class _Clock:
    """Times one stage after another, and tells who watches."""

    def __init__(self, watch: Watch | None) -> None:
        self.seconds: dict[str, float] = {}
        self._watch = watch
        self._stage, self._since = "", 0.0

    def begin(self, stage: str) -> None:
        """End the stage before, and begin one."""
        self.end()
        if self._watch is not None:
            self._watch(stage)
        self._stage, self._since = stage, time.perf_counter()

    def end(self) -> None:
        """End the stage that was begun last, if any was."""
        if self._stage:
            self.seconds[self._stage] = time.perf_counter() - self._since


def _asks_exactly(question: str, request: Request) -> bool:
    """Whether a question has an answer in a few words, or in one passage's words.

    "What did LTRich say about the supplies?" asks for whatever was said: sentences that are near.
    """
    if request.asks_who or request.topic == question:
        return True
    return _INTERROGATIVE.match(request.topic) is not None


def is_question(text: str) -> bool:
    """Whether something is asked, or asked for, and not a statement or a few key words."""
    return text.rstrip(" \n\t\"'”’»)").endswith(("?", "？")) or _ASKS.match(text) is not None


_ASKS = re.compile(
    r"\W*(?:(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|does|did|do|has|have|had|can|could|may"
    r"|might|will|would|should|must)\b|(?:\w+\W+){1,2}(?:what|which|whom|whose|how)\b"
    r"|(?:please\s+)?(?:tell|give|name|list|enumerate|state|identify|find|show|explain|describe)\b)",
    re.IGNORECASE,
)
"""It begins with a word that asks, or one of the next two is, or it begins with a request."""
_INTERROGATIVE = re.compile(
    r"\W*(?:who|whom|whose|what|which|when|where|why|how|in (?:what|which)|is|are|was|were|does|did)\b",
    re.IGNORECASE,
)


def _in_sentences(
    asked: str, has_topic: bool, hits: Sequence[Hit], index: Index
) -> tuple[Found, list[Hit]]:
    """The sentences nearest the question, and the hits in the order of theirs.

    Without a topic ("what did LTRich say?") the words themselves are wanted, whatever they are
    about: the first sentences of the passages.
    """
    adapted, best = index.adapt(asked), hits[0].score
    # Read by themselves, as other texts beside them would change the last digits.
    ranked = rank_sentences(adapted, hits[:PASSAGES], index, best=best)
    others = rank_sentences(adapted, hits[PASSAGES:], index, best=best)
    shown = by_best_sentence(hits, [*ranked, *others])
    if has_topic:
        sure = confidence.confidence_of_sentence(ranked[0])
        quotes = [sentence(each.hit.passage, each.start, each.end) for each in choose(ranked)]
    else:
        sure = 1.0
        first = [hit.passage for hit in by_best_sentence(hits[:PASSAGES], ranked)]
        quotes = [sentence(*place) for place in openings(first)]
    words = [each.passage.document.text[each.start : each.end] for each in quotes]
    return Found(" ".join(" ".join(words).split()), tuple(quotes), sure), shown
