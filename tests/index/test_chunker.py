"""Passages: nothing lost, nothing doubled, nothing that the model would cut off."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import FakeEmbedder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.chunker import AROUND, PART_TOKENS, Chunker, TokenCounter, searched_text
from index.embedders.packaged import PackagedEmbedder
from index.sentences import sentences_of
from index.types import PASSAGE_KINDS, Block, Document, Kind, Passage

SENTENCE = "One two three four five six seven eight nine ten. "


def document(*blocks: tuple[Kind, str] | tuple[Kind, str, dict], **facts: str) -> Document:
    """A document whose text is the blocks' texts, one below the other."""
    made, text = [], ""
    for kind, words, *more in blocks:
        made.append(Block(kind, len(text), len(text) + len(words), **(more[0] if more else {})))
        text += words + "\n\n"
    facts = {"path": "a.txt", "title": "Title"} | facts
    return Document.create(text=text, blocks=made, **facts)


def check(made: Document, passages: list[Passage], model: TokenCounter) -> None:
    """What holds for the passages of every document."""
    chunker = Chunker(model)
    text = made.text
    searched = [block for block in made.blocks if block.kind in PASSAGE_KINDS]
    position, covered = 0, set()
    for passage in passages:
        assert position <= passage.start < passage.end
        position = passage.end
        assert passage.text == text[passage.start : passage.end]
        (block,) = [
            block for block in searched if block.start <= passage.start and passage.end <= block.end
        ]
        assert passage.kind is block.kind
        assert chunker.embedded_text(passage).endswith(passage.text)
        assert model.count_tokens(chunker.embedded_text(passage)) <= model.max_tokens
        covered.update(range(passage.start, passage.end))
    for block in searched:
        missed = "".join(text[i] for i in range(block.start, block.end) if i not in covered)
        assert not missed.strip(), missed


# -- as a property --------------------------------------------------------------------------------

WORDS = st.one_of(
    st.sampled_from(["the", "Mr.", "U.S.", "3.5", "end.", "why?", "No!", "(i.e.", "…", "”", "。"]),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.text("abc", min_size=60, max_size=90),  # more tokens than a passage may have
    st.text("你好世界。ก็ไทย😀é", min_size=1, max_size=90),
    st.text("-/.?=&%_~", min_size=1, max_size=40),
)
TEXTS = st.one_of(
    st.lists(st.tuples(WORDS, st.sampled_from([" ", "  ", "\n", "\t", "\u00a0", "", ". "]))).map(
        lambda pairs: "".join(word + space for word, space in pairs)
    ),
    st.lists(st.text("ab ", min_size=20, max_size=80), max_size=8).map(". ".join),
)
NAMES = st.one_of(st.none(), st.text(max_size=8), st.text("ab ", min_size=100, max_size=300))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    made, text = [], ""
    for _ in range(draw(st.integers(0, 6))):
        words = draw(TEXTS).strip()
        if words:
            kind = draw(st.sampled_from(Kind))
            author = draw(NAMES) if kind is Kind.COMMENT else None
            level = draw(st.integers(1, 4)) if kind is Kind.HEADING else None
            made.append(Block(kind, len(text), len(text) + len(words), author=author, level=level))
            text += words
        text += draw(st.sampled_from(["", "\n", "\n\n \n"]))
    return Document.create(
        path="a.txt", title=draw(NAMES) or "", text=text, blocks=made, author=draw(NAMES)
    )


@given(made=documents(), piece=st.sampled_from([None, 1, 4]))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_passages_hold_every_word_once_and_fit_the_model(made: Document, piece: int | None) -> None:
    model = FakeEmbedder(max_tokens=32, piece=piece)
    check(made, Chunker(model).split(made), model)


class SmallWindow:
    """The real tokenizer, with a window that short texts overflow as well."""

    max_tokens = 48

    def __init__(self, embedder: PackagedEmbedder) -> None:
        self.count_tokens = embedder.count_tokens


@given(made=documents())
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_the_same_with_the_real_tokenizer(made: Document, embedder: PackagedEmbedder) -> None:
    model = SmallWindow(embedder)
    check(made, Chunker(model).split(made), model)


@pytest.mark.parametrize(
    "words",
    [
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 60,
        "我们的组织在叙利亚失去了百分之二十二的领土。" * 60,
        "我们的组织在叙利亚失去了百分之二十二的领土" * 60,
        "https://example.org/a_b-c/d.e?f=g&h=%20i;" * 80,
        "x" * 99 + "." + "q" * 5000,
        "qzxj" * 20 + " " + "!?" * 600,
        "1.234.567,89 " * 200,
        "🎉👩‍👩‍👧‍👦é" * 200,
    ],
)
def test_words_of_many_tokens_fit_the_real_model(words: str, embedder: PackagedEmbedder) -> None:
    made = document(
        (Kind.HEADING, "A heading of words, " * 40),
        (Kind.PARAGRAPH, words.strip()),
        (Kind.COMMENT, words.strip(), {"author": "Bartholomew Featherstonehaugh " * 30}),
        title="A title that takes up a good deal of room " * 30,
    )
    check(made, Chunker(embedder).split(made), embedder)


def test_the_model_reads_a_passage_to_its_last_word(embedder: PackagedEmbedder) -> None:
    """Counted by what the model itself does: a change in the last word changes the vector."""
    words = ("The group lost land in Iraq and Syria in that year. " * 60).strip()
    made = document((Kind.PARAGRAPH, words), title="Losses of land " * 40)
    chunker = Chunker(embedder)
    passage = max(chunker.split(made), key=lambda passage: len(passage.text))
    text = chunker.embedded_text(passage)
    first, second = embedder.embed([text, text[: -len("year.")] + "banana"])
    assert float(first @ second) < 0.9999


# -- what becomes a passage -----------------------------------------------------------------------


def test_only_paragraphs_captions_and_comments_become_passages() -> None:
    made = document(*((kind, f"Words of a {kind}.") for kind in Kind))
    passages = Chunker(FakeEmbedder()).split(made)
    assert [passage.text for passage in passages] == [
        "Words of a paragraph.",
        "Words of a caption.",
        "Words of a comment.",
    ]


def test_two_captions_of_one_picture_are_one_passage_without_the_credit_between() -> None:
    made = document(
        (Kind.PARAGRAPH, "Before."),
        (Kind.CAPTION, "A boat in Elmstad."),
        (Kind.CREDIT, "AGENCY/Ann Olsen"),
        (Kind.CAPTION, "A boat. Tolls are due.", {"continues": True}),
        (Kind.CREDIT, "AGENCY/Ann Olsen"),
        (Kind.CAPTION, "A diver."),
    )
    chunker = Chunker(FakeEmbedder())
    _, both, diver = chunker.split(made)
    assert both.text == "A boat in Elmstad.\n\nAGENCY/Ann Olsen\n\nA boat. Tolls are due."
    assert both.words == both.text.replace("AGENCY/Ann Olsen", " " * 16)
    for whole in (chunker.embedded_text(both), searched_text(both)):
        assert "Tolls" in whole
        assert "AGENCY" not in whole
    assert diver.text == diver.words == "A diver."
    assert [made.text[slice(*place)] for place in sentences_of(both)] == [
        "A boat in Elmstad.",
        "A boat.",
        "Tolls are due.",
    ]
    apart = [replace(block, continues=False) for block in made.blocks]
    other = Document.create(path="a.txt", title="Title", text=made.text, blocks=apart)
    assert len(chunker.split(other)) == 4
    assert other.id != made.id


def test_what_fits_is_one_passage_and_one_token_more_is_two() -> None:
    model = FakeEmbedder(max_tokens=32)
    room = 32 - 2  # all but the special tokens
    sentences = ["a " * 9 + "end."] * 2
    for words, parts in [(room, 1), (room + 1, 2)]:
        text = " ".join([*sentences, *["w"] * (words - 20)])
        passages = Chunker(model).split(document((Kind.PARAGRAPH, text), title=""))
        assert len(passages) == parts


def test_parts_end_where_sentences_end() -> None:
    sentences = [f"Sentence {number} has seven words in all." for number in range(30)]
    made = document((Kind.PARAGRAPH, " ".join(sentences)))
    for passage in Chunker(FakeEmbedder(max_tokens=32)).split(made):
        assert passage.text.startswith("Sentence ")
        assert passage.text.endswith("in all.")


def test_a_sentence_that_does_not_fit_is_cut_between_words() -> None:
    words = [f"w{number}" for number in range(200)]
    made = document((Kind.PARAGRAPH, " ".join(words)))
    passages = Chunker(FakeEmbedder(max_tokens=32)).split(made)
    assert [word for passage in passages for word in passage.text.split()] == words


def test_a_word_that_does_not_fit_is_cut_within() -> None:
    model = FakeEmbedder(max_tokens=32, piece=1)
    made = document((Kind.PARAGRAPH, "x" * 500))
    passages = Chunker(model).split(made)
    assert "".join(passage.text for passage in passages) == "x" * 500
    check(made, passages, model)


def test_parts_are_of_about_equal_length() -> None:
    model = FakeEmbedder(max_tokens=64)
    uneven = []
    for sentences in range(7, 40):
        made = document((Kind.PARAGRAPH, (SENTENCE * sentences).strip()))
        sizes = [len(passage.text.split()) for passage in Chunker(model).split(made)]
        if len(sizes) < 2 or min(sizes) < max(sizes) / 2:
            uneven.append(sizes)
    assert uneven == []


def test_two_parts_are_halves() -> None:
    made = document((Kind.PARAGRAPH, (SENTENCE * 10).strip()))
    first, second = Chunker(FakeEmbedder(max_tokens=80)).split(made)
    assert len(first.text) == len(second.text)


def test_parts_of_a_long_paragraph_are_much_smaller_than_what_the_model_reads() -> None:
    made = document((Kind.PARAGRAPH, (SENTENCE * 300).strip()))
    sizes = [
        len(passage.text.split()) for passage in Chunker(FakeEmbedder(max_tokens=512)).split(made)
    ]
    assert len(sizes) == 300 * 10 // PART_TOKENS
    assert PART_TOKENS * 0.8 <= min(sizes) <= max(sizes) <= PART_TOKENS * 1.2


def test_a_paragraph_of_less_than_two_model_lengths_is_cut_in_two() -> None:
    model = FakeEmbedder(max_tokens=512)
    for sentences, parts in ((51, 2), (100, 2), (102, 1020 // PART_TOKENS + 1)):
        made = document((Kind.PARAGRAPH, (SENTENCE * sentences).strip()))
        assert len(Chunker(model).split(made)) == parts, sentences


def test_a_paragraph_that_fits_is_not_cut_however_long() -> None:
    words = (SENTENCE * 40).strip()
    (passage,) = Chunker(FakeEmbedder(max_tokens=512)).split(document((Kind.PARAGRAPH, words)))
    assert passage.text == words


def test_one_long_sentence_leaves_the_parts_far_from_it_as_they_are() -> None:
    long_sentence = "One " + "word " * 54 + "ends. "
    model = FakeEmbedder(max_tokens=64)
    plain = Chunker(model).split(document((Kind.PARAGRAPH, (SENTENCE * 100).strip())))
    made = document((Kind.PARAGRAPH, (SENTENCE * 50 + long_sentence + SENTENCE * 50).strip()))
    mixed = Chunker(model).split(made)
    check(made, mixed, model)
    assert len(mixed) <= len(plain) + 5


class Weightless(FakeEmbedder):
    """A tokenizer that drops single letters, as real ones drop control characters."""

    def count_tokens(self, text: str) -> int:
        return 2 + 40 * (sum(map(len, text.split())) > 20)


def test_words_without_tokens_are_cut_all_the_same() -> None:
    model = Weightless(max_tokens=32)
    made = document((Kind.PARAGRAPH, "A b. " * 100 + "A"), title="")
    check(made, Chunker(model).split(made), model)


def test_an_empty_document_has_no_passages() -> None:
    made = Document.create(path="a.txt", title="", text="", blocks=[])
    assert Chunker(FakeEmbedder()).split(made) == []


# -- the context in front -------------------------------------------------------------------------


def test_title_section_and_author_stand_in_front() -> None:
    made = document(
        (Kind.HEADING, "Losses", {"level": 2}),
        (Kind.PARAGRAPH, "It lost land."),
        (Kind.CAPTION, "A map."),
        (Kind.COMMENT, "I doubt it.", {"author": "LTRich"}),
        (Kind.COMMENT, "So do I."),
        title="The state of it",
    )
    chunker = Chunker(FakeEmbedder(max_tokens=256))
    texts = [chunker.embedded_text(passage) for passage in chunker.split(made)]
    assert texts == [
        "The state of it\nLosses\nIt lost land.",
        "The state of it\nLosses\nCaption:\nA map.",
        "The state of it\nComment by LTRich:\nI doubt it.",
        "The state of it\nComment by a reader:\nSo do I.",
    ]
    assert [searched_text(passage) for passage in chunker.split(made)] == texts


def numbered(sentences: int) -> str:
    """Sentences of which each has words of its own."""
    return " ".join(f"Sentence{i} has the words alpha{i} and omega{i}." for i in range(sentences))


def test_a_part_is_searched_with_the_words_around_it_and_embedded_without() -> None:
    made = document(
        (Kind.PARAGRAPH, "Unrelated before."),
        (Kind.PARAGRAPH, numbered(60)),
        (Kind.PARAGRAPH, "Unrelated after."),
    )
    chunker = Chunker(FakeEmbedder())
    whole, *parts, last = chunker.split(made)
    assert searched_text(whole) == "Title\nUnrelated before."
    assert searched_text(last) == "Title\nUnrelated after."
    assert len(parts) > 4
    words = set(made.text.split())
    for number, part in enumerate(parts):
        searched = searched_text(part)
        assert chunker.embedded_text(part) == f"Title\n{part.text}"
        assert part.text in searched
        assert "Unrelated" not in searched
        assert set(searched.split()) - {"Title"} <= words  # no word is cut at the edge
        _, *around = searched.split("\n")
        assert len(around) == 3 - (number in (0, len(parts) - 1))
        assert all(
            AROUND // 2 < len(each) <= AROUND or each == part.text
            for each in around
            if number not in (0, 1, len(parts) - 2, len(parts) - 1)
        )


def test_a_part_of_a_comment_is_searched_with_that_comments_words_only() -> None:
    made = document(
        (Kind.COMMENT, numbered(40), {"author": "LTRich"}),
        (Kind.COMMENT, "Nonsense.", {"author": "Pete"}),
    )
    *parts, last = Chunker(FakeEmbedder()).split(made)
    assert searched_text(last) == "Title\nComment by Pete:\nNonsense."
    assert all("Nonsense" not in searched_text(part) for part in parts)
    assert all(searched_text(part).startswith("Title\nComment by LTRich:\n") for part in parts)


@pytest.mark.parametrize("words", ["你好世界的组织在叙利亚失去了领土" * 200, "x" * 3000])
def test_what_is_searched_around_a_part_is_bounded_where_there_are_no_spaces(words: str) -> None:
    chunker = Chunker(FakeEmbedder(piece=1))
    for part in chunker.split(document((Kind.PARAGRAPH, words), title="")):
        assert part.text in searched_text(part)
        assert len(searched_text(part)) <= len(part.text) + 2 * AROUND + 2


def test_without_title_and_heading_the_words_stand_alone() -> None:
    chunker = Chunker(FakeEmbedder())
    (passage,) = chunker.split(document((Kind.PARAGRAPH, "Words."), title=""))
    assert chunker.embedded_text(passage) == "Words."


def test_a_long_context_is_clipped_between_words_and_the_passage_is_not() -> None:
    model = FakeEmbedder(max_tokens=60)
    title = " ".join(f"title{number}" for number in range(100))
    heading = " ".join(f"heading{number}" for number in range(100))
    author = " ".join(f"name{number}" for number in range(100))
    made = document(
        (Kind.HEADING, heading),
        (Kind.PARAGRAPH, "One two three."),
        (Kind.COMMENT, "Four five six.", {"author": author}),
        title=title,
    )
    chunker = Chunker(model)
    paragraph, comment = chunker.split(made)
    first, second, words = chunker.embedded_text(paragraph).split("\n")
    # A quarter of 60 tokens for three lines: 5 a line, 2 of them special.
    assert (first, second, words) == ("title0 title1 title2", "heading0 heading1 heading2", words)
    assert words == "One two three."
    assert chunker.embedded_text(comment).split("\n") == [
        "title0 title1 title2",
        "Comment by name0",
        "Four five six.",
    ]
    assert searched_text(paragraph) == f"{title}\n{heading}\nOne two three."
    assert author in searched_text(comment)


def test_a_title_of_one_overlong_word_is_clipped() -> None:
    model = FakeEmbedder(max_tokens=60, piece=1)
    chunker = Chunker(model)
    (passage,) = chunker.split(document((Kind.PARAGRAPH, "Words."), title="t" * 400))
    title, words = chunker.embedded_text(passage).split("\n")
    assert words == "Words."
    assert title == "ttt"


# -- sections, authors, dates ---------------------------------------------------------------------


def test_sections_come_from_the_headings_levels() -> None:
    made = document(
        (Kind.PARAGRAPH, "p0"),
        (Kind.HEADING, "A", {"level": 1}),
        (Kind.PARAGRAPH, "p1"),
        (Kind.HEADING, "A.a", {"level": 2}),
        (Kind.HEADING, "A.a.i", {"level": 3}),
        (Kind.PARAGRAPH, "p2"),
        (Kind.HEADING, "A.b", {"level": 2}),
        (Kind.PARAGRAPH, "p3"),
        (Kind.HEADING, "B", {"level": 1}),
        (Kind.CAPTION, "p4"),
        (Kind.HEADING, "B..i", {"level": 3}),
        (Kind.PARAGRAPH, "p5"),
        (Kind.HEADING, "B.a", {"level": 2}),
        (Kind.PARAGRAPH, "p6"),
        (Kind.HEADING, "C"),
        (Kind.PARAGRAPH, "p7"),
        (Kind.COMMENT, "p8"),
        (Kind.PARAGRAPH, "p9"),
    )
    sections = {passage.text: passage.section for passage in Chunker(FakeEmbedder()).split(made)}
    assert sections == {
        "p0": None,
        "p1": "A",
        "p2": "A › A.a › A.a.i",
        "p3": "A › A.b",
        "p4": "B",
        "p5": "B › B..i",
        "p6": "B › B.a",
        "p7": "C",
        "p8": None,
        "p9": "C",
    }


def test_whose_words_a_passage_is() -> None:
    made = document(
        (Kind.PARAGRAPH, "p"),
        (Kind.CAPTION, "c"),
        (Kind.COMMENT, "k", {"author": "LTRich", "date": "2 hours ago"}),
        (Kind.COMMENT, "nobody's"),
        author="Peter Van Buren",
        date="March 24, 2016",
    )
    found = [
        (passage.text, passage.author, passage.date)
        for passage in Chunker(FakeEmbedder()).split(made)
    ]
    assert found == [
        ("p", "Peter Van Buren", "March 24, 2016"),
        ("c", None, "March 24, 2016"),
        ("k", "LTRich", "2 hours ago"),
        ("nobody's", None, None),
    ]


def test_every_part_of_a_long_comment_is_its_authors() -> None:
    made = document((Kind.COMMENT, (SENTENCE * 20).strip(), {"author": "LTRich", "date": "May"}))
    passages = Chunker(FakeEmbedder()).split(made)
    assert len(passages) > 2
    assert {(passage.author, passage.date) for passage in passages} == {("LTRich", "May")}
    assert len({passage.id for passage in passages}) == len(passages)
