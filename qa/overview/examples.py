"""Example questions that fit the loaded documents, for somebody who does not know what to ask.

Rules turn plain sentences into questions ("The tower was built in 1873." gives "When was the tower
built?"); others ask for a reader's comment or a summary. Each question is put to the assistant first
and kept only where its answer comes from the sentence, reader or document that it was made for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from index.entries import Label
from index.index import Index
from index.sentences import Span, sentences_of
from index.types import Document, Filter, Kind, Passage
from qa.answer import Answer, Basis
from qa.wording import FUNCTION_WORDS, content_words, normalised

if TYPE_CHECKING:
    from qa.assistant import Assistant

MOST_ASKED = 8
"""How many candidates are put to the assistant, at most."""
DOCUMENTS = 24
"""How many documents are looked at, at most."""
PASSAGES = 240
"""How many passages are looked at, at most, of all documents together."""
SURE = 0.5
"""The confidence that an answer must have."""
OFTEN = 2000
"""Characters, in so many of which "the tower" stands once where it needs no explanation."""
NAMED = 0.3
"""What a name, or a word of the title, in a question is worth, in cosines."""
SUMMARY_SENTENCES = 3
"""A summary of fewer is of a text that is quicker read than asked about."""
COMMENT_WORDS = 25
"""Of a comment that is worth asking for, at least."""
LONGEST = 100
"""Characters of a question, at most."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A question, and what its answer must come from."""

    question: str
    form: str
    """Questions of different forms make variety."""
    document: Document
    rank: float
    """The lower, the earlier it is asked."""
    answer: str = ""
    """Words that the answer has; empty where any will do."""
    sentence: Span | None = None
    """The sentence that answers it; None for a question about comments or a whole document."""
    reader: str = ""
    """Whose comments answer it."""

    def is_answered_by(self, answer: Answer) -> bool:
        """Whether an answer comes from where it should."""
        if answer.confidence < SURE or not answer.citations:
            return False
        cited = {citation.passage.document.id for citation in answer.citations}
        if self.reader:
            return {citation.passage.author for citation in answer.citations} == {self.reader}
        if self.sentence is None:
            prose = [each for each in answer.citations if each.quote.endswith((".", "!", "?", "”"))]
            return (
                answer.basis is Basis.SUMMARY
                and cited == {self.document.id}
                and len(prose) >= SUMMARY_SENTENCES
            )
        best, (start, end) = answer.citations[0], self.sentence
        here = best.passage.document.id == self.document.id and start <= best.start < end
        given, wanted = f" {normalised(answer.answer)} ", f" {normalised(self.answer)} "
        return here and (not self.answer or wanted in given or given in wanted)


def example_questions(
    assistant: Assistant, *, count: int = 3, documents: Collection[str] | None = None
) -> list[str]:
    """Questions that the documents answer, the most telling first; the same in every run.

    Args:
        assistant: it answers the candidates, at most :data:`MOST_ASKED` of them.
        count: at most this many questions; fewer where no good ones can be made.
        documents: ids of the documents that they are about; None for all.

    Raises:
        ModelError: the embedding model cannot be loaded.
    """
    index = assistant.index
    places = [
        place
        for place, label in enumerate(index.tables.labels)
        if documents is None or label.id in documents
    ]
    wanted = [index.documents[place] for place in places[:DOCUMENTS]]
    left = _candidates(assistant, wanted)
    kept: list[_Candidate] = []
    for _ in range(MOST_ASKED):
        if not left or len(kept) >= count:
            break
        best = min(left, key=lambda each: (_likeness(each, kept), each.rank))
        left.remove(best)
        if best.is_answered_by(assistant.ask(best.question)):
            kept.append(best)
    return [each.question for each in kept]


def _likeness(candidate: _Candidate, kept: Sequence[_Candidate]) -> int:
    """How much a question repeats the ones that are kept: their documents, their forms."""
    return sum(
        2 * (candidate.document.id == each.document.id)
        + 2 * (candidate.form == each.form)
        + ((candidate.sentence is None) == (each.sentence is None))
        for each in kept
    )


def _candidates(assistant: Assistant, documents: Sequence[Document]) -> list[_Candidate]:
    """Every question that the rules make, each once."""
    index = assistant.index
    found: dict[str, _Candidate] = {}
    for document in documents:
        own = index.passages_in(Filter(document=document.id))
        if not own:
            continue
        vectors = index.vectors_of(own)
        central = vectors @ vectors.mean(axis=0)
        for row in (-central).argsort(kind="stable")[: PASSAGES // len(documents)]:
            for each in _about_passage(own[row]):
                if len(index.documents) > 1 and not (each.reader or _has_name(each.question)):
                    continue
                rank = each.rank - float(central[row])
                found.setdefault(each.question, replace(each, rank=rank))
        for each in _about_document(document, index):
            found.setdefault(each.question, each)
    return list(found.values())


# -- about the whole ------------------------------------------------------------------------------


def _about_document(document: Document, index: Index) -> Iterator[_Candidate]:
    """Its summary and that of its comments, where a question can mean no other document."""
    if len(index.documents) == 1:
        yield _Candidate("What is this document about?", "summary", document, 3.0)
        if any(block.kind is Kind.COMMENT for block in document.blocks):
            yield _Candidate("What do the readers say?", "comments", document, 2.0)
        return
    labels = index.tables.labels
    others = {word for each in labels if each.id != document.id for word in _called(each)}
    runs = _TITLE_NAME.findall(document.title)
    names = [run for run in runs if " " not in run and run.lower() not in others]
    if " " in document.title:  # its first word need not be a name
        names = [name for name in names if not document.title.startswith(name)]
    count = {name: len(re.findall(rf"[a-z,] {name}\b", document.text)) for name in names}
    if count and max(count.values()) > 1:
        name = max(names, key=lambda name: count[name])
        yield _Candidate(f"What is the {name} document about?", "summary", document, 3.0)


def _called(label: Label) -> set[str]:
    return set(re.findall(r"\w+", f"{label.title} {PurePath(label.path).stem}".lower()))


_TITLE_NAME = re.compile(r"[A-Z]\w{2,}(?: [A-Z]\w+)*")


# -- about a sentence -----------------------------------------------------------------------------

_VERBS = dict(
    pair.split(":")
    for pair in "died:die began:begin opened:open closed:close started:start ended:end moved:move"
    " returned:return became:become won:win founded:found joined:join left:leave published:publish"
    " released:release invented:invent discovered:discover introduced:introduce launched:launch"
    " signed:sign received:receive entered:enter established:establish created:create built:build"
    " bought:buy acquired:acquire arrived:arrive retired:retire graduated:graduate married:marry"
    " adopted:adopt passed:pass announced:announce completed:complete conquered:conquer"
    " replaced:replace collapsed:collapse".split()
)
"""Verbs in the past, and as they follow "did"."""
_COMPLETE = (
    r"(?=(?:died|began|opened|closed|started|ended|returned|left|arrived|retired|graduated|married"
    r"|collapsed) |\w+ (?!(?:in|on)\b))"
)
"""Looks ahead to a verb that needs no object, or has one."""
_MADE = (
    r"(?:founded|invented|discovered|designed|wrote|built|created|composed|directed|painted|won"
    r"|published|established|proposed|developed|introduced|conquered|led|coined)"
)
_ROLE = (
    r"(?:(?:\w+s|police|chair)?(?:wo)?man|\w+(?:ist|ician|ologian|opher)|teacher|professor"
    r"|president|minister|director|officer|manager|coordinator|engineer|architect|author"
    r"|writer|historian|librarian|doctor|nurse|painter|singer|actor|actress|king|queen|emperor"
    r"|ruler|general|founder|leader|player|coach|student|lawyer|judge|bookkeeper|senator"
    r"|governor|mayor|inventor|explorer|poet|composer|priest|reformer|baker|farmer|fisherman"
    r"|sailor|captain|owner|secretary|editor|researcher|mother|father|wife|husband|son"
    r"|daughter|fellow|member|candidate|employee|resident|graduate|scholar|commander|soldier"
    r"|critic|person)(?= (?:of|who|whose|from|in|at|for|and|with|to|by|on)\b|[,.;]|$)"
)
_PARTICIPLE = (
    r"(?:(?:first|officially|originally|finally) )?(?:\w{2,}ed|born|(?:re)?built|held|made|found|written"
    r"|won|sold|begun|given|taken|shown|known|drawn|sent|bought|laid|led|lost|put|set|cut|shut)"
)
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_DATE = (
    rf"(?:(?:\d{{1,2}} )?{_MONTH}(?: \d{{1,2}})?(?:,? \d{{4}})?|(?:early |late |mid-)?1\d{{3}}|20\d\d"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days)\b(?![-–s])"
)
_NUMBER = r"(?:\d[\d,]+(?:\.\d+)?|\d[\d.]* (?:million|billion))"
_ABOUT = r"(?:(?:[Aa]bout|[Aa]round|[Aa]pproximately|[Nn]early|[Oo]ver|[Mm]ore than|[Aa]t least) )?"
_THINGS = r"(?:[a-z][a-z-]+ ){0,2}(?:[a-z-]{3,}s|people|men|women|children)"
_MONEY = (
    r"(?:[$£€]\d[\d,.]*\d|[$£€]\d|\d[\d,.]* (?:pounds|euros|dollars|crowns|francs|pence|cents))"
)
_ASIDE = r"(?:, [^,;:]{3,90},| \([^()]{1,40}\))?"
_SUBJECT = rf"(?P<subject>[^,;:()]{{2,50}}?){_ASIDE}"
_NAME = r"[A-Z][\w’'-]+(?: (?:(?:of|the|de|von|van) )*[A-Z][\w’'.-]*){0,4}"
_BE = r"(?P<aux>is|are|was|were)"
_RULES = tuple(
    (form, re.compile(pattern), question)
    for form, pattern, question in (
        ("when", rf"{_SUBJECT} (?P<aux>is|are|was|were|will) (?P<did>(?:be )?{_PARTICIPLE}"
         rf"(?: [^,;:]{{1,40}}?)?) (?:in|on) (?P<answer>{_DATE})", "When {aux} {subject} {did}?"),
        ("when", rf"{_SUBJECT} {_COMPLETE}(?P<verb>{'|'.join(_VERBS)})(?P<did>(?: [^,;:]{{1,40}}?)?)"
         rf" (?:in|on) (?P<answer>{_DATE})", "When did {subject} {base}{did}?"),
        ("who", rf"(?P<answer>{_NAME}){_ASIDE} (?P<did>{_MADE} (?:the|an?|[A-Z]\w+) [^,;:]{{4,60}}?)"
         rf"(?: (?:in|on) {_DATE})?[,;.]", "Who {did}?"),
        ("when", rf"(?:In|On) (?P<answer>{_DATE}),? {_SUBJECT} {_BE} "
         rf"(?P<did>{_PARTICIPLE}(?: [^,;:]{{1,40}}?)?)[,;.]", "When {aux} {subject} {did}?"),
        ("when", rf"(?:In|On) (?P<answer>{_DATE}),? {_SUBJECT} {_COMPLETE}(?P<verb>{'|'.join(_VERBS)})"
         r"(?P<did>(?: [^,;:]{1,40}?)?)[,;.]", "When did {subject} {base}{did}?"),
        ("who", rf"(?=.*\b(?:he|she|his|her)\b)(?P<answer>[A-Z][\w’'-]+ [A-Z][\w’'-]+){_ASIDE} was "
         rf"(?P<did>{_PARTICIPLE} [^,;:]{{10,60}}?)[,;.]", "Who was {did}?"),
        ("who", rf"{_SUBJECT} (?:is|was|were|are) (?P<did>{_MADE}) by (?P<answer>{_NAME})",
         "Who {did} {subject}?"),
        ("who is", rf"(?:.*?(?<!\S)[a-z]\S* )?(?P<subject>[A-Z][\w’'-]+(?: [A-Z][\w’'.-]*){{1,3}}), "
         rf"(?P<answer>(?:an?|the) (?:[\w-]+ ){{0,4}}{_ROLE}[^,;.]*)[,.]", "Who is {subject}?"),
        ("who is", rf"(?P<subject>{_NAME}){_ASIDE} {_BE} (?P<answer>(?:an?|the) (?:[\w-]+,? ){{0,4}}"
         rf"{_ROLE}[^,;.]*)", "Who {aux} {subject}?"),
        ("what is", rf"{_SUBJECT} (?P<aux>is) (?P<answer>an? (?!.*\b{_ROLE})(?!(?:\w+ )?"
         r"(?:example|part|result|reason|way|lot|number|matter|problem|question)\b)[^,;.]{8,})",
         "What {aux} {subject}?"),
        ("how many", rf"(?:(?:In|At|On|By) [^,]{{3,30}}, )?{_ABOUT}(?P<answer>{_NUMBER}) (?P<things>{_THINGS}) (?P<did>(?:are|were|had"
         r"|have|will|can|live|work|\w+ed)\b[^,;:]{3,60}?)[,;.]", "How many {things} {did}?"),
        ("how many", rf"{_SUBJECT} (?P<verb>has|have|had) {_ABOUT}(?P<answer>{_NUMBER})"
         rf" (?P<things>{_THINGS})\b", "How many {things} {do} {subject} have?"),
        ("how much", rf"{_SUBJECT} (?P<verb>costs?) (?P<answer>{_MONEY})",
         "How much {do} {subject} cost?"),
        ("why", rf"{_SUBJECT} (?P<aux>is|are|was|were|can|could|will|must|should) "
         r"(?P<did>[^,;:]{4,60}?),? because\b(?P<answer>)", "Why {aux} {subject} {did}?"),
        ("where", rf"{_SUBJECT} {_BE} (?P<did>located|situated|based|headquartered|born|buried|held)"
         rf" (?:in|at|near) (?P<answer>(?!{_DATE})[^,;:]{{3,60}}?)(?:[,;.]| in \d| on \d)",
         "Where {aux} {subject} {did}?"),
    )
)  # fmt: skip
_DO = {"has": "does", "have": "do", "had": "did", "costs": "does", "cost": "do"}
_REFERS = frozenset(
    "it its he she his her hers him they their them this these those that such here there we our us i"
    " my me you your latter former other another also same then now ago respectively".split()
)
"""Words whose meaning depends on what was said before."""
_IN_A_SUBJECT = frozenset("the of and for in".split())
_READER_NAME = re.compile(r"(?!anonym|guest|admin|unknown)[^\W\d_][\w .'’-]{2,24}", re.IGNORECASE)


def _about_passage(passage: Passage) -> Iterator[_Candidate]:
    document = passage.document
    if passage.kind is not Kind.PARAGRAPH:
        long = len(passage.text.split()) >= COMMENT_WORDS
        if passage.kind is Kind.COMMENT and long and _READER_NAME.fullmatch(passage.author or ""):
            question = f"What did {passage.author} say?"
            yield _Candidate(question, "reader", document, 1.0, reader=passage.author or "")
        return
    for start, end in sentences_of(passage):
        sentence = " ".join(document.text[start : min(end, start + 400)].split())
        if not 25 <= len(sentence) <= 300 or not sentence.endswith("."):
            continue
        for form, pattern, words in _RULES:
            match = pattern.match(sentence)
            question = _question(words, match, document) if match else ""
            if match and question:
                yield _Candidate(
                    question,
                    form,
                    document,
                    _rank(question, document),
                    match["answer"],
                    (start, end),
                )


def _question(words: str, match: re.Match[str], document: Document) -> str:
    """A rule's question in the words of a sentence; empty where it would not be a good one."""
    parts = match.groupdict()
    if "subject" in parts:
        parts["subject"] = _subject(parts["subject"], document)
        if not parts["subject"]:
            return ""
    if "verb" in parts:
        parts |= {"base": _VERBS.get(parts["verb"], ""), "do": _DO.get(parts["verb"], "")}
    done = parts.get("did", "").split()
    if parts["answer"].lower() in _REFERS or (done and done[-1] in FUNCTION_WORDS):
        return ""
    question = words.format(**parts)
    odd = len(question) > LONGEST or re.search(r"[\[\]()“”\"*|#\\<>]| [?,.]", question)
    return "" if odd or _REFERS & set(re.findall(r"\w+", question.lower())) else question


def _subject(subject: str, document: Document) -> str:
    """A sentence's subject as it stands within a question; empty for one nobody would understand.

    A name, whatever "the" means in the whole document, or a plural or material without an article.
    """
    words = subject.split()
    plain = {word for word in words[1:] if word.islower()} - _IN_A_SUBJECT
    first = words[0]
    if len(words) > 6 or plain & FUNCTION_WORDS or first.lower() in FUNCTION_WORDS - {"the"}:
        return ""
    named = any(word[0].isupper() for word in words[1:])
    text, rest = document.text, " ".join(words[1:])
    if first.lower() == "the":
        known = rest in document.title.lower() or text.count(f" the {rest}") * OFTEN > len(text)
        return f"the {rest}" if rest and (named or known) else ""
    capital = len(re.findall(rf"[a-z,] {re.escape(first)}\b", text))
    small = len(re.findall(rf"\b{re.escape(first.lower())}\b", text))
    if small > capital and not named:
        return f"{first.lower()} {rest}".strip()
    return subject if capital or named else ""


def _rank(question: str, document: Document) -> float:
    """Questions with names and with words of the title come first."""
    in_title = not set(content_words(question)).isdisjoint(content_words(document.title))
    return -NAMED * (_has_name(question) + in_title)


def _has_name(question: str) -> bool:
    return re.search(r" [A-Z]", question) is not None
