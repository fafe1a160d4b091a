"""Files that refer to what lies outside them: a server to fetch from, a file with a secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from samples import (
    WORDS,
    docx_parts,
    epub_parts,
    odt_parts,
    pdf,
    pptx_parts,
    relations,
    xlsx_parts,
    zipped,
)


def docx_with_relations(at: str, secret: Path) -> bytes:
    parts = docx_parts('<w:p><w:r><w:drawing><a:blip r:link="r1"/></w:drawing></w:r></w:p>')
    parts["word/_rels/document.xml.rels"] = relations(
        ("attachedTemplate", f"{at}/t.dotm"),
        ("image", f"{at}/i.png"),
        ("frame", f"{at}/f.htm"),
        ("oleObject", "file:///etc/passwd"),
        ("footnotes", f"{at}/n.xml"),
        ("comments", secret.as_uri()),
        external=True,
    )
    return zipped(parts)


def xlsx_with_links(at: str, secret: Path) -> bytes:
    parts = xlsx_parts()
    sheet = str(parts["xl/worksheets/sheet1.xml"])
    formula = f'<f>WEBSERVICE("{at}")</f>'
    parts["xl/worksheets/sheet1.xml"] = sheet.replace("<v>42.5</v>", f"{formula}<v>42.5</v>")
    parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = relations(
        ("externalLinkPath", f"{at}/x.xlsx"), external=True
    )
    return zipped(parts)


def odt_with_links(at: str, secret: Path) -> bytes:
    link = f'<draw:image xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{at}"/>'
    return zipped(odt_parts(f"{WORDS}<draw:frame>{link}</draw:frame>"))


def pptx_with_links(at: str, secret: Path) -> bytes:
    parts = pptx_parts()
    parts["ppt/slides/_rels/slide1.xml.rels"] = relations(
        ("image", f"{at}/i.png"),
        ("notesSlide", f"{at}/n.xml"),
        ("comments", "file:///etc/passwd"),
        external=True,
    )
    return zipped(parts)


def remote_html(at: str) -> str:
    return (
        f'<html><head><base href="{at}/"><link rel="stylesheet" href="{at}/s.css">'
        f'<script src="{at}/s.js"></script><meta http-equiv="refresh" content="0;url={at}">'
        f"</head><body onload=\"fetch('{at}')\"><article><h1>A bridge</h1><p>{WORDS}</p><p>{WORDS}"
        f'</p><img src="{at}/i.png"><iframe src="{at}/f"></iframe><object data="{at}/o"></object>'
        f'<video src="{at}/v" poster="{at}/p"></video><svg><image href="{at}/x"/></svg>'
        f'<style>@import url("{at}/c")</style></article></body></html>'
    )


def mail_with_links(at: str, secret: Path) -> bytes:
    return (
        "From: a@example.org\r\nSubject: The bridge\r\nMIME-Version: 1.0\r\nContent-Type: "
        'multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n'
        f"{remote_html(at)}\r\n--b\r\nContent-Type: message/external-body; access-type=URL; "
        f'URL="{at}/m"\r\n\r\nContent-Type: text/plain\r\n\r\n\r\n--b--\r\n'
    ).encode()


def pdf_with_actions(at: str, secret: Path) -> bytes:
    catalog = (
        f"/OpenAction << /S /JavaScript /JS (app.launchURL\\('{at}'\\)) >> /AA << /WC << /S /URI "
        f"/URI ({at}) >> >> /AcroForm << /XFA ({at}) /Fields [] >> /Names << /JavaScript << /Names "
        "[(a) << /S /JavaScript /JS (this.exportDataObject\\(1\\)) >>] >> >>"
    )
    page = (
        "/Annots [6 0 R 7 0 R 8 0 R] /AA << /O << /S /Launch /F (/bin/sh) /Win << /F (cmd.exe) >> >>"
        f" /C << /S /SubmitForm /F ({at}) >> >>"
    )
    rectangle = "/Rect [0 0 100 100] /Type /Annot"
    return pdf(
        WORDS,
        catalog,
        page,
        f"<< {rectangle} /Subtype /Link /A << /S /GoToR /F (file:///etc/passwd) /D [0] >> >>",
        f"<< {rectangle} /Subtype /Link /A << /S /ImportData /F ({at}) >> >>",
        f"<< {rectangle} /Subtype /FileAttachment /FS << /Type /Filespec /FS /URL /F ({at}) >> >>",
    )


def rst_with_directives(at: str, secret: Path) -> bytes:
    return (
        f"A bridge\n========\n\n{WORDS}\n\n.. include:: {secret}\n\n.. raw:: html\n   :file: {secret}\n"
        f"\n.. csv-table:: Costs\n   :url: {at}\n\n.. csv-table:: Costs\n   :file: {secret}\n"
        f"\n.. literalinclude:: {secret}\n\n.. image:: {at}/i.png\n\n"
        f".. figure:: {secret}\n   :width: 50%\n   :scale: 50\n"
    ).encode()


def rtf_with_links(at: str, secret: Path) -> bytes:
    include = rf'{{\field{{\*\fldinst INCLUDETEXT "{secret}"}}{{\fldrslt }}}}'
    picture = rf'{{\field{{\*\fldinst INCLUDEPICTURE "{at}" \\d}}{{\fldrslt }}}}'
    linked = r"{\object\objautlink\objupdate{\*\objclass htmlfile}{\*\objdata 0105000002000000}}"
    template = rf"{{\*\template {at}/t.dotm}}"
    return rf"{{\rtf1\ansi{template}\pard {WORDS}\par{include}{picture}{linked}}}".encode()


def markdown_with_links(at: str, secret: Path) -> bytes:
    page = remote_html(at)
    return f"# A bridge\n\n{WORDS}\n\n![x]({at}/i.png)\n\n[a]: {at}\n\n{page}\n".encode()


REFERRING: dict[str, Callable[[str, Path], bytes]] = {
    ".docx": docx_with_relations,
    ".xlsx": xlsx_with_links,
    ".pptx": pptx_with_links,
    ".odt": odt_with_links,
    ".epub": lambda at, _: zipped(epub_parts(f"{WORDS}<img src='{at}/i.png'/>")),
    ".html": lambda at, _: remote_html(at).encode(),
    ".eml": mail_with_links,
    ".pdf": pdf_with_actions,
    ".rst": rst_with_directives,
    ".rtf": rtf_with_links,
    ".md": markdown_with_links,
    ".csv": lambda at, _: f'Year,What\n2015,"{WORDS}"\n=WEBSERVICE("{at}"),a\n'.encode(),
    ".json": lambda at, _: json.dumps([{"$ref": at, "text": WORDS}]).encode(),
}
"""By name ending: what makes the file, given the server's address and the secret's path."""
