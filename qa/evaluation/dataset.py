"""What a data set is, whatever its format: texts to search, and questions about them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from index.types import Block, Document, Kind, Passage


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a data set, each a block of a document.

    A text is found when any passage of its block is: a long one is cut into several.
    """

    documents: tuple[Document, ...]
    """Each once, however often the data set has it."""
    names: Mapping[tuple[str, int], tuple[str, ...]]
    """What the data set calls a text, by its document's id and its block's start. Several names
    when the data set has the same words several times."""

    @classmethod
    def collect(cls, documents: Iterable[tuple[Document, Sequence[str]]]) -> Texts:
        """Put documents together, each given with a name for every block."""
        known: dict[str, Document] = {}
        names: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for document, block_names in documents:
            known.setdefault(document.id, document)
            for block, name in zip(document.blocks, block_names, strict=True):
                names[document.id, block.start].append(name)
        unique = {place: tuple(dict.fromkeys(called)) for place, called in names.items()}
        return cls(tuple(known.values()), unique)

    def names_of(self, passage: Passage) -> tuple[str, ...]:
        """The names of the text that a passage is, or is a part of."""
        blocks = passage.document.blocks
        number = bisect_right(blocks, passage.start, key=lambda block: block.start) - 1
        return self.names[passage.document.id, blocks[number].start]

    def by_name(self) -> dict[str, tuple[Document, Block]]:
        """Where the text of each name is."""
        return {
            name: (document, block)
            for document in self.documents
            for block in document.blocks
            for name in self.names[document.id, block.start]
        }


@dataclass(frozen=True, slots=True)
class Question:
    """A question whose right texts are known."""

    id: str
    text: str
    relevant: Mapping[str, int]
    """How relevant a text is, by its name; empty when no text answers the question."""
    answers: tuple[str, ...] = ()
    """Right answers, each as good as the others; empty when there is none or none is known."""
    about: str | None = None
    """The name of the text that it was written for, answered there or not; None for the most
    relevant one."""

    @property
    def answerable(self) -> bool:
        """Whether any text answers it."""
        return bool(self.relevant)

    @property
    def gold(self) -> tuple[str, ...] | None:
        """What an answer is compared with: nothing when unanswerable, None when not known."""
        return None if self.answerable and not self.answers else self.answers

    @property
    def own_text(self) -> str | None:
        """The name of the text that it was written for, or of the most relevant one."""
        best = max(self.relevant, key=lambda name: self.relevant[name], default=None)
        return self.about if self.about is not None else best


@dataclass(frozen=True, slots=True)
class DataSet:
    """Questions over texts of its own."""

    name: str
    texts: Texts = field(repr=False)
    questions: tuple[Question, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Expectation:
    """A question about a user's documents, and what is expected of its answer."""

    id: str
    text: str
    type: str | None
    """The question's sort, in the words of whoever wrote it."""
    passage_contains: str | None
    """The right passage has these words, whatever the white space; None when none is right."""
    kind: Kind | None
    """The right passage is of this kind; None for any."""
    author: str | None
    """The right passage has this author; None for any."""
    answer_matches: str | None
    """A regular expression that a right answer's words contain, whatever their case."""

    @property
    def answerable(self) -> bool:
        """Whether the documents answer it."""
        return self.passage_contains is not None or self.answer_matches is not None


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """Questions about documents that the user names."""

    name: str
    questions: tuple[Expectation, ...] = field(repr=False)


def text_document(path: str, title: str, paragraphs: Sequence[str]) -> Document:
    """A document of paragraphs with blank lines between them, one block each."""
    blocks = []
    position = 0
    for paragraph in paragraphs:
        blocks.append(Block(Kind.PARAGRAPH, position, position + len(paragraph)))
        position += len(paragraph) + len(_BLANK_LINE)
    return Document.create(path=path, title=title, text=_BLANK_LINE.join(paragraphs), blocks=blocks)


_BLANK_LINE = "\n\n"
