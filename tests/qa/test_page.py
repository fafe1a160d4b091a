"""The page's HTML: what it shows, and that nothing in it does anything."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from index.types import Block, Document, FileReport, Hit, Kind, Passage, Score
from qa import page
from qa.answer import NO_ANSWER, Answer, Citation
from qa.page import Turn

HOSTILE = (
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "</blockquote></details><iframe src=//evil.example>",
    "[x](javascript:alert(1)) ![](http://evil.example/t.png)",
    "\" onmouseover='alert(1)",
    "${alert(1)} {{value}} @children",
    "&lt;b&gt; &#60;i&#62;",
    "nul \0, lone surrogate \ud800, \u202egnilleps",
    "w" * 100_000,
)
TAGS = "a b bdi blockquote cite details div h1 h2 header li mark ol p section small span summary ul"


class Page(HTMLParser):
    """The text, tags and attributes of a piece of HTML."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.text, self.tags, self.attributes = "", set[str](), list[tuple[str, str | None]]()
        self.ids, self.links, self.marks = list[str](), list[str](), list[str]()
        self._marking = False
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag == "mark":
            self._marking = True
            self.marks.append("")

    def handle_endtag(self, tag: str) -> None:
        self._marking = self._marking and tag != "mark"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._marking:
            self.marks[-1] += data


def passage(text: str, start: int = 0, **more: str | None) -> Passage:
    kind = Kind(more.pop("kind", None) or "paragraph")
    names = {"title": "A title", "path": "folder/a.txt"} | {
        name: value for name in ("title", "path") if (value := more.pop(name, None))
    }
    document = Document.create(text=text, blocks=[Block(kind, start, len(text))], **names)
    return Passage(document, kind, start, len(text), **more)


def answered(found: Passage, start: int, end: int, text: str | None = None) -> Answer:
    citation = Citation(1, found, start, end)
    text = text or f"{citation.speaker}: {citation.quote} [1]"
    hit = Hit(found, 0.52, Score(0.58, 0.48))
    return Answer("what?", text, False, 0.9, (citation,), (hit,))


def test_an_answer_links_to_its_passage_where_the_quote_is_marked() -> None:
    text = "Title\n\nFirst of all. It lost 22 percent. Then more."
    found = passage(text, start=7, author="Ann")
    start = text.index("It lost")
    turns = [Turn("what?", answered(found, start, start + 19))]

    talk, proof = Page(page.conversation(turns)), Page(page.evidence(turns))

    assert "The author, Ann: It lost 22 percent." in talk.text
    assert proof.marks == ["It lost 22 percent."]
    assert "First of all. It lost 22 percent. Then more." in proof.text
    assert set(talk.links) == {f"#{proof.ids[0]}"}
    assert all(word in proof.text for word in ("article", "0.52", "0.58", "0.48", "a.txt"))


def test_a_comment_names_its_reader() -> None:
    found = passage("Too cheap, in my view.", kind="comment", author="LTRich", date="2 hours ago")
    proof = Page(page.evidence([Turn("q", answered(found, 0, 5))]))
    assert all(word in proof.text for word in ("comment", "Reader LTRich", "2 hours ago"))


def test_overlapping_citations_mark_each_character_once() -> None:
    found = passage("abcdefghij")
    citations = [Citation(1, found, 4, 8), Citation(1, found, 2, 6), Citation(1, found, 9, 99)]
    assert page.marked(found, citations) == ("ab<mark>cdef</mark><mark>gh</mark>i<mark>j</mark>")


def test_a_number_in_brackets_that_the_document_has_itself_is_no_link() -> None:
    found = passage("As shown [1], it works.")
    answer = answered(found, 0, 23)
    assert page.linked(answer, 1).count("<a ") == 1
    assert page.linked(answer, 1).endswith("</a>")
    assert page.linked(answered(found, 0, 8, "No such [7]. [1]"), 1).count("<a ") == 1


def test_a_cited_passage_that_was_not_among_the_hits_is_shown_as_well() -> None:
    first, other = passage("One."), passage("Two.")
    answer = Answer(
        "q", "Two. [1]", False, 0.9, (Citation(1, other, 0, 4),), answered(first, 0, 4).hits
    )
    proof = Page(page.evidence([Turn("q", answer)]))
    assert proof.marks == ["Two."]
    assert len(proof.ids) == 2


def test_no_answer_stands_where_an_answer_would_with_the_nearest_passages() -> None:
    hits = answered(passage("Nothing to do with it."), 0, 7).hits
    turns = [Turn("pasta?", Answer("pasta?", NO_ANSWER, True, 0.1, (), hits))]
    talk, proof = page.conversation(turns), page.evidence(turns)
    assert f'<p class="words">{NO_ANSWER}</p>' in talk
    assert "Nearest:" in talk
    assert "Nearest passages" in proof
    assert "<mark>" not in proof
    assert 'role="alert"' not in talk + proof


def test_earlier_turns_keep_their_own_passages() -> None:
    found = passage("It lost 22 percent.")
    turns = [Turn("a", answered(found, 0, 19)), Turn("b", answered(found, 0, 19))]
    talk, proof = Page(page.conversation(turns)), Page(page.evidence(turns))
    assert len({*talk.ids, *proof.ids}) == len([*talk.ids, *proof.ids]) == 2
    assert {link.removeprefix("#") for link in talk.links} == {*talk.ids, *proof.ids}


@pytest.mark.parametrize("bad", HOSTILE, ids=[text[:12] for text in HOSTILE])
def test_whatever_comes_from_outside_is_shown_as_text(bad: str) -> None:
    found = passage(
        bad, kind="comment", author=bad, date=bad, section=bad, title=bad, path=f"a/{bad}.txt"
    )
    turns = [
        Turn(bad, answered(found, 0, max(1, len(bad) // 2))),
        Turn(bad, Answer(bad, NO_ANSWER, True, 0.1, (), answered(found, 0, 1).hits)),
        Turn(bad, message=bad),
        Turn(bad),
    ]
    report = FileReport(bad, problem=bad)
    markup = [
        page.conversation(turns),
        page.conversation([], [found.document]),
        *(page.evidence(turns[:count]) for count in range(len(turns) + 1)),
        page.header(bad, "failed", [page.note(bad), page.problems([report])]),
        page.header(bad, "loading"),
        page.hint(bad),
    ]
    shown = bad.replace("\0", "\ufffd").replace("\ud800", "?")
    for piece in markup:
        read = Page(piece)
        assert read.tags <= set(TAGS.split())
        assert all(link.startswith("#t") for link in read.links)
        assert not [name for name, _ in read.attributes if name.startswith("on") or name == "src"]
        piece.encode()
    assert all(shown in Page(piece).text for piece in (markup[0], markup[1], markup[3]))


def test_files_that_were_not_indexed_are_listed_with_the_reason() -> None:
    reports = [FileReport("ok.txt"), FileReport("x.pdf", problem="not a format that is read")]
    read = Page(page.problems(reports))
    assert "1 file was not indexed" in read.text
    assert "x.pdf: not a format that is read" in read.text
    assert page.problems(reports[:1]) == ""
    assert "2 files were not indexed" in page.problems(reports[1:] * 2)


def test_the_head_says_how_far_things_are() -> None:
    assert page.loading_text(0, 0) == "Loading the model…"
    assert page.loading_text(12, 214) == "Indexing 12 of 214 passages…"
    assert page.ready_text(1, 1214) == "ready: 1 document, 1,214 passages"
    failed = page.header("No document to read.", "failed")
    assert 'role="alert">No document to read.' in failed


def test_examples_fit_the_documents_that_are_there() -> None:
    titles = list(page.EXAMPLES)
    seed = passage("x", title=titles[0]).document
    assert page.examples([seed]) == list(page.EXAMPLES[titles[0]])
    assert page.examples([passage("x").document]) == []


def test_messages_become_sentences() -> None:
    assert page.sentence("the question is empty; ask") == "The question is empty; ask."
    assert page.sentence("Done.") == "Done."
    assert page.hint("") == ""
