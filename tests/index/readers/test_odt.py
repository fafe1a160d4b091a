"""OpenDocument texts, made here part by part."""

from __future__ import annotations

import io
import zipfile

import pytest

from index.errors import ReadError
from index.readers.odt import read_odt
from index.readers.zipped import PROTECTED
from index.types import Block, Document, Kind

NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for prefix, space in {
        "office": "office", "text": "text", "table": "table", "draw": "drawing", "style": "style",
        "svg": "svg-compatible", "fo": "xsl-fo-compatible", "meta": "meta", "manifest": "manifest",
    }.items()
) + ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:loext="urn:loext"'  # fmt: skip
PROSE = "The old harbour was rebuilt in stone after the storm had taken the wooden piers away."
STYLES = """<office:styles>
<style:style style:name="Title" style:family="paragraph"/>
<style:style style:name="Heading_20_2" style:family="paragraph" style:default-outline-level="2"/>
<style:style style:name="Mine" style:family="paragraph" style:parent-style-name="Heading_20_2"/>
<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>
<style:style style:name="P2" style:family="paragraph"><style:paragraph-properties fo:break-before="page"/></style:style>
<style:style style:name="P3" style:family="paragraph" style:parent-style-name="Table_20_Heading"/>
<style:style style:name="T1" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="A" style:family="paragraph" style:parent-style-name="B"/>
<style:style style:name="B" style:family="paragraph" style:parent-style-name="A"/>
</office:styles>"""


def odt(body: str, *, paged: bool = False, **parts: str) -> bytes:
    soft = ' text:use-soft-page-breaks="true"' if paged else ""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        out.writestr(
            "content.xml",
            f"<office:document-content {NAMES}>{STYLES}<office:body><office:text{soft}>{body}"
            "</office:text></office:body></office:document-content>",
        )
        for name, part in parts.items():
            out.writestr(
                {"manifest": "META-INF/manifest.xml"}.get(name, f"{name}.xml"),
                part.replace("NAMES", NAMES),
            )
    return target.getvalue()


def read(body: str, *, paged: bool = False, **parts: str) -> Document:
    return read_odt(odt(body, paged=paged, **parts), "folder/file.odt")


def words(document: Document, block: Block) -> str:
    return document.text[block.start : block.end]


def told(document: Document) -> list[tuple[str, str]]:
    return [(block.kind.value, words(document, block)) for block in document.blocks]


def texts(document: Document, kind: Kind | None = None) -> list[str]:
    return [words(document, b) for b in document.blocks if kind in (None, b.kind)]


def par(inside: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{inside}</text:p>'


def table(*rows: list[str], header: int = 0) -> str:
    made = [
        "<table:table-row>"
        + "".join(
            cell
            if cell.startswith("<table")
            else f"<table:table-cell>{par(cell)}</table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    ]
    head = f"<table:table-header-rows>{''.join(made[:header])}</table:table-header-rows>"
    return f"<table:table>{head if header else ''}{''.join(made[header:])}</table:table>"


def test_titles_headings_and_captions() -> None:
    document = read(
        par("The report", "P1")
        + '<text:h text:outline-level="1">Costs</text:h>'
        + par(PROSE)
        + par("Mine", "Mine")
        + par("A map", "Illustration")
        + par("Round", "A")
    )
    assert document.title == "The report"
    assert [(b.kind.value, b.level, words(document, b)) for b in document.blocks] == [
        ("title", None, "The report"),
        ("heading", 1, "Costs"),
        ("paragraph", None, PROSE),
        ("heading", 2, "Mine"),
        ("caption", None, "A map"),
        ("paragraph", None, "Round"),
    ]


def test_a_bold_line_above_prose_is_a_heading() -> None:
    bold = '<text:span text:style-name="T1">What it cost</text:span>'
    document = read(par(bold) + par(PROSE) + par("Not bold") + par(PROSE))
    assert texts(document, Kind.HEADING) == ["What it cost"]


def test_what_paragraphs_are_made_of() -> None:
    document = read(
        par(
            'one<text:s text:c="999999"/>two<text:tab/>three<text:line-break/>four\n  <text:a>five</text:a>'
            "<text:ruby><text:ruby-base>base</text:ruby-base><text:ruby-text>up</text:ruby-text></text:ruby>"
        )
    )
    assert document.text == "one two three\nfour fivebase"


def test_tracked_deletions_are_not_read() -> None:
    deleted = f"<text:tracked-changes><text:changed-region>{par('gone')}</text:changed-region></text:tracked-changes>"
    assert texts(read(deleted + par('kept<text:change text:change-id="x"/>'))) == ["kept"]


def test_a_short_list_is_one_paragraph() -> None:
    items = "".join(f"<text:list-item>{par(each)}</text:list-item>" for each in ("soap", "a towel"))
    assert texts(read(par("Bring:") + f"<text:list>{items}</text:list>")) == [
        "Bring:",
        "soap\na towel",
    ]


def test_contents_and_footers_are_furniture() -> None:
    contents = f"<text:table-of-content><text:index-body>{par('Costs 3')}</text:index-body></text:table-of-content>"
    styles = (
        "<office:document-styles NAMES><office:master-styles><style:master-page>"
        f"<style:footer>{par('Confidential')}</style:footer></style:master-page></office:master-styles>"
        "</office:document-styles>"
    )
    document = read(contents + par("Words"), styles=styles)
    assert told(document) == [
        ("boilerplate", "Costs 3"),
        ("paragraph", "Words"),
        ("boilerplate", "Confidential"),
    ]


def test_rows_say_what_their_cells_are() -> None:
    reaching = f'<table:table-cell table:number-rows-spanned="2">{par("North")}</table:table-cell>'
    covered = "<table:covered-table-cell/>"
    document = read(
        table(
            ["Area", "Year", "Sum"],
            [reaching, "2023", "4"],
            [covered, "2024", ""],
            ["South", "1", "2"],
            header=1,
        )
    )
    assert [(b.kind.value, b.locator, words(document, b)) for b in document.blocks] == [
        ("boilerplate", "table 1, row 1", "Area | Year | Sum"),
        ("paragraph", "table 1, row 2", "Area: North; Year: 2023; Sum: 4"),
        ("paragraph", "table 1, row 3", "Area: North; Year: 2024"),
        ("paragraph", "table 1, row 4", "Area: South; Year: 1; Sum: 2"),
    ]


def test_a_row_of_table_headings_names_the_columns() -> None:
    head = [f"<table:table-cell>{par(name, 'P3')}</table:table-cell>" for name in ("Who", "Where")]
    assert texts(read(table(head, ["Ada", "Hull"])), Kind.PARAGRAPH) == ["Who: Ada; Where: Hull"]


def test_repeated_cells_are_bounded() -> None:
    many = (
        f'<table:table-cell table:number-columns-repeated="99999999">{par("x")}</table:table-cell>'
    )
    none = '<table:table-cell table:number-columns-repeated="9999999"/>'
    document = read(table(["a", many], ["b", none]))
    assert len(document.text) < 500


def test_a_table_in_a_table_follows_the_row_and_one_of_a_cell_is_text() -> None:
    inner = f"<table:table-cell>{par('outer')}{table(['x', 'y'])}</table:table-cell>"
    document = read(table([inner, "b"], ["c", "d"]) + table(["alone"]))
    assert [(words(document, b), b.locator) for b in document.blocks] == [
        ("outer | b", "table 1, row 1"),
        ("x | y", "table 2, row 1"),
        ("c | d", "table 1, row 2"),
        ("alone", None),
    ]


def test_notes_comments_and_frames_follow_their_paragraph() -> None:
    note = (
        '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
        f"<text:note-body>{par('See the minutes.')}</text:note-body></text:note>"
    )

    def comment(author: str, name: str, parent: str, text: str) -> str:
        return (
            f'<office:annotation office:name="{name}" loext:parent-name="{parent}">'
            f"<dc:creator>{author}</dc:creator><dc:date>2024-05-31T14:05:00.1</dc:date>{par(text)}</office:annotation>"
        )

    frame = f"<draw:frame><svg:desc>A map of Hull</svg:desc><draw:text-box>{par('Boxed')}</draw:text-box></draw:frame>"
    document = read(
        par(
            "First"
            + note
            + comment("Ada", "c1", "", "Too long?")
            + comment("Ben", "c2", "c1", "Yes.")
            + frame
        )
        + par("Last")
    )
    assert [(b.kind.value, words(document, b), b.locator) for b in document.blocks] == [
        ("paragraph", "First", None),
        ("paragraph", "Boxed", None),
        ("caption", "A map of Hull", None),
        ("paragraph", "See the minutes.", "footnote 1"),
        ("comment", "Too long?", None),
        ("comment", "Yes.", None),
        ("paragraph", "Last", None),
    ]
    first, reply = document.blocks[4:6]
    assert (first.author, first.date, first.reply_to) == ("Ada", "2024-05-31 14:05", None)
    assert (reply.author, reply.reply_to) == ("Ben", "Ada")


def test_pages_are_those_that_the_program_showed() -> None:
    body = (
        par("One")
        + par("<text:soft-page-break/>Two")
        + par("Three", "P2")
        + table(["a", "b"], ["c", "d"]).replace("</table:table-row><table", "</table:table-row><text:soft-page-break/><table")
    )  # fmt: skip
    assert [b.locator for b in read(body, paged=True).blocks] == [
        "page 1", "page 2", "page 3", "page 3, table 1, row 1", "page 4, table 1, row 2",
    ]  # fmt: skip
    assert read(body).blocks[0].locator is None


def test_properties() -> None:
    meta = (
        "<office:document-meta NAMES><office:meta><dc:title>Costs of 2024</dc:title>"
        "<meta:initial-creator>Ada Quist</meta:initial-creator>"
        "<meta:creation-date>2024-05-31T10:00:00</meta:creation-date></office:meta></office:document-meta>"
    )
    document = read(par("Words"), meta=meta)
    assert (document.title, document.author, document.date) == (
        "Costs of 2024",
        "Ada Quist",
        "2024-05-31",
    )
    assert read(par("Words")).title == "file"


def test_flat_xml_is_read() -> None:
    flat = f"<office:document {NAMES}><office:body><office:text>{par('Words')}</office:text></office:body></office:document>"
    assert read_odt(b"\xef\xbb\xbf" + flat.encode(), "file.fodt").text == "Words"


ENCRYPTED = "<manifest:manifest NAMES><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (odt(""), "no text"),
        (odt(par("x"))[:500], "not copied whole"),
        (odt("<text:p>"), "damaged"),
        (odt(par("x"), manifest=ENCRYPTED), PROTECTED),
        (odt(par("x")).replace(b"content.xml", b"kontent.xml"), "missing"),
        (b"<a/>", "not an OpenDocument text"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "entities"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, says: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_odt(data, "file.odt")
    assert says in caught.value.reason


def test_deep_nesting_is_read() -> None:
    assert read("<text:section>" * 200 + par("x") + "</text:section>" * 200).text == "x"
