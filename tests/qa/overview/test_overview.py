"""Questions about the whole over the real documents."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

import qa
from index.embedder import Embedder
from index.index import Index
from index.indexing import Indexing
from index.types import Document
from qa.citing import text_of
from qa.overview.scope import without_title

COMMENTED = "brussels-analysis.txt"
DIALOGUES = Path(__file__).parent.parent.parent / "data" / "seed_dialogues.jsonl"


@pytest.fixture(scope="module")
def assistant(
    embedder: Embedder, seeds: Path, tmp_path_factory: pytest.TempPathFactory
) -> qa.Assistant:
    folder = tmp_path_factory.mktemp("index")
    return qa.Assistant.from_documents(seeds, model=embedder, reader="none", index_dir=folder)


@pytest.mark.parametrize(
    ("question", "document", "answer"),
    [
        ("how many comments are there?", COMMENTED, "11"),
        ("how many comments are there?", None, "20"),
        ("how many readers commented?", COMMENTED, "9"),
        ("how often did Solidar comment?", None, "3"),
        ("who commented most?", COMMENTED, "Solidar"),
        ("how many documents do you have?", None, "4"),
        ("when was it published?", COMMENTED, "March 24, 2016"),
        ("who wrote it?", "lighthouse-restoration.html", "Isolde Farraway"),
        (
            "who commented?",
            "market-notice.txt",
            "Tom Abara, Wendy Cole, Old Harbour Bakery, Niall Brandt",
        ),
    ],
)
def test_what_can_be_counted_is(
    assistant: qa.Assistant, question: str, document: str | None, answer: str
) -> None:
    given = assistant.ask(question, document=document)
    assert (given.answer, given.basis, given.abstained) == (answer, qa.Basis.COUNTED, False)


def test_counts_follow_a_filter_of_the_author(assistant: qa.Assistant) -> None:
    assert assistant.ask("how many comments are there?", author="Solidar").answer == "3"


def test_the_busiest_reader_is_proved_by_every_comment(assistant: qa.Assistant) -> None:
    answer = assistant.ask("who commented most?")
    assert len(answer.citations) == 3
    assert {citation.speaker for citation in answer.citations} == {"Reader Solidar"}


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("who commented most?", "Solidar, with 3 of 20 comments in 4 documents."),
        ("how often did Solidar comment?", "Solidar wrote 3 comments in 4 documents."),
        ("how many photos are there?", "There are 7 pictures with a caption in 4 documents."),
        (
            "do the readers agree with the author?",
            "Whether readers agree cannot be counted; of 20 comments these say most plainly what they think.",
        ),
        ("what is this about?", ""),
    ],
)
def test_what_the_program_says_itself_stands_apart_from_what_it_quotes(
    assistant: qa.Assistant, question: str, lead: str
) -> None:
    """The page shows the lead and then the citations: both together are the text."""
    answer = assistant.ask(question)
    assert answer.lead == lead
    assert answer.text == f"{lead} {text_of(answer.citations, answer.basis)}".strip()


def test_a_salutation_is_no_summary(assistant: qa.Assistant) -> None:
    answer = assistant.ask("what is this about?", document="market-notice.txt")
    assert "Dear stallholders" not in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "What is “After nine dark years, Skarrow Point shines again” about?",
        'summarise "after nine dark years, skarrow point shines again"',
        "What is lighthouse-restoration.html about?",
        "tell me what After nine dark years, Skarrow Point shines again is about",
    ],
)
def test_a_document_is_meant_by_its_title(assistant: qa.Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.basis is qa.Basis.SUMMARY
    assert {c.passage.document.path.rsplit("/", 1)[-1] for c in answer.citations} == {
        "lighthouse-restoration.html"
    }


def of(embedder: Embedder, *documents: Document) -> Index:
    """An index of documents that have nothing to search."""
    return Index.of(Indexing(embedder, []).entries(documents, None), embedder)


def test_a_title_of_one_word_is_meant_in_quotation_marks_only(embedder: Embedder) -> None:
    ferry = Document.create(path="f.txt", title="Ferry", text="x", blocks=[])
    assert without_title("how long is Ferry?", of(embedder, ferry)) == ("how long is Ferry?", None)
    assert without_title("how long is “Ferry”?", of(embedder, ferry)) == (
        "how long is this document?",
        ferry,
    )
    assert without_title("how long is f.txt?", of(embedder, ferry))[1] is ferry
    assert without_title("how long is Ferryland?", of(embedder, ferry))[1] is None
    twin = Document.create(path="g/f.txt", title="Ferry", text="y", blocks=[])
    assert without_title("how long is “Ferry”?", of(embedder, ferry, twin))[1] is None


def test_many_titles_take_no_time(embedder: Embedder) -> None:
    many = [
        Document.create(path=f"{n}.txt", title=f"A report on kiln {n}", text="x", blocks=[])
        for n in range(20_000)
    ]
    index = of(embedder, *many)
    begun = time.perf_counter()
    assert without_title("what is “A report on kiln 77” about?", index)[1] is many[77]
    assert time.perf_counter() - begun < 2


def test_a_summary_quotes_the_document_and_cites_each_sentence(assistant: qa.Assistant) -> None:
    answer = assistant.ask("what is this about?", document=COMMENTED)
    assert answer.basis is qa.Basis.SUMMARY
    assert [citation.number for citation in answer.citations] == [1, 2, 3, 4]
    for citation in answer.citations:
        text = citation.passage.document.text
        assert citation.quote == text[citation.start : citation.end]
        assert " ".join(citation.quote.split()) in answer.text
        assert citation.passage.kind == "paragraph"
    assert "14 paragraphs" in answer.note


def test_a_summary_of_the_comments_has_nothing_else(assistant: qa.Assistant) -> None:
    answer = assistant.ask("summarise the comments", document=COMMENTED)
    assert {citation.passage.kind for citation in answer.citations} == {"comment"}


def test_every_document_is_in_a_summary_of_all(assistant: qa.Assistant) -> None:
    answer = assistant.ask("what are these documents about?")
    assert len({citation.passage.document.id for citation in answer.citations}) == 4


def test_a_document_that_the_question_names_is_meant(assistant: qa.Assistant) -> None:
    answer = assistant.ask("give me a summary of the handbook")
    assert {Path(c.passage.document.path).name for c in answer.citations} == {"office-handbook.md"}


def test_what_is_not_there_is_said_to_be_missing(assistant: qa.Assistant) -> None:
    answer = assistant.ask("summarise the comments", document="office-handbook.md")
    assert answer.text == "There are no comments here."
    assert (
        assistant.ask("how many comments are there?", document="office-handbook.md").answer == "0"
    )


def test_agreement_is_not_counted_and_the_answer_says_so(assistant: qa.Assistant) -> None:
    answer = assistant.ask("do the readers agree with the author?", document=COMMENTED)
    assert answer.text.startswith("Whether readers agree cannot be counted; of 11 comments")
    assert answer.note == "3 of 11 comments are shown."


def test_a_greeting_is_not_searched_for(assistant: qa.Assistant) -> None:
    answer = assistant.ask("hello")
    assert (answer.basis, answer.hits, answer.citations) == (qa.Basis.TALK, (), ())
    assert json.loads(answer.to_json())["basis"] == "talk"


def test_the_dialogues_name_documents_that_are_there(assistant: qa.Assistant) -> None:
    rows = [json.loads(line) for line in DIALOGUES.read_text(encoding="utf-8").splitlines()]
    names = {Path(document.path).name for document in assistant.index.documents}
    assert {row["document"] for row in rows if "document" in row} <= names
    assert len(rows) == 40
