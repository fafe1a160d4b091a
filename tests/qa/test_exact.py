"""The exact words: which span, which sentence around it, lists, names, several citations."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from index.embedder import Embedder
from index.indexing import index_documents
from index.lexical import LexicalIndex, term_table
from index.types import Block, Document, Hit, Kind, Passage, Score
from qa.confidence import EVIDENCE_THRESHOLDS
from qa.evaluation.dataset import text_document
from qa.evidence import LEAST_RELEVANCE, STATEMENTS, Evidence, as_hits, read, readings
from qa.exact import (
    LISTED_RELEVANCE,
    LISTED_SCORE,
    exact_answer,
    wants_list,
    wants_sentence,
)
from qa.quotes import quote
from qa.reading.reader import Reading, Span
from qa.wording import normalised, repeats


def passage(text: str, kind: Kind = Kind.PARAGRAPH, author: str | None = None) -> Passage:
    lead = "Some words before. "
    block = Block(kind, len(lead), len(lead) + len(text), author=author)
    document = Document.create(path="x.txt", title="X", text=lead + text, blocks=[block])
    return Passage(document, kind, block.start, block.end, author, None, None)


def span(found: Passage, words: str, score: float = 3.0) -> Span:
    start = found.document.text.index(words, found.start)
    return Span(words, start, start + len(words), score)


def evidence(found: Passage, *spans: Span, relevance: float = 2.0, search: float = 0.5) -> Evidence:
    hit = Hit(found, search, Score(dense=search, lexical=search))
    return Evidence(hit, Reading(found, tuple(spans), relevance, relevance), 0.5)


def lexical(*found: Passage) -> LexicalIndex:
    texts = [each.text for each in found]
    return LexicalIndex.of(term_table(texts, texts))


def test_the_answer_is_the_span_in_its_sentence() -> None:
    one = passage("It rained all day. The dam held back 22 percent of it. Nobody cared.")
    found = exact_answer("how much?", [evidence(one, span(one, "22 percent"))], lexical(one))
    assert found.answer == "22 percent"
    (quoted,) = found.quotes
    text = one.document.text
    assert text[quoted.start : quoted.end] == "22 percent"
    around = text[quoted.context_start : quoted.context_end]
    assert around == "The dam held back 22 percent of it."


@pytest.mark.parametrize(
    ("text", "words", "answer"),
    [
        ("A cache of thousands of letters was found.", "letters", "thousands of letters"),
        (
            "It drew tens of thousands of the faithful.",
            "faithful",
            "tens of thousands of the faithful",
        ),
        ("Hundreds\nof boats sank.", "boats", "Hundreds of boats"),
        ("It has 42 percent of the seats.", "seats", "seats"),
        ("The hundreds, of course, left.", "course", "course"),
        ("He is one of the sons of Ann.", "sons of Ann", "sons of Ann"),
    ],
)
def test_a_round_number_in_front_belongs_to_the_answer(text: str, words: str, answer: str) -> None:
    one = passage(text)
    found = exact_answer("what?", [evidence(one, span(one, words))], lexical(one))
    assert found.answer == answer
    (quoted,) = found.quotes
    assert " ".join(one.document.text[quoted.start : quoted.end].split()) == answer


@pytest.mark.parametrize("word", ["He", "It", "They", "This"])
def test_a_sentence_that_refers_back_comes_with_the_one_before(word: str) -> None:
    one = passage(f"Nothing here. Anna Berg built it. {word} lasted 40 years. The end.")
    place = span(one, "40 years")
    quoted = quote(one, place.start, place.end)
    around = one.document.text[quoted.context_start : quoted.context_end]
    assert around == f"Anna Berg built it. {word} lasted 40 years."


def test_a_question_for_a_reason_gets_the_sentence() -> None:
    one = passage("The mill closed in May. It closed because the river fell dry.")
    only = [evidence(one, span(one, "the river fell dry"))]
    found = exact_answer("Why did the mill close?", only, lexical(one))
    assert found.answer == "The mill closed in May. It closed because the river fell dry."
    (quoted,) = found.quotes
    assert (quoted.start, quoted.end) == (quoted.context_start, quoted.context_end)


@pytest.mark.parametrize(
    "question",
    [
        "Why did it fail?",
        "how come it rains",
        "What should the police do now?",
        "How should we react?",
        "What is the right response to the strike?",
        "what would be the best way to react",
    ],
)
def test_these_want_a_sentence(question: str) -> None:
    assert wants_sentence(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who did it?",
        "How many died?",
        "What did she build?",
        "What is the name of the boat?",
        "What year is the song from that is mentioned?",
        "Which river does Nils mention?",
        "Which ships were named after him?",
        "name the disorder of the heart",
    ],
)
def test_these_want_words(question: str) -> None:
    assert not wants_sentence(question)
    assert not wants_list(question)


@pytest.mark.parametrize(
    "question",
    [
        "Which attacks does it mention?",
        "list the tools",
        "Name all members",
        "which cities are named?",
        "What sums of money come up in the column and the comments?",
        "which people are named",
        "Which women does the article name?",
        "name the two-handed tools",
        "what towns and ports are there in the text",
        "Which towns other than Orsk are mentioned by name?",
        "Which craftsmen are mentioned?",
    ],
)
def test_these_want_a_list(question: str) -> None:
    assert wants_list(question)


def test_a_list_has_each_answer_once_and_cites_them_all() -> None:
    one = passage("Bombs went off in Paris and in Nice.")
    two = passage("Before Brussels there was Paris.")
    three = passage("Rome was never meant.")
    four = passage("Oslo is far away.")
    ranked = [
        evidence(one, span(one, "Paris"), span(one, "Nice", LISTED_SCORE)),
        evidence(two, span(two, "Brussels", 2.0), span(two, "Paris", 1.0)),
        evidence(three, span(three, "Rome", LISTED_SCORE - 0.1)),
        evidence(four, span(four, "Oslo"), relevance=LISTED_RELEVANCE - 0.1),
    ]
    found = exact_answer("which attacks does it mention?", ranked, lexical(one, two, three, four))
    assert found.answer == "Paris, Nice, Brussels"
    assert [each.passage for each in found.quotes] == [one, one, two]


def test_how_sure_a_list_is_goes_by_the_most_relevant_passage() -> None:
    one, two = passage("Bombs went off in Nice."), passage("Before Brussels there was Paris.")
    question = "which attacks does it mention?"
    high, low = (
        exact_answer(
            question,
            [
                evidence(one, span(one, "Nice", -9.0), relevance=-4.0),
                evidence(two, span(two, "Brussels", -9.0), relevance=relevance),
            ],
            lexical(one, two),
        ).confidence
        for relevance in (2.0, -5.0)
    )
    assert low < min(EVIDENCE_THRESHOLDS.values())
    assert high > max(EVIDENCE_THRESHOLDS.values())


def test_the_same_answer_of_several_passages_counts_once_and_is_cited_to_all() -> None:
    one = passage("At least 137 people died.")
    two = passage("The 137 people were named.")
    three = passage("Some 90 people were hurt.")
    ranked = [
        evidence(one, span(one, "137 people")),
        evidence(three, span(three, "90 people")),
        evidence(two, span(two, "The 137 people")),
    ]
    found = exact_answer("how many died?", ranked, lexical(one, two, three))
    assert found.answer == "137 people"
    assert [each.passage for each in found.quotes] == [one, two]


def test_a_likelier_answer_of_one_passage_is_not_drowned_by_many_confident_noes() -> None:
    right = passage("The bridge is 40 metres long.")
    others = [passage(f"Bridge number {n} is blue.") for n in range(9)]
    noes = [
        evidence(each, span(each, "blue", -12.0), relevance=-8.0, search=0.6) for each in others
    ]
    yes = evidence(right, span(right, "40 metres"), search=0.4)
    ranked = sorted([*noes, yes], key=lambda each: -each.score)
    found = exact_answer("how long is the bridge?", ranked, lexical(right, *others))
    assert found.answer == "40 metres"
    alone = exact_answer("how long is the bridge?", [yes], lexical(right, *others))
    assert found.confidence == alone.confidence


def test_a_name_as_an_answer_is_proved_by_the_comment() -> None:
    one = passage("Nice weather. London is burning again, ha ha.", Kind.COMMENT, "EndlessIke")
    name = Span("EndlessIke", one.start, one.end, 4.0, names_author=True)
    found = exact_answer("who joked about London?", [evidence(one, name)], lexical(one))
    assert found.answer == "EndlessIke"
    (quoted,) = found.quotes
    text = one.document.text
    assert text[quoted.start : quoted.end] == "London is burning again, ha ha."


def test_asked_for_a_reader_it_names_the_reader_whatever_the_span() -> None:
    one = passage("They were no professionals.", Kind.COMMENT, "LTRich")
    ranked = [evidence(one, span(one, "professionals"))]
    question = "which reader thinks they were amateurs?"
    assert exact_answer(question, ranked, lexical(one), asks_who=True).answer == "LTRich"


def test_no_words_at_all_are_no_answer() -> None:
    one = passage("Words.")
    found = exact_answer("what?", [evidence(one)], lexical(one))
    assert (found.answer, found.quotes, found.confidence) == ("", (), 0.0)


class _Backwards:
    """A reader that finds the last passage the most relevant, and the first only so relevant."""

    name = "backwards"

    def __init__(self, least: float = 0.0) -> None:
        self.least = least

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        logits = [self.least + n for n in range(len(passages))]
        return [Reading(each, (), n, n) for each, n in zip(passages, logits, strict=True)]


def test_evidence_and_hits_are_ordered_by_what_was_read_and_the_unread_come_last(
    embedder: Embedder,
) -> None:
    texts = [f"Passage number {n}." for n in range(4)]
    index = index_documents([text_document("x", "X", texts)], embedder=embedder)
    found = list(index.passages)
    hits = [Hit(each, 0.9 - n / 50, Score(0.5, 0.5)) for n, each in enumerate(found)]
    ranked = read("what?", hits[:3], index, _Backwards(), asked="what?", all_of_them=True)
    shown = as_hits(ranked, hits[3:], found=True)
    assert [hit.passage for hit in shown] == [found[2], found[1], found[0], found[3]]
    scores = [hit.score for hit in shown]
    assert scores == sorted(scores, reverse=True)
    assert [hit.parts.relevance for hit in shown] == [2.0, 1.0, 0.0, None]
    assert all(hit.parts.sentence is not None for hit in shown[:3])
    withheld = as_hits(ranked, hits[3:], found=False)
    assert [hit.passage for hit in withheld] == [hit.passage for hit in shown]


def test_the_order_of_the_search_stands_where_nothing_is_relevant(embedder: Embedder) -> None:
    texts = [f"Passage number {n}." for n in range(4)]
    index = index_documents([text_document("x", "X", texts)], embedder=embedder)
    found = list(index.passages)
    hits = [Hit(each, 0.9 - n / 20, Score(0.5, 0.5)) for n, each in enumerate(found)]
    reader = _Backwards(LEAST_RELEVANCE - 3)
    ranked = read("what?", hits[:3], index, reader, asked="what?", all_of_them=True)
    nothing = as_hits(ranked, hits[3:], found=False)
    assert [hit.passage for hit in nothing] == found
    assert [hit.score for hit in nothing] == [hit.score for hit in hits]
    least = LEAST_RELEVANCE - 3
    assert [hit.parts.relevance for hit in nothing] == [least, least + 1, least + 2, None]


def test_the_order_for_statements_stands_whatever_is_relevant(embedder: Embedder) -> None:
    texts = [f"Passage number {n}." for n in range(4)]
    index = index_documents([text_document("x", "X", texts)], embedder=embedder)
    found = list(index.passages)
    hits = [Hit(each, 0.9 - n / 100, Score(0.5, 0.5)) for n, each in enumerate(found)]
    reader = _Backwards(LEAST_RELEVANCE - 1)
    ranked = read(
        "it is.", hits[:3], index, reader, asked="it is.", order=STATEMENTS, all_of_them=True
    )
    shown = as_hits(ranked, hits[3:], found=False)
    assert [hit.passage for hit in shown] == [found[2], found[1], found[0], found[3]]
    assert all(
        hit.score == STATEMENTS.shown(each.score)
        for hit, each in zip(shown[:3], ranked, strict=True)
    )


class _Everything:
    """A reader to which the answer is all of a passage, or else its last sentence."""

    name = "everything"

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        return [
            Reading(
                each,
                (
                    Span(each.text, each.start, each.end, 2.0),
                    span(each, each.text.split("\n\n")[-1]),
                ),
                1.0,
                1.0,
            )
            for each in passages
        ]


def test_an_answer_does_not_reach_across_a_credit_between_two_captions(embedder: Embedder) -> None:
    texts = "The mill in 2010.", "AGENCY/Ann Olsen", "The mill burns."
    text = "\n\n".join(texts)
    kinds = Kind.CAPTION, Kind.CREDIT, Kind.CAPTION
    starts = [text.index(words) for words in texts]
    blocks = [
        Block(kind, start, start + len(words), continues=start == starts[2])
        for kind, start, words in zip(kinds, starts, texts, strict=True)
    ]
    document = Document.create(path="x.txt", title="X", text=text, blocks=blocks)
    index = index_documents([document], embedder=embedder)
    hits = [Hit(each, 0.5, Score(0.5, 0.5)) for each in index.passages]
    [only] = read("what?", hits, index, _Everything(), asked="what?")
    assert only.hit.passage.text == text
    assert [each.text for each in only.reading.spans] == [texts[2]]


class _Noting:
    """A reader that notes what it is asked of each passage."""

    name = "noting"

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        self.asked += [(question, passage.text) for passage in passages]
        return [Reading(each, (), len(each.text), len(each.text)) for each in passages]


def test_passages_are_read_in_the_wording_that_is_nearest_to_them(embedder: Embedder) -> None:
    texts = ["The Islamic State (IS) is named.", "Of the Islamic State.", "IS lost."]
    index = index_documents([text_document("x", "X", texts)], embedder=embedder)
    reader = _Noting()
    found = readings("what has IS lost?", index.passages, index, reader)
    assert [each.passage.text for each in found] == texts
    assert [each.relevance for each in found] == [len(text) for text in texts]
    assert sorted(reader.asked) == [
        ("what has IS (Islamic State) lost?", texts[1]),
        ("what has IS lost?", texts[2]),
        ("what has IS lost?", texts[0]),
    ]


class _Counting:
    """A reader that finds the passages as relevant as it is told, and counts them."""

    name = "counting"

    def __init__(self, *relevances: float) -> None:
        self.relevances = relevances
        self.read_before = 0

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        first, self.read_before = self.read_before, self.read_before + len(passages)
        relevances = self.relevances[first : self.read_before]
        return [Reading(each, (), n, n) for each, n in zip(passages, relevances, strict=True)]


@pytest.mark.parametrize(
    ("relevances", "fused", "count"),
    [
        ((2.0, 0, 0, 0, 0, 0), (0.9, 0.8, 0.5, 0.5, 0.5, 0.5), 2),
        ((-3.0, -3, 3.0, 0, 0, 0), (0.9, 0.89, 0.89, 0.5, 0.2, 0.1), 4),
        ((-3.0,) * 6, (0.9, 0.89, 0.89, 0.89, 0.89, 0.89), 6),
    ],
    ids=["the first is good", "the third is better", "none is any good"],
)
def test_a_passage_that_cannot_come_first_is_not_read(
    relevances: tuple[float, ...], fused: tuple[float, ...], count: int, embedder: Embedder
) -> None:
    texts = [f"Passage number {n}." for n in range(6)]
    index = index_documents([text_document("x", "X", texts)], embedder=embedder)
    hits = [
        Hit(each, score, Score(score, score))
        for each, score in zip(index.passages, fused, strict=True)
    ]
    # Asked in the words of a passage: its sentence is like the question.
    asked = "Passage number 0."
    reader = _Counting(*relevances)
    some = read(asked, hits, index, reader, asked=asked, all_of_them=False)
    assert len(some) == reader.read_before == count
    every = read(asked, hits, index, _Counting(*relevances), asked=asked, all_of_them=True)
    assert len(every) == len(hits)
    assert some[0] == every[0]


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        ("The Cat!", "cat"),
        ("a  $4.6 million,", "46 million"),
        ("An apple", "apple"),
        ("them", "them"),
    ],
)
def test_normalisation_is_squads(written: str, bare: str) -> None:
    assert normalised(written) == bare


def test_a_very_relevant_passage_does_not_overrule_all_else(embedder: Embedder) -> None:
    index = index_documents([text_document("x", "X", ["One.", "Two."])], embedder=embedder)
    one, two = index.passages
    near, far = Hit(one, 0.9, Score(0.5, 0.5)), Hit(two, 0.2, Score(0.5, 0.5))
    scores = [
        Evidence(hit, Reading(hit.passage, (), relevance, relevance), 0.5).score
        for hit, relevance in ((near, 2.5), (far, 9.0))
    ]
    assert scores[0] > scores[1]
    assert Evidence(far, Reading(two, (), -9.0, -9.0), 0.5).score < scores[1]


@pytest.mark.parametrize(
    ("question", "answer", "is_repeated"),
    [
        ("Who is the president of France?", "The president of France", True),
        ("and what did LTRich say?", "LTRich", True),
        ("Who is the president of France?", "François Hollande", False),
        ("Who is the president of France?", "a former president of France", False),
        ("Is it red or blue?", "red", False),
        ("What is it, red or blue?", "red", False),
        ("Was it red?", "red", False),
        ("What is in a Bedford van?", "ford", False),
        ("What?", "…", False),
    ],
)
def test_words_of_the_question_are_no_answer(question: str, answer: str, is_repeated: bool) -> None:
    assert repeats(question, answer) is is_repeated
