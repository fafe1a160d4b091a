"""Word documents, made here part by part: what stands in them, in its order and with its place."""

from __future__ import annotations

import io
import zipfile

import pytest

from index.errors import ReadError
from index.readers.docx import read_docx
from index.readers.zipped import PROTECTED
from index.types import Block, Document, Kind

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
W15 = "http://schemas.microsoft.com/office/word/2012/wordml"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PR = "http://schemas.openxmlformats.org/package/2006/relationships"
NAMES = f'xmlns:w="{W}" xmlns:w14="{W14}" xmlns:w15="{W15}" xmlns:r="{R}"'
PROSE = "The old harbour was rebuilt in stone after the storm had taken the wooden piers away."

STYLES = f"""<w:styles {NAMES}>
<w:style w:type="paragraph" w:default="1" w:styleId="Standard"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>
<w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="berschrift2"/></w:style>
<w:style w:type="paragraph" w:styleId="Deep"><w:name w:val="Deep"/><w:pPr><w:outlineLvl w:val="3"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Beschriftung"><w:name w:val="caption"/></w:style>
<w:style w:type="paragraph" w:styleId="Verzeichnis1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Loop"><w:name w:val="Loop"/><w:basedOn w:val="Pool"/></w:style>
<w:style w:type="paragraph" w:styleId="Pool"><w:name w:val="Pool"/><w:basedOn w:val="Loop"/></w:style>
</w:styles>"""


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def par(*runs: str, style: str = "", properties: str = "") -> str:
    style = f'<w:pStyle w:val="{style}"/>' if style else ""
    inside = "".join(each if each.startswith("<") else run(each) for each in runs)
    return f"<w:p><w:pPr>{style}{properties}</w:pPr>{inside}</w:p>"


def table(*rows: list[str], header: bool = False) -> str:
    made = []
    for index, row in enumerate(rows):
        cells = "".join(
            cell
            if cell.startswith("<w:tc>")
            else f"<w:tc>{cell if cell.startswith('<') else par(cell)}</w:tc>"
            for cell in row
        )
        mark = "<w:trPr><w:tblHeader/></w:trPr>" if header and index == 0 else ""
        made.append(f"<w:tr>{mark}{cells}</w:tr>")
    return f"<w:tbl>{''.join(made)}</w:tbl>"


def docx(body: str, **parts: str) -> bytes:
    """A file; further parts by what they are: styles, comments, footnotes, header, core."""
    kinds = {"styles": STYLES} | {name: part for name, part in parts.items() if name != "core"}
    links = "".join(
        f'<Relationship Id="r{name}" Type="{R}/{name.rstrip("12")}" Target="{name}.xml"/>'
        for name in kinds
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PR}"><Relationship Id="a" Type="{R}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
        )
        out.writestr(
            "word/document.xml", f"<w:document {NAMES}><w:body>{body}</w:body></w:document>"
        )
        out.writestr(
            "word/_rels/document.xml.rels", f'<Relationships xmlns="{PR}">{links}</Relationships>'
        )
        for name, part in kinds.items():
            out.writestr(f"word/{name}.xml", part)
        if "core" in parts:
            out.writestr("docProps/core.xml", parts["core"])
    return target.getvalue()


def read(body: str, **parts: str) -> Document:
    return read_docx(docx(body, **parts), "folder/file.docx")


def told(document: Document, *kinds: Kind) -> list[tuple[str, str]]:
    return [
        (b.kind.value, words(document, b)) for b in document.blocks if b.kind in (kinds or Kind)
    ]


def words(document: Document, block: Block) -> str:
    return document.text[block.start : block.end]


def texts(document: Document, *kinds: Kind) -> list[str]:
    return [text for _, text in told(document, *kinds)]


def places(document: Document) -> list[str | None]:
    return [block.locator for block in document.blocks]


# --- paragraphs ---------------------------------------------------------------------------------


def test_headings_are_resolved_through_the_styles() -> None:
    document = read(
        par("The report", style="Titel")
        + par("Costs", style="berschrift2")
        + par(PROSE)
        + par("Mine too", style="Mine")
        + par("Deep", style="Deep")
        + par("Own level", properties='<w:outlineLvl w:val="0"/>')
        + par("No level", style="Deep", properties='<w:outlineLvl w:val="9"/>')
        + par("Round", style="Loop")
        + par("Unknown", style="Heading3")
        + par("A picture", style="Beschriftung")
    )
    assert document.title == "The report"
    assert [(b.kind.value, b.level, words(document, b)) for b in document.blocks] == [
        ("title", None, "The report"),
        ("heading", 2, "Costs"),
        ("paragraph", None, PROSE),
        ("heading", 2, "Mine too"),
        ("heading", 4, "Deep"),
        ("heading", 1, "Own level"),
        ("paragraph", None, "No level"),
        ("paragraph", None, "Round"),
        ("heading", 3, "Unknown"),
        ("caption", None, "A picture"),
    ]


def test_a_heading_that_is_a_paragraph_is_searched() -> None:
    document = read(par(PROSE * 4, style="berschrift2"))
    assert told(document) == [("paragraph", PROSE * 4)]


def test_bold_lines_above_prose_are_headings_and_others_are_not() -> None:
    bold = run("What it cost", "<w:b/>")
    document = read(
        par(bold) + par(PROSE) + par(run("Closed on Monday.", "<w:b/>")) + par(PROSE)
        + par(run("Not bold", '<w:b w:val="0"/>')) + par(PROSE) + par(bold)
    )  # fmt: skip
    assert texts(document, Kind.HEADING) == ["What it cost"]
    assert document.title == "What it cost"


def test_what_runs_are_made_of() -> None:
    document = read(
        par(
            "one",
            "<w:r><w:tab/><w:t>two</w:t><w:br/><w:t>three</w:t><w:noBreakHyphen/><w:t>four</w:t></w:r>",
            f'<w:hyperlink r:id="x">{run(" link")}</w:hyperlink>',
            f"<w:smartTag>{run(' tag')}</w:smartTag>",
            f"<w:sdt><w:sdtPr/><w:sdtContent>{run(' control')}</w:sdtContent></w:sdt>",
            run(" hidden", "<w:vanish/>"),
            '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>',
        )
    )
    assert document.text == "one two\nthree-four link tag control✓"


def test_tracked_changes_are_read_as_accepted() -> None:
    document = read(
        par(
            "Paid in ",
            f"<w:del>{run('May').replace('w:t', 'w:delText')}</w:del>",
            f"<w:ins>{run('June')}</w:ins>",
            f"<w:moveFrom>{run(' gone')}</w:moveFrom>",
        )
        + f"<w:ins>{par('A new paragraph.')}</w:ins>"
    )
    assert texts(document) == ["Paid in June", "A new paragraph."]


def test_fields_show_their_result_even_over_paragraphs() -> None:
    begin, separate, end = (
        f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
    )
    code = "<w:r><w:instrText>HYPERLINK</w:instrText></w:r>"
    inner = begin + code + run("nested code") + end
    document = read(
        par("See ", begin + code + inner + separate, "page") + par(" 4", end, " below")
        + par(f'<w:fldSimple w:instr="DATE">{run("5 May")}</w:fldSimple>')
    )  # fmt: skip
    assert texts(document) == ["See page", "4 below", "5 May"]


def test_a_short_list_is_one_paragraph_and_a_long_one_is_not() -> None:
    listed = '<w:numPr><w:numId w:val="1"/></w:numPr>'
    document = read(
        par("Bring:")
        + par("a towel", properties=listed)
        + par("soap", properties=listed)
        + par("End.")
    )
    assert texts(document) == ["Bring:", "a towel\nsoap", "End."]
    long = read("".join(par(PROSE, properties=listed) for _ in range(5)))
    assert texts(long) == [PROSE] * 5


def test_text_boxes_follow_their_paragraph_once() -> None:
    box = f"<w:txbxContent>{par('In the box')}</w:txbxContent>"
    both = (
        '<w:r><mc:AlternateContent xmlns:mc="m"><mc:Choice><w:drawing>'
        f'<d><docPr descr="A map of the harbour"/></d>{box}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    document = read(par("Before", both, " and after") + par("Next"))
    assert told(document) == [
        ("paragraph", "Before and after"),
        ("paragraph", "In the box"),
        ("caption", "A map of the harbour"),
        ("paragraph", "Next"),
    ]


def test_descriptions_that_programs_write_are_left_out() -> None:
    for made in ("image1.png", "A dog Description automatically generated", "C:\\x\\y z.png"):
        drawing = f'<w:r><w:drawing><docPr descr="{made}"/></w:drawing></w:r>'
        assert texts(read(par("Words", drawing))) == ["Words"]


def test_contents_are_furniture() -> None:
    gallery = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    document = read(
        par("Costs 3", style="Verzeichnis1")
        + f"<w:sdt>{gallery}<w:sdtContent>{par('Contents')}</w:sdtContent></w:sdt>"
        + par("Words")
    )
    assert told(document) == [
        ("boilerplate", "Costs 3"),
        ("boilerplate", "Contents"),
        ("paragraph", "Words"),
    ]


def test_headers_and_footers_are_kept_once_at_the_end() -> None:
    part = f"<w:hdr {NAMES}>{par('Confidential')}</w:hdr>"
    page = f"<w:ftr {NAMES}>{par('3')}</w:ftr>"
    document = read(par("Words"), header1=part, header2=part, footer1=page)
    assert told(document) == [("paragraph", "Words"), ("boilerplate", "Confidential")]


def test_pages_are_those_that_word_showed() -> None:
    turn = "<w:r><w:lastRenderedPageBreak/></w:r>"
    row = table([par("a", turn, "b"), par("c", turn, "d")], ["e", "f"])
    document = read(
        par("One")
        + par(turn, "Two")
        + par("still", turn, "two and three")
        + par("Three")
        + row
        + par("Four")
    )
    assert places(document) == [
        "page 1", "page 2", "page 2", "page 3", "page 3, table 1, row 1", "page 4, table 1, row 2", "page 4",
    ]  # fmt: skip
    assert places(read(par("One", '<w:r><w:br w:type="page"/></w:r>') + par("Two"))) == [None, None]


# --- tables -------------------------------------------------------------------------------------


def test_each_row_says_what_its_cells_are() -> None:
    document = read(
        par("Costs:")
        + table(["Year", "Sum"], ["2023", "4"], ["2024", ""], header=True)
        + table(["x", "y"])
    )
    assert [(b.kind.value, b.locator, words(document, b)) for b in document.blocks[1:]] == [
        ("boilerplate", "table 1, row 1", "Year | Sum"),
        ("paragraph", "table 1, row 2", "Year: 2023; Sum: 4"),
        ("paragraph", "table 1, row 3", "Year: 2024"),
        ("paragraph", "table 2, row 1", "x | y"),
    ]


def test_a_bold_first_row_names_the_columns() -> None:
    bold = [par(run(name, "<w:b/>")) for name in ("Who", "Where")]
    document = read(table(bold, ["Ada", "Hull"], ["Ben", "York"]))
    assert texts(document, Kind.PARAGRAPH) == ["Who: Ada; Where: Hull", "Who: Ben; Where: York"]


def test_a_first_row_that_the_style_sets_off_names_the_columns() -> None:
    styles = STYLES.replace(
        "</w:styles>",
        '<w:style w:type="table" w:styleId="Grid"><w:name w:val="Grid"/>'
        '<w:tblStylePr w:type="firstRow"/></w:style></w:styles>',
    )
    look = '<w:tblPr><w:tblStyle w:val="Grid"/><w:tblLook w:val="{}"/></w:tblPr>'
    plain = table(["Who", "Where"], ["Ada", "Hull"])
    with_look = plain.replace("<w:tbl>", "<w:tbl>" + look.format("04A0"))
    without = plain.replace("<w:tbl>", "<w:tbl>" + look.format("0480"))
    assert texts(read(with_look, styles=styles), Kind.PARAGRAPH) == ["Who: Ada; Where: Hull"]
    assert texts(read(without, styles=styles), Kind.PARAGRAPH) == ["Who | Where", "Ada | Hull"]


def test_merged_cells_keep_the_columns() -> None:
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{par("both")}</w:tc>'
    down = f'<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>{par("North")}</w:tc>'
    same = f"<w:tc><w:tcPr><w:vMerge/></w:tcPr>{par('')}</w:tc>"
    document = read(
        table(["A", "B", "C"], [wide, "c"], [down, "1", "2"], [same, "3", "4"], header=True)
    )
    assert texts(document, Kind.PARAGRAPH) == [
        "A: both; C: c",
        "A: North; B: 1; C: 2",
        "A: North; B: 3; C: 4",
    ]


def test_a_table_in_a_table_follows_the_row() -> None:
    inner = par("outer") + table(["x", "1"], ["y", "2"])
    document = read(table([inner, "b"], ["c", "d"]))
    assert [(words(document, b), b.locator) for b in document.blocks] == [
        ("outer | b", "table 1, row 1"),
        ("x | 1", "table 2, row 1"),
        ("y | 2", "table 2, row 2"),
        ("c | d", "table 1, row 2"),
    ]


def test_a_table_that_only_places_text_is_text() -> None:
    one = read(table([par(PROSE) + par("More.")]))
    assert told(one) == [("paragraph", PROSE), ("paragraph", "More.")]
    headed = read(table([par("Left", style="berschrift2") + par(PROSE), par("Right")]))
    assert told(headed) == [("heading", "Left"), ("paragraph", PROSE), ("paragraph", "Right")]


# --- notes and comments -------------------------------------------------------------------------


def test_notes_follow_the_paragraph_that_refers_to_them() -> None:
    notes = (
        f'<w:footnotes {NAMES}><w:footnote w:id="0" w:type="separator">{par("---")}</w:footnote>'
        f'<w:footnote w:id="7">{par("See the minutes.")}</w:footnote>'
        f'<w:footnote w:id="9">{par("Never referred to.")}</w:footnote></w:footnotes>'
    )
    ends = f'<w:endnotes {NAMES}><w:endnote w:id="7">{par("At the end.")}</w:endnote></w:endnotes>'
    document = read(
        par("First", '<w:r><w:footnoteReference w:id="7"/></w:r>', " words")
        + table([par("cell", '<w:r><w:endnoteReference w:id="7"/></w:r>'), "x"], ["y", "z"]),
        footnotes=notes,
        endnotes=ends,
    )
    assert [(words(document, b), b.locator) for b in document.blocks] == [
        ("First words", None),
        ("See the minutes.", "footnote 1"),
        ("cell | x", "table 1, row 1"),
        ("At the end.", "endnote 1"),
        ("y | z", "table 1, row 2"),
    ]


def test_comments_follow_their_paragraph_with_who_and_whom() -> None:
    def comment(identity: str, author: str, key: str, text: str) -> str:
        inside = par(text).replace("<w:p>", f'<w:p w14:paraId="{key}">')
        return (
            f'<w:comment w:id="{identity}" w:author="{author}" w:date="2024-05-31T14:05:00Z">'
            f"{inside}</w:comment>"
        )

    comments = (
        f"<w:comments {NAMES}>{comment('0', 'Ada Quist', 'A', 'Too long?')}"
        f"{comment('1', 'Ben', 'B', 'I think so.')}{comment('2', '', 'C', 'Nowhere.')}</w:comments>"
    )
    extended = (
        f'<w15:commentsEx {NAMES}><w15:commentEx w15:paraId="A"/>'
        '<w15:commentEx w15:paraId="B" w15:paraIdParent="A"/></w15:commentsEx>'
    )
    marks = "".join(
        f'<w:commentRangeEnd w:id="{i}"/><w:r><w:commentReference w:id="{i}"/></w:r>'
        for i in (0, 1)
    )
    document = read(
        par("A sentence", marks) + par("The next."), comments=comments, commentsExtended=extended
    )
    assert texts(document) == ["A sentence", "Too long?", "I think so.", "The next.", "Nowhere."]
    _, first, reply, _, last = document.blocks
    assert (first.kind, first.author, first.date) == (Kind.COMMENT, "Ada Quist", "2024-05-31 14:05")
    assert (reply.author, reply.reply_to) == ("Ben", "Ada Quist")
    assert (first.reply_to, last.author) == (None, None)


# --- properties and errors ----------------------------------------------------------------------


def core(title: str, author: str, created: str = "2024-05-31T10:00:00Z") -> str:
    return (
        '<c:coreProperties xmlns:c="c" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:t="http://purl.org/dc/terms/">'
        f"<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator>"
        f"<t:created>{created}</t:created></c:coreProperties>"
    )


def test_properties_are_taken_where_they_are_plausible() -> None:
    document = read(par("Words"), core=core("Costs of 2024", "Ada Quist;Ben"))
    assert (document.title, document.author, document.date) == (
        "Costs of 2024", "Ada Quist, Ben", "2024-05-31",
    )  # fmt: skip
    made_up = read(par("Words"), core=core("Document1", "python-docx", "1601-01-01T00:00:00Z"))
    assert (made_up.title, made_up.author, made_up.date) == ("file", None, None)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (docx(""), "no text"),
        (docx(par(" ")), "no text"),
        (docx(par("x"))[:900], "not copied whole"),
        (docx("</w:body>"), "damaged"),
        (docx("<w:sdt><w:sdtContent>" * 5000), "damaged"),
        (docx("<w:smartTag>" * 900 + "</w:smartTag>" * 900), "damaged"),
        (docx(par("x")).replace(b"word/document.xml", b"word/dokument.xml"), "missing"),
        (docx(par("x"), styles="<a"), "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), PROTECTED),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, says: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_docx(data, "file.docx")
    assert says in caught.value.reason


@pytest.mark.parametrize("levels", [60, 120, 240, 3000])
def test_deep_nesting_is_read_or_refused(levels: int) -> None:
    deep = docx("<w:smartTag>" * levels + par("x") + "</w:smartTag>" * levels)
    if levels < 100:
        assert read_docx(deep, "file.docx").text == "x"
        return
    try:
        text = read_docx(deep, "file.docx").text
    except ReadError as error:
        text = error.reason
    assert text == "x" or "too deep" in text or "damaged" in text


def test_a_sheet_under_the_name_of_a_document_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        out.writestr("word/document.xml", "<workbook/>")
    with pytest.raises(ReadError, match="not a Word document"):
        read_docx(target.getvalue(), "file.docx")


def test_the_strict_variant_is_read() -> None:
    target = io.BytesIO()
    strict = NAMES.replace(W, "http://purl.oclc.org/ooxml/wordprocessingml/main")
    with zipfile.ZipFile(target, "w") as out:
        body = par("Costs", style="Heading1") + par(PROSE)
        out.writestr(
            "word/document.xml", f"<w:document {strict}><w:body>{body}</w:body></w:document>"
        )
    document = read_docx(target.getvalue(), "file.docx")
    assert told(document) == [("heading", "Costs"), ("paragraph", PROSE)]
