"""The page's HTML: what it shows, and that nothing in it does anything."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Block, Document, FileReport, Hit, Kind, Passage, Score
from qa.answer import NO_ANSWER, Answer, Citation
from qa.citing import text_of
from qa.page.documents import document_list, done, working
from qa.page.evidence import evidence, marked
from qa.page.head import (
    changing,
    header,
    hint,
    loading_text,
    note,
    problems,
    ready_text,
    welcome,
)
from qa.page.markup import sentence
from qa.page.source import source
from qa.page.talk import conversation, linked
from qa.page.turn import Turn

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
TAGS = (
    "a article b bdi blockquote button cite details div h1 h2 h3 h4 header li mark ol p section small span"
    " summary table tbody td th thead tr ul"
)


class Page(HTMLParser):
    """The text, tags and attributes of a piece of HTML."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.text, self.tags, self.attributes = "", set[str](), list[tuple[str, str | None]]()
        self.ids, self.links, self.marks = list[str](), list[str](), list[str]()
        self.around = list[str]()
        self._marking = self._around = False
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
        if ("class", "around") in attrs:
            self._around = True
            self.around.append("")

    def handle_endtag(self, tag: str) -> None:
        self._marking = self._marking and tag != "mark"
        self._around = self._around and tag != "span"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._marking:
            self.marks[-1] += data
        if self._around:
            self.around[-1] += data


def passage(text: str, start: int = 0, **more: str | None) -> Passage:
    kind = Kind(more.pop("kind", None) or "paragraph")
    names = {"title": "A title", "path": "folder/a.txt"} | {
        name: value for name in ("title", "path") if (value := more.pop(name, None))
    }
    document = Document.create(text=text, blocks=[Block(kind, start, len(text))], **names)
    return Passage(document, kind, start, len(text), **more)


def cite(found: Passage, words: str, around: str | None = None, number: int = 1) -> Citation:
    """A citation of words, in a sentence that has them; the first of each in the document."""
    text = found.document.text
    start, first = text.index(words), text.index(around or words)
    last = first + len(around or words)
    return Citation(number, found, start, start + len(words), first, last)


def answered(*citations: Citation, answer: str | None = None, question: str = "what?") -> Answer:
    """What the program answers from these citations."""
    return Answer(
        question,
        answer=citations[0].quote if answer is None else answer,
        text=text_of(citations),
        abstained=False,
        confidence=0.9,
        citations=citations,
        hits=hits(citations[0].passage),
    )


def abstained(found: Passage, question: str = "pasta?", nearest: str = "") -> Answer:
    return Answer(
        question,
        answer="",
        text=NO_ANSWER,
        abstained=True,
        confidence=0.1,
        citations=(),
        hits=hits(found),
        nearest=nearest,
    )


def hits(found: Passage) -> tuple[Hit, ...]:
    return (Hit(found, 0.52, Score(0.58, 0.48)),)


def test_the_answer_comes_first_then_its_sentence_with_the_words_marked() -> None:
    text = "Title\n\nIn 22 towns it rained. It lost 22\npercent, not 22. Then more."
    found = passage(text, start=7, author="Ann")
    answer = answered(cite(found, "22\npercent", "It lost 22\npercent, not 22."))
    turns = [Turn("what?", answer)]
    talk, proof = Page(conversation(turns)), Page(evidence(turns))

    assert '<p class="exact"><bdi>22 percent</bdi></p><p class="words">' in conversation(turns)
    assert talk.marks == ["22 percent"]
    assert "The author, Ann: It lost 22 percent, not 22. 1" in talk.text
    assert (
        talk.text.index("22 percent") < talk.text.index("The author") < talk.text.index("A title")
    )
    assert proof.marks == ["22\npercent"]
    assert proof.around == ["It lost 22\npercent, not 22."]
    assert "In 22 towns it rained. It lost 22\npercent, not 22. Then more." in proof.text
    assert set(talk.links) == {f"#{proof.ids[0]}"}
    assert all(word in proof.text for word in ("article", "0.52", "0.58", "0.48", "a.txt"))


def test_marks_come_from_offsets_where_the_same_words_stand_twice() -> None:
    found = passage("A 7 and a 7. A 7.")
    answer = answered(Citation(1, found, 10, 11, 0, 12))
    assert "A 7 and a <mark>7</mark>." in linked(answer, 1)
    assert linked(answer, 1).count("<mark>") == 1
    assert marked(found, answer.citations) == (
        '<span class="around">A 7 and a <mark>7</mark>.</span> A 7.'
    )


def test_a_whole_sentence_stands_once_and_is_marked_only_among_the_passages() -> None:
    turns = [Turn("why?", answered(cite(passage("First. It was dark. Last."), "It was dark.")))]
    talk, proof = conversation(turns), Page(evidence(turns))
    assert "exact" not in talk
    assert "<mark>" not in talk
    assert Page(talk).text.count("It was dark.") == 1
    assert proof.marks == ["It was dark."]
    assert proof.around == []


def test_a_name_is_the_answer_though_no_cited_words_have_it() -> None:
    found = passage("Too cheap. No.", kind="comment", author="Le Grand Charles")
    talk = conversation([Turn("who?", answered(cite(found, "No."), answer="Le Grand Charles"))])
    assert '<p class="exact"><bdi>Le Grand Charles</bdi></p>' in talk
    assert "Reader Le Grand Charles: No. 1" in Page(talk).text
    assert "<mark>" not in talk


def test_several_words_of_a_sentence_are_marked_in_it_and_the_sentence_stands_once() -> None:
    one, other = passage("Ann met Bob. She left Cy."), passage("And Di came.")
    answer = answered(
        cite(one, "Bob", "Ann met Bob."),
        cite(one, "Cy", "Ann met Bob. She left Cy."),  # with the sentence that "She" refers to
        cite(other, "Di", "And Di came.", number=2),
        answer="Bob, Cy, Di",
    )
    talk = Page(conversation([Turn("who?", answer)]))
    assert talk.marks == ["Bob", "Cy", "Di"]
    assert talk.text.count("Ann met Bob. She left Cy. 1") == 1
    assert talk.text.count("Ann met Bob.") == 1
    assert "Bob, Cy, Di" in talk.text


@given(st.data())
def test_the_sentences_on_the_page_are_the_answer_s_text(data: st.DataObject) -> None:
    found = passage(data.draw(st.text("ab<&[1] \n.", min_size=6, max_size=40), label="text"))
    size = len(found.document.text)
    places = sorted(data.draw(st.tuples(*[st.integers(0, size)] * 4), label="places"))
    answer = answered(Citation(1, found, places[1], places[2], places[0], places[3]), answer="x")
    shown = Page(linked(answer, 1)).text
    assert "".join(shown.split()) == "".join((answer.text.removesuffix("[1]") + "1").split())


def test_a_comment_names_its_reader() -> None:
    found = passage("Too cheap, in my view.", kind="comment", author="LTRich", date="2 hours ago")
    proof = Page(evidence([Turn("q", answered(cite(found, "Too")))]))
    assert all(word in proof.text for word in ("comment", "Reader LTRich", "2 hours ago"))


def test_overlapping_citations_mark_each_character_once() -> None:
    found = passage("abcdefghij")
    places = ((4, 8), (2, 6), (9, 99))
    citations = [Citation(1, found, start, end, start, end) for start, end in places]
    assert marked(found, citations) == "ab<mark>cdefgh</mark>i<mark>j</mark>"


def test_a_number_in_brackets_that_the_document_has_itself_is_no_link() -> None:
    found = passage("As shown [1], it works [2]. More.")
    answer = answered(cite(found, "it works", "As shown [1], it works [2]."))
    assert linked(answer, 1).count("<a ") == 1
    assert linked(answer, 1).endswith("</a>")
    assert "As shown [1], <mark>it works</mark> [2]." in linked(answer, 1)


def test_a_cited_passage_that_was_not_among_the_hits_is_shown_as_well() -> None:
    first, other = passage("One."), passage("Two.")
    answer = replace(answered(cite(other, "Two.")), hits=hits(first))
    proof = Page(evidence([Turn("q", answer)]))
    assert proof.marks == ["Two."]
    assert len(proof.ids) == 2


def test_no_answer_stands_where_an_answer_would_with_the_nearest_passages() -> None:
    turns = [Turn("pasta?", abstained(passage("Nothing to do with it.")))]
    talk, proof = conversation(turns), evidence(turns)
    assert f'<p class="words">{NO_ANSWER}</p>' in talk
    assert "<p>Nearest:</p>" in talk
    assert "Nearest passages" in proof
    assert "<mark>" not in talk + proof
    assert 'role="alert"' not in talk + proof


def test_what_came_nearest_is_named_and_not_shown_as_an_answer() -> None:
    found = passage("The bombs of Nice.")
    talk = conversation([Turn("pasta?", abstained(found, nearest="Nice\n" + "w " * 100))])
    assert f'<p class="words">{NO_ANSWER}</p><div class="sources nearest">' in talk
    assert "Nearest: “Nice w w" in Page(talk).text
    assert len(Page(talk).text) < 400
    assert "exact" not in talk
    assert "sure" not in talk
    assert "<mark>" not in talk


def test_how_sure_it_is_is_how_likely_the_answer_is_right() -> None:
    talk = conversation([Turn("q", answered(cite(passage("One."), "One.")))])
    assert 'title="How likely it is that this answer is right, from 0 to 1">sure 0.90<' in talk


def test_the_passages_of_the_turn_that_is_selected_are_shown() -> None:
    turns = [
        Turn("a", answered(cite(passage("It lost 22 percent."), "22"), question="a")),
        Turn("b", answered(cite(passage("It won 8 percent."), "8"), question="b")),
    ]
    assert "It won 8" in Page(evidence(turns)).text
    first = Page(evidence(turns, 1))
    assert "It lost 22" in first.text
    assert first.ids[0].startswith("t1-")
    assert "It won 8" in Page(evidence(turns, 3)).text
    links = Page(conversation(turns)).links
    assert links == [f"#{Page(evidence(turns, n)).ids[0]}" for n in (1, 1, 2, 2)]


def test_a_follow_up_shows_how_it_was_understood_and_can_be_edited() -> None:
    answer = replace(answered(cite(passage("It lost 8."), "8")), understood='lost "what"?')
    talk = Page(conversation([Turn("and?", answer)]))
    assert 'Understood as: lost "what"? edit' in talk.text
    assert ("data-put", 'lost "what"?') in talk.attributes


def test_what_a_question_narrowed_the_search_to_is_a_chip() -> None:
    found = cite(passage("Sad.", kind="comment", author="Ann"), "Sad.")
    answer = replace(answered(found), narrowed={"author": "Ann"})
    talk = Page(conversation([Turn("what did Ann say?", answer)]))
    assert "only Ann ×" in talk.text
    assert ("data-do", "widen") in talk.attributes
    kind = Page(conversation([Turn("q", replace(answer, narrowed={"kind": "comment"}))]))
    assert "only comments ×" in kind.text


def test_why_a_passage_ranks_as_it_does() -> None:
    one, other = passage("One."), passage("Two.")
    parts = Score(0.5, 0.25, sentence=0.75, relevance=4.0, answered=-1.0, margin=-2.0)
    found = (Hit(one, 0.9, parts), Hit(other, 0.8, Score(0.6, 0.1)))
    answer = replace(answered(cite(one, "One.")), hits=found, threshold=0.15)
    text = " ".join(Page(evidence([Turn("q", answer)])).text.split())
    assert "meaning20.50" in text
    assert "words10.25" in text
    assert "relevance14.00" in text
    assert "answers it1-1.00" in text
    assert "best words1-2.00" in text
    assert "sure to 0.90; below 0.15 there would be none" in text
    assert "width: 50%" in evidence([Turn("q", answer)])


def test_the_source_is_the_whole_document_with_the_cited_words_marked() -> None:
    text = "A title\n\nIt lost 22 percent.\n\nSad.\n\nShare"
    blocks = [
        Block(Kind.TITLE, 0, 7),
        Block(Kind.PARAGRAPH, 9, 28),
        Block(Kind.COMMENT, 30, 34, author="Ann"),
        Block(Kind.BOILERPLATE, 36, 41),
    ]
    document = Document.create(path="a/b.txt", title="A title", text=text, blocks=blocks)
    found = Passage(document, Kind.PARAGRAPH, 9, 28)
    citation = Citation(1, found, 17, 27, 9, 28)
    page = Page(source(found, [citation]))
    assert page.marks == ["22 percent"]
    assert page.ids == ["here"]
    assert "AnnSad." in page.text
    assert "Share" not in page.text
    comment = Passage(document, Kind.COMMENT, 30, 34, author="Ann")
    assert Page(source(comment, [citation])).marks == ["22 percent", "Sad."]


@pytest.mark.parametrize("bad", HOSTILE, ids=[text[:12] for text in HOSTILE])
def test_whatever_comes_from_outside_is_shown_as_text(bad: str) -> None:
    found = passage(
        bad, kind="comment", author=bad, date=bad, section=bad, title=bad, path=f"a/{bad}.txt"
    )
    turns = [
        Turn(bad, answered(cite(found, bad[: len(bad) // 2]), question=bad)),
        Turn(
            bad,
            replace(
                answered(cite(found, bad[1:3], bad), answer=bad, question=bad),
                understood=bad,
                narrowed={"author": bad},
                note=bad,
            ),
        ),
        Turn(bad, abstained(found, question=bad, nearest=bad)),
        Turn(bad, message=bad),
        Turn(bad),
    ]
    report = FileReport(bad, problem=bad)
    markup = [
        conversation(turns),
        conversation([], [found.document], [bad]),
        document_list([found.document], [found.document], [report]),
        working(bad),
        done(bad),
        *(evidence(turns[:count]) for count in range(len(turns) + 1)),
        source(found, turns[1].answer.citations if turns[1].answer else ()),
        header(bad, "failed", [note(bad), problems([report])]),
        header(bad, "loading"),
        hint(bad),
    ]
    shown = bad.replace("\0", "\ufffd").replace("\ud800", "?")
    for piece in markup:
        read = Page(piece)
        assert read.tags <= set(TAGS.split())
        assert all(link.startswith("#t") for link in read.links)
        assert not [name for name, _ in read.attributes if name.startswith("on") or name == "src"]
        piece.encode()
    assert all(shown in Page(piece).text for piece in (*markup[:3], markup[6]))


def test_files_that_were_not_indexed_are_listed_with_the_reason() -> None:
    reports = [FileReport("ok.txt"), FileReport("x.pdf", problem="not a format that is read")]
    read = Page(problems(reports))
    assert "1 file was not indexed" in read.text
    assert "x.pdf: not a format that is read" in read.text
    assert problems(reports[:1]) == ""
    assert "2 files were not indexed" in problems(reports[1:] * 2)


def test_the_head_says_how_far_things_are() -> None:
    assert loading_text(0, 0) == "Loading the model…"
    assert loading_text(12, 214) == "Indexing 12 of 214 passages…"
    assert ready_text(1, 1214) == "ready: 1 document, 1,214 passages"
    failed = header("No document to read.", "failed")
    assert 'role="alert">No document to read.' in failed


def test_a_first_time_visitor_sees_what_to_ask_and_how_to_add() -> None:
    page = Page(welcome([passage("x").document], ['who "is" it?']))
    assert 'who "is" it?' in page.text
    assert ("data-question", 'who "is" it?') in page.attributes
    assert "A title" in page.text
    assert "drop files or a folder" in page.text


def test_a_question_that_waits_says_what_is_done_and_can_be_stopped() -> None:
    waiting = Turn("q")
    assert "Waiting until the documents are loaded" in conversation([waiting], loaded=False)
    assert "Waiting…" in conversation([waiting])
    waiting.stage = "read"
    talk = conversation([waiting])
    assert "Reading what was found" in talk
    assert 'data-do="stop"' in talk
    assert 'data-do="stop"' not in conversation([Turn("q", message="Stopped")])


def test_a_turn_can_be_copied_linked_asked_again_and_changed() -> None:
    attributes = Page(
        conversation([Turn("q & a?", answered(cite(passage("One."), "One.")))])
    ).attributes
    copied = dict(attributes)["data-copy"] or ""
    assert copied.startswith("q & a?\n\n")
    assert "[1] The author, in A title" in copied
    assert ("data-link", "?q=q+%26+a%3F") in attributes
    assert {value for name, value in attributes if name == "data-do"} >= {"again", "change", "show"}
    assert "Keep" not in changing(2)
    assert "question 2" in changing(2)


def test_the_list_of_documents_has_counts_and_what_may_go() -> None:
    one = passage("One.", kind="comment", author="Ann").document
    two = passage("Two, longer.", title="Other").document
    report = FileReport("x.exe", problem="not a format that is read")
    page = Page(document_list([one, two], [two], [report]))
    assert "x.exe was not added: Not a format that is read." in page.text
    assert "1 comment · 4 characters" in page.text
    assert [v for n, v in page.attributes if n == "data-document"] == [two.id]


def test_messages_become_sentences() -> None:
    assert sentence("the question is empty; ask") == "The question is empty; ask."
    assert sentence("Done.") == "Done."
    assert hint("") == ""
