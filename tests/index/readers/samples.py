"""A small valid file of every format, and what files are put together from."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Mapping

WORDS = "The bridge at Elmstad was opened on Monday, nine years after the first stone was laid."

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SLIDE = "http://schemas.openxmlformats.org/presentationml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"


def zipped(parts: Mapping[str, str | bytes], *, stored: tuple[str, ...] = ()) -> bytes:
    """A ZIP archive of parts, those in ``stored`` without compression."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            how = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, how)
    return target.getvalue()


def relations(*targets: tuple[str, str], external: bool = False) -> str:
    """A list of relations: kind and target of each; "r0" is the first."""
    mode = ' TargetMode="External"' if external else ""
    rows = "".join(
        f'<Relationship Id="r{at}" Type="{_OFFICE}/{kind}" Target="{target}"{mode}/>'
        for at, (kind, target) in enumerate(targets)
    )
    return f'<Relationships xmlns="{_RELATIONS}">{rows}</Relationships>'


def _types(part: str, kind: str) -> str:
    return (
        f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/{part}" ContentType='
        f'"application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
    )


def docx_parts(body: str = "", prologue: str = "") -> dict[str, str | bytes]:
    """A Word document; ``body`` is put after its heading and paragraph."""
    return {
        "[Content_Types].xml": _types("word/document.xml", "wordprocessingml.document"),
        "_rels/.rels": relations(("officeDocument", "word/document.xml")),
        "word/document.xml": (
            f'{prologue}<w:document xmlns:w="{_WORD}" xmlns:r="{_OFFICE}" xmlns:a="{_DRAWING}">'
            '<w:body><w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>A bridge</w:t></w:r>'
            f"</w:p><w:p><w:r><w:t>{WORDS}</w:t></w:r></w:p>{body}<w:tbl><w:tr><w:tc><w:p><w:r>"
            "<w:t>Year</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>2015</w:t></w:r>"
            "</w:p></w:tc></w:tr></w:tbl></w:body></w:document>"
        ),
    }


def xlsx_parts(cell: str = "", prologue: str = "") -> dict[str, str | bytes]:
    """A workbook; ``cell`` is put into its second row."""
    words = f'<c r="B2" t="inlineStr"><is><t>{cell or WORDS}</t></is></c>'
    return {
        "[Content_Types].xml": _types("xl/workbook.xml", "spreadsheetml.sheet"),
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="Costs" sheetId="1" r:id="r0"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
        "xl/sharedStrings.xml": (
            f'<sst xmlns="{_SHEET}"><si><t>Item</t></si><si><t>What it is</t></si></sst>'
        ),
        "xl/worksheets/sheet1.xml": (
            f'{prologue}<worksheet xmlns="{_SHEET}"><sheetData><row r="1"><c r="A1" t="s"><v>0</v>'
            '</c><c r="B1" t="s"><v>1</v></c></row><row r="2"><c r="A2"><v>42.5</v></c>'
            f"{words}</row></sheetData></worksheet>"
        ),
    }


def pptx_parts(text: str = WORDS, prologue: str = "") -> dict[str, str | bytes]:
    """A presentation of one slide."""
    return {
        "[Content_Types].xml": _types("ppt/presentation.xml", "presentationml.presentation"),
        "_rels/.rels": relations(("officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": (
            f'<p:presentation xmlns:p="{_SLIDE}" xmlns:r="{_OFFICE}"><p:sldIdLst>'
            '<p:sldId id="256" r:id="r0"/></p:sldIdLst></p:presentation>'
        ),
        "ppt/_rels/presentation.xml.rels": relations(("slide", "slides/slide1.xml")),
        "ppt/slides/slide1.xml": (
            f'{prologue}<p:sld xmlns:p="{_SLIDE}" xmlns:a="{_DRAWING}" xmlns:r="{_OFFICE}"><p:cSld>'
            '<p:spTree><p:sp><p:nvSpPr><p:cNvPr id="2" name="Title"/><p:cNvSpPr/><p:nvPr>'
            '<p:ph type="title"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>A bridge</a:t></a:r>'
            '</a:p></p:txBody></p:sp><p:sp><p:nvSpPr><p:cNvPr id="3" name="Text"/><p:cNvSpPr/>'
            f"<p:nvPr/></p:nvSpPr><p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody>"
            "</p:sp></p:spTree></p:cSld></p:sld>"
        ),
    }


def _odf_space() -> str:
    return " ".join(
        f'xmlns:{name}="{_ODF}:{name}:1.0"' for name in ("office", "text", "table", "meta", "draw")
    )


def odt_parts(text: str = WORDS, prologue: str = "") -> dict[str, str | bytes]:
    """An OpenDocument text."""
    kind = "application/vnd.oasis.opendocument.text"
    return {
        "mimetype": kind,
        "META-INF/manifest.xml": (
            f'<m:manifest xmlns:m="{_ODF}:manifest:1.0"><m:file-entry m:full-path="/" '
            f'm:media-type="{kind}"/></m:manifest>'
        ),
        "content.xml": (
            f"{prologue}<office:document-content {_odf_space()}><office:body><office:text>"
            f'<text:h text:outline-level="1">A bridge</text:h><text:p>{text}</text:p>'
            "</office:text></office:body></office:document-content>"
        ),
    }


def fodt() -> bytes:
    """An OpenDocument text in one XML file."""
    return (
        f'<office:document {_odf_space()} office:mimetype="application/vnd.oasis.opendocument.text">'
        f'<office:body><office:text><text:h text:outline-level="1">A bridge</text:h>'
        f"<text:p>{WORDS}</text:p></office:text></office:body></office:document>"
    ).encode()


def epub_parts(text: str = WORDS, prologue: str = "") -> dict[str, str | bytes]:
    """A book of one chapter."""
    return {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": (
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">'
            '<rootfiles><rootfile full-path="book.opf" '
            'media-type="application/oebps-package+xml"/></rootfiles></container>'
        ),
        "book.opf": (
            '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>A bridge</dc:title></metadata>'
            '<manifest><item id="c" href="one.xhtml" media-type="application/xhtml+xml"/>'
            '</manifest><spine><itemref idref="c"/></spine></package>'
        ),
        "one.xhtml": (
            f'{prologue}<html xmlns="http://www.w3.org/1999/xhtml"><head><title>One</title></head>'
            f"<body><h1>One</h1><p>{text}</p></body></html>"
        ),
    }


def pdf(text: str = WORDS, catalog: str = "", page: str = "", *objects: str) -> bytes:
    """A PDF of one page; what is named is put into its catalogue, its page, and after them."""
    content = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
    numbered = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        f"/Resources << /Font << /F1 5 0 R >> >> {page} >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *objects,
    ]
    made = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(numbered, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = (
        f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {len(places) + 1} /Root 1 0 R >>\nstartxref\n{len(made)}\n%%EOF\n"
    )
    return made + end.encode("latin-1")


def tarred(files: Mapping[str, bytes], how: str = "") -> bytes:
    """A TAR archive; ``how`` is gz, bz2, xz or nothing."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=f"w:{how}") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


_TEXT = f"A bridge\n\n{WORDS}\n\nComments\n\nAnn\nMay 3, 2015\nIt is a fine bridge.\n".encode()
_MARKDOWN = f"# A bridge\n\n{WORDS}\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n".encode()
_HTML = (
    f"<!doctype html><html><head><title>A bridge</title></head><body><article><h1>A bridge</h1>"
    f"<p>{WORDS}</p><p>{WORDS} Nobody had expected it.</p></article><div class='comments'>"
    f"<div class='comment'><b>Ann</b> <time>May 3</time><p>It is a fine bridge.</p></div></div>"
    f"</body></html>"
).encode()
_RECORDS = [
    {"id": 1, "author": "Ann", "text": "It is a fine bridge.", "date": "2015-05-03"},
    {"id": 2, "author": "Ben", "text": "It is not.", "parent": 1, "stars": 2.5, "tags": ["a"]},
]
_NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# A bridge\n", WORDS]},
        {"cell_type": "code", "metadata": {}, "source": "length = 42", "outputs": []},
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}
_RST = f"A bridge\n========\n\n:Author: Ann\n\n{WORDS}\n\n.. note:: Mind the gap.\n\n* one\n* two\n"
_RTF = (
    r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\title A bridge}}\pard "
    rf"{WORDS}\par \u228? \'e4 {{\b bold}}\par\trowd\cellx100 one\cell two\cell\row}}"
)
_MAIL = (
    "From: Ann Olsen <ann@example.org>\r\nTo: Ben <ben@example.org>\r\nSubject: The bridge\r\n"
    "Date: Mon, 4 May 2015 10:00:00 +0200\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; '
    f"charset=utf-8\r\n\r\n{WORDS}\r\n\r\nOn Sun, 3 May 2015 at 09:00, Ben <ben@example.org> wrote:"
    "\r\n> When is it opened?\r\n\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: "
    'attachment; filename="plan.txt"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    "VGhlIHBsYW4gaXMgc2ltcGxlLg==\r\n--b--\r\n"
)
_CSV = f'Year,What\n2015,"{WORDS}"\n2016,repairs\n'
_FILES = {"notes.txt": _TEXT, "folder/page.md": _MARKDOWN}


def doc() -> bytes:
    """A Word file from before 2007."""
    from test_doc import Made, made

    return made(Made([("A bridge\r", 1, b""), (f"{WORDS}\r", 0, b"")]))


def msg() -> bytes:
    """A mail as Outlook saves it, with a file attached."""
    from test_msg import SENDER, compound_file, folder, message

    attached = folder(8, {0x3707: "plan.txt"}, {0x3701: b"The plan is simple."}, x3705=1)
    return compound_file(message({**SENDER, 0x1000: WORDS}, files=[attached]))


SAMPLES: dict[str, Callable[[], bytes]] = {
    ".txt": lambda: _TEXT,
    ".md": lambda: _MARKDOWN,
    ".html": lambda: _HTML,
    ".csv": lambda: _CSV.encode(),
    ".tsv": lambda: _CSV.replace(",", "\t").encode(),
    ".json": lambda: json.dumps(_RECORDS).encode(),
    ".jsonl": lambda: "\n".join(json.dumps(record) for record in _RECORDS).encode(),
    ".ipynb": lambda: json.dumps(_NOTEBOOK).encode(),
    ".rst": lambda: _RST.encode(),
    ".rtf": lambda: _RTF.encode(),
    ".eml": lambda: _MAIL.encode(),
    ".pdf": pdf,
    ".doc": doc,
    ".msg": msg,
    ".docx": lambda: zipped(docx_parts()),
    ".xlsx": lambda: zipped(xlsx_parts()),
    ".pptx": lambda: zipped(pptx_parts()),
    ".odt": lambda: zipped(odt_parts(), stored=("mimetype",)),
    ".fodt": fodt,
    ".epub": lambda: zipped(epub_parts(), stored=("mimetype",)),
    ".zip": lambda: zipped(_FILES),
    ".tar": lambda: tarred(_FILES),
    ".tar.gz": lambda: tarred(_FILES, "gz"),
    ".tar.bz2": lambda: tarred(_FILES, "bz2"),
    ".tar.xz": lambda: tarred(_FILES, "xz"),
    ".txt.gz": lambda: gzip.compress(_TEXT),
    ".txt.bz2": lambda: bz2.compress(_TEXT),
    ".txt.xz": lambda: lzma.compress(_TEXT),
}
"""By name ending."""

ALIASES = {
    ".text": ".txt",
    ".log": ".txt",
    ".ott": ".odt",
    ".markdown": ".md",
    ".htm": ".html",
    ".xhtml": ".html",
    ".tab": ".tsv",
    ".ndjson": ".jsonl",
    ".rest": ".rst",
    ".docm": ".docx",
    ".dotx": ".docx",
    ".xlsm": ".xlsx",
    ".pptm": ".pptx",
    ".ppsx": ".pptx",
}
"""Other endings for the same formats."""
