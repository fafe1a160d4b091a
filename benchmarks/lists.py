"""How whole the lists are that questions for everything of a kind get ("which towns does it mention?").

    python benchmarks/lists.py [training/written/documents.jsonl] [--reader FILE] [--verbose]

Asked of those documents of our own that the reader did not learn from, each by itself. Of a question with
items in the document: precision, the share of the answer's items that are among them, recall, the share
of them that the answer has, and F1, compared as SQuAD compares answers; means over the questions. What has
a longer name and a shorter one ("Morag Pirie", "Pirie") is one item. A question without items must be told
that the document does not say.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from index.embedders import open_embedder
from index.indexing import index_documents
from index.types import Block, Document, Kind
from qa.assistant import Assistant
from qa.exact import wants_list
from qa.reading.choose import DEFAULT_READER, open_reader
from qa.reading.packaged import PackagedReader
from qa.wording import normalised

HELD_OUT_EVERY = 5
"""``training/reader_examples.py`` holds out one document of so many."""


def as_document(record: dict[str, Any]) -> Document:
    """A document of passages under their sections, some of them captions or comments."""
    text, blocks, section = "", [], None
    for passage in record["passages"]:
        parts = [(passage["text"], Kind.PARAGRAPH)]
        if passage.get("author"):
            parts = [(passage["text"], Kind.COMMENT)]
        elif passage.get("caption"):
            parts = [(passage["text"], Kind.CAPTION)]
        elif passage.get("section") not in (None, section):
            section = passage["section"]
            parts.insert(0, (section, Kind.HEADING))
        for words, kind in parts:
            author = passage.get("author") if kind is Kind.COMMENT else None
            blocks.append(Block(kind, len(text), len(text) + len(words), author=author))
            text += words + "\n\n"
    title = record["title"]
    return Document.create(path=title, title=title, text=text, blocks=blocks)


def asked(documents: Path) -> Iterator[tuple[dict[str, Any], list[tuple[str, set[str]]]]]:
    """Each held-out document that has such questions, with these and their items."""
    for number, line in enumerate(documents.read_text(encoding="utf-8").splitlines()):
        record = json.loads(line)
        if number % HELD_OUT_EVERY or not record.get("lists"):
            continue
        questions = [
            (question, {normalised(item) for some in items.values() for item in some})
            for question, items in record["lists"]
        ]
        yield record, questions


def longest(item: str, items: Iterable[str]) -> str:
    """The longest of the items that has this one's words in it; itself where none has."""
    return max((each for each in items if f" {item} " in f" {each} "), key=len, default=item)


def main() -> None:
    """Ask and count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "documents", type=Path, nargs="?", default=Path("training/written/documents.jsonl")
    )
    parser.add_argument("--reader", type=Path, help="another file of export_reader.py")
    parser.add_argument("--verbose", action="store_true", help="show every answer")
    options = parser.parse_args()
    reader = PackagedReader(options.reader, None) if options.reader else open_reader(DEFAULT_READER)
    embedder = open_embedder()
    figures: list[tuple[float, float, float]] = []
    refused, known, without = 0, 0, 0
    for record, questions in asked(options.documents):
        index = index_documents([as_document(record)], embedder=embedder)
        assistant = Assistant(index, reader=reader)
        for question, items in questions:
            given = assistant.ask(question)
            found = {longest(normalised(each.quote), items) for each in given.citations}
            items = {longest(item, items) for item in items}
            if options.verbose:
                print(f"{question}\n  wanted {sorted(items)}\n  given  {sorted(found)}")
            known += wants_list(question)
            if not items:
                without += 1
                refused += given.abstained
                continue
            right = len(found & items)
            precision, recall = right / len(found) if found else 0.0, right / len(items)
            f1 = 2 * right / (len(found) + len(items))
            figures.append((precision, recall, f1))
    table = Table(title="Lists")
    for name in ("questions", "understood as lists", "precision", "recall", "F1", "none, refused"):
        table.add_column(name)
    means = [f"{statistics.fmean(each):.3f}" for each in zip(*figures, strict=True)]
    table.add_row(
        f"{len(figures)} + {without}", str(known), *means, f"{refused / max(1, without):.3f}"
    )
    Console().print(table)


if __name__ == "__main__":
    main()
