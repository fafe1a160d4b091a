"""What people wrote onto a PDF: their comments with their names, and what they filled into forms."""

from __future__ import annotations

import ctypes
from typing import Any

from index.readers.pdf.engine import raw
from index.readers.pdf.metadata import iso_date
from index.readers.pdf.model import Piece
from index.types import Kind

_MAX_NOTES = 2000
"""Notes that are read of one page."""

_MAX_LENGTH = 100_000
"""Bytes of one note that are read; more is no note."""

_COMMENTS = (
    "TEXT FREETEXT LINE SQUARE CIRCLE POLYGON POLYLINE HIGHLIGHT UNDERLINE SQUIGGLY STRIKEOUT"
    " STAMP CARET INK FILEATTACHMENT"
).split()
"""The kinds of annotation that reviewers make; links, pop-up windows and sounds are others."""


def read_notes(document: Any, page: Any, number: int) -> list[Piece]:
    """The comments on a page, then the values of its form fields."""
    library = raw()
    kinds = {getattr(library, f"FPDF_ANNOT_{name}") for name in _COMMENTS}
    comments: list[Piece] = []
    fields: list[Piece] = []
    for index in range(min(library.FPDFPage_GetAnnotCount(page), _MAX_NOTES)):
        note = library.FPDFPage_GetAnnot(page, index)
        if not note:
            continue
        try:
            kind = library.FPDFAnnot_GetSubtype(note)
            if kind in kinds:
                comments += _comment(library, note, number)
            elif kind == library.FPDF_ANNOT_WIDGET:
                fields += _field(library, document, note, number)
        finally:
            library.FPDFPage_CloseAnnot(note)
    return comments + fields


def _comment(library: Any, note: Any, number: int) -> list[Piece]:
    text = _value(library, note, "Contents")
    if not text:
        return []
    date = _value(library, note, "CreationDate") or _value(library, note, "M")
    return [
        Piece(
            Kind.COMMENT,
            text,
            number,
            number,
            author=_value(library, note, "T") or None,
            date=iso_date(date),
            reply_to=_answered(library, note),
        )
    ]


def _answered(library: Any, note: Any) -> str | None:
    """The author of the comment that this one answers."""
    other = library.FPDFAnnot_GetLinkedAnnot(note, b"IRT")
    if not other:
        return None
    try:
        return _value(library, other, "T") or None
    finally:
        library.FPDFPage_CloseAnnot(other)


def _field(library: Any, document: Any, note: Any, number: int) -> list[Piece]:
    """A form field that is filled in, as "name: value"."""
    form = document.formenv
    if form is None:
        return []
    kind = library.FPDFAnnot_GetFormFieldType(form, note)
    name = _form_text(library, library.FPDFAnnot_GetFormFieldAlternateName, form, note)
    name = name or _form_text(library, library.FPDFAnnot_GetFormFieldName, form, note)
    if kind in (library.FPDF_FORMFIELD_CHECKBOX, library.FPDF_FORMFIELD_RADIOBUTTON):
        if not library.FPDFAnnot_IsChecked(form, note):
            return []
        value = _form_text(library, library.FPDFAnnot_GetFormFieldExportValue, form, note)
        value = "yes" if value.lower() in ("", "on", "yes", "1") else value
    elif kind in (
        library.FPDF_FORMFIELD_TEXTFIELD,
        library.FPDF_FORMFIELD_COMBOBOX,
        library.FPDF_FORMFIELD_LISTBOX,
    ):
        if library.FPDFAnnot_GetFormFieldFlags(form, note) & library.FPDF_FORMFLAG_TEXT_PASSWORD:
            return []
        value = _form_text(library, library.FPDFAnnot_GetFormFieldValue, form, note)
    else:
        return []
    if not value:
        return []
    return [Piece(Kind.PARAGRAPH, f"{name}: {value}" if name else value, number, number, row=True)]


def _value(library: Any, note: Any, key: str) -> str:
    def call(buffer: Any, size: int) -> int:
        return int(library.FPDFAnnot_GetStringValue(note, key.encode(), buffer, size))

    return _text(library, call)


def _form_text(library: Any, function: Any, form: Any, note: Any) -> str:
    return _text(library, lambda buffer, size: int(function(form, note, buffer, size)))


def _text(library: Any, call: Any) -> str:
    """What a function writes that is asked for the size first, in UTF-16."""
    size = min(call(None, 0), _MAX_LENGTH)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size + 2)
    call(ctypes.cast(buffer, ctypes.POINTER(library.FPDF_WCHAR)), size)
    text = buffer.raw[: size - size % 2].decode("utf-16-le", "replace").split("\0")[0]
    lines = (" ".join("".join(c for c in line if c.isprintable()).split()) for line in text.splitlines() or [text])  # fmt: skip
    return "\n".join(line for line in lines if line)
