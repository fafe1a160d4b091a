"""Directives (".. name:: …"): which hold words for a reader, and what these are."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from index.readers.rst import tables
from index.readers.rst.inline import plain
from index.readers.rst.pieces import Piece, Source, block_end, dedented
from index.types import Kind

Parse = Callable[[list[str]], list[Piece]]
"""Reads lines as a source of their own."""

HEAD = re.compile(r"\.\.[ ]+(?P<name>[A-Za-z][\w.:+-]*?)[ ]?::(?:[ ]+(?P<argument>\S.*))?")
SUBSTITUTION = re.compile(r"\.\.[ ]+\|(?P<name>[^|]+)\|[ ]+(?P<kind>[\w-]+)::[ ]*(?P<text>.*)")
_OPTION = re.compile(r":(?P<name>[\w-]+):(?:[ ]+(?P<value>.*))?")

_SILENT = frozenset(
    "include raw literalinclude contents sectnum index toctree meta highlight default-role role "
    "currentmodule module py:module py:currentmodule automodule autosummary target-notes tabularcolumns "
    "header footer rst-class class title codeauthor sectionauthor ifconfig bibliography "
    "graphviz digraph graph inheritance-diagram plot date unicode default-domain program "
    "testsetup testcleanup cssclass container-end".split()
)
"""These ask for another file, set something up, or draw: they hold no words."""

_CODE = frozenset(
    "code code-block sourcecode parsed-literal highlight-lang doctest testcode testoutput console "
    "prompt productionlist math ipython ipython3 mermaid".split()
)
_ADMONITIONS = frozenset(
    "attention caution danger error hint important note tip warning seealso todo impl-detail "
    "availability pull-quote epigraph highlights".split()
)
_TITLED = frozenset(
    "topic sidebar admonition rubric table versionadded versionchanged deprecated "
    "deprecated-removed tab tab-item dropdown card details soft-deprecated".split()
)
"""What follows the name is words, too."""


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive's parts."""

    name: str
    argument: str
    options: dict[str, str]
    content: list[str]


def read_directive(lines: list[str], start: int) -> tuple[Directive, int] | None:
    """The directive that begins at a line, and the index after it; None if there is none."""
    head = HEAD.fullmatch(lines[start])
    if head is None:
        return None
    end = block_end(lines, start + 1)
    body = dedented(lines[start + 1 : end])
    argument = [head["argument"] or ""]
    index = 0
    while index < len(body) and body[index] and not _OPTION.fullmatch(body[index]):
        argument.append(body[index].strip())
        index += 1
    name = head["name"].lower()
    if name in _ADMONITIONS:  # all of it is content
        argument, body, index = [], [head["argument"] or "", *body], 0
        while body and not body[0]:
            body = body[1:]
    elif not head["argument"]:
        argument, index = [], 0
    options: dict[str, str] = {}
    while index < len(body) and body[index] and (option := _OPTION.fullmatch(body[index])):
        options[option["name"].lower()] = option["value"] or ""
        index += 1
        while index < len(body) and body[index].startswith(" "):
            options[option["name"].lower()] += " " + body[index].strip()
            index += 1
    content = body[index:]
    while content and not content[0]:
        content = content[1:]
    return Directive(name, "\n".join(argument).strip(), options, content), end


def directive_pieces(directive: Directive, source: Source, parse: Parse) -> list[Piece]:
    """What a reader of the finished page would see of a directive."""

    def words(text: str) -> str:
        return plain(text, source.meanings)

    name = directive.name
    if name in _SILENT:
        return []
    if name in _CODE:
        code = "\n".join(directive.content)
        caption = directive.options.get("caption", "")
        shown = directive.argument if name == "math" else ""
        return _filled((Kind.CAPTION, words(caption)), (Kind.PARAGRAPH, f"{shown}\n{code}".strip()))
    if name in ("figure", "image"):
        return _figure(directive, words, parse)
    if name in ("list-table", "csv-table", "table"):
        return _table(directive, words, parse)
    inner = parse(directive.content)
    if name in _TITLED or not inner or ":" in name or name in _NAMED:
        return _filled((Kind.PARAGRAPH, words(_title(directive)))) + inner
    return inner


_NAMED = frozenset(
    "function method class attribute data exception module option envvar cmdoption describe object "
    "opcode decorator decoratormethod classmethod staticmethod coroutinefunction abstractmethod "
    "macro type member var c:function audit-event".split()
)
"""Descriptions of what follows the name."""

_VERSIONS = {
    "versionadded": "Added in version",
    "versionchanged": "Changed in version",
    "deprecated": "Deprecated since version",
    "deprecated-removed": "Deprecated since version",
}


def _title(directive: Directive) -> str:
    said = _VERSIONS.get(directive.name)
    if said is None:
        return directive.argument
    version, rest = [*directive.argument.split(maxsplit=1), "", ""][:2]
    return f"{said} {version}: {rest}" if rest else f"{said} {version}"


def _figure(directive: Directive, words: Callable[[str], str], parse: Parse) -> list[Piece]:
    """A picture's description and caption; what else is said of it are paragraphs."""
    inner = parse(directive.content)
    if inner and inner[0].kind is Kind.PARAGRAPH:
        inner[0] = Piece(Kind.CAPTION, inner[0].text)
    return _filled((Kind.CAPTION, words(directive.options.get("alt", "")))) + inner


def _table(directive: Directive, words: Callable[[str], str], parse: Parse) -> list[Piece]:
    title = _filled((Kind.CAPTION, words(directive.argument)))
    if directive.name == "table":
        return title + parse(directive.content)
    headers = directive.options.get("header-rows", "0").strip()
    count = int(headers) if headers.isdecimal() and len(headers) < 4 else 0
    if directive.name == "list-table":
        rows = tables.list_rows(directive.content)
    else:
        delimiter = directive.options.get("delim", ",")
        rows = tables.csv_rows(directive.content, delimiter)
        if "header" in directive.options:
            rows = tables.csv_rows([directive.options["header"]], delimiter) + rows
            count += 1
    return title + tables.table_pieces(rows, min(count, len(rows)), words)


def _filled(*pieces: tuple[Kind, str]) -> list[Piece]:
    return [Piece(kind, text) for kind, text in pieces if text.strip()]
