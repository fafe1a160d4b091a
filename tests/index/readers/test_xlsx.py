import io
import time
import zipfile
from xml.sax.saxutils import escape

import pytest

from index.errors import ReadError
from index.readers.xlsx import read_xlsx
from index.types import Kind

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
REL = f'xmlns:r="{OFFICE}"'
STYLES = f"""<styleSheet {MAIN}><numFmts><numFmt numFmtId="164" formatCode="0.0%"/></numFmts>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="4"/></cellXfs>
</styleSheet>"""


def cell(place, value, style=0):
    """A cell with a text, a number, or mark-up as it is."""
    if isinstance(value, str) and value.startswith("<c"):
        return value
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}" s="{style}"><v>{value}</v></c>'


def sheet(rows, after=""):
    """A sheet from {row: [value, …]}; a value may be (number, style)."""
    lines = []
    for number, values in rows.items():
        cells = [
            cell(f"{chr(65 + at)}{number}", *(value if isinstance(value, tuple) else (value,)))
            for at, value in enumerate(values)
            if value is not None
        ]
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f"<worksheet {MAIN}><sheetData>{''.join(lines)}</sheetData>{after}</worksheet>"


def relations(targets):
    rows = [
        f'<Relationship Id="r{at}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets)
    ]
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{"".join(rows)}</Relationships>'


def workbook(sheets, parts=None, *, properties=""):
    """A workbook from {name: XML}."""
    targets = [("worksheet", f"worksheets/s{at}.xml") for at in range(len(sheets))]
    targets += [("styles", "styles.xml"), ("sharedStrings", "shared.xml")]
    targets += [("person", "persons/person.xml")]
    named = "".join(
        f'<sheet name="{escape(name)}" sheetId="{at + 1}" r:id="r{at}"/>'
        for at, name in enumerate(sheets)
    )
    content = {
        "_rels/.rels": relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f"<workbook {MAIN} {REL}>{properties}<sheets>{named}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relations(targets),
        "xl/styles.xml": STYLES,
        **{f"xl/worksheets/s{at}.xml": xml for at, xml in enumerate(sheets.values())},
        **(parts or {}),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in content.items():
            archive.writestr(name, xml)
    return target.getvalue()


def read(data, path="folder/costs.xlsx"):
    document = read_xlsx(data, path)
    return document, [(b.kind, document.text[b.start : b.end], b.locator) for b in document.blocks]


def paragraphs(rows, after="", parts=None):
    _, blocks = read(workbook({"Costs": sheet(rows, after)}, parts))
    return [said for kind, said, _ in blocks if kind is Kind.PARAGRAPH]


def test_a_sheet_row_by_row():
    rows = {1: ["Costs of 2023"], 3: ["Item", "Euro"], 4: ["rope", 5], 5: ["sail", 90.5]}
    document, blocks = read(workbook({"Boat & gear": sheet(rows)}))
    assert document.title == "Costs of 2023"
    assert blocks == [
        (Kind.HEADING, "Boat & gear", "sheet Boat & gear"),
        (Kind.HEADING, "Costs of 2023", "sheet Boat & gear, row 1"),
        (Kind.BOILERPLATE, "Item; Euro", "sheet Boat & gear, row 3"),
        (Kind.PARAGRAPH, "Item: rope; Euro: 5", "sheet Boat & gear, row 4"),
        (Kind.PARAGRAPH, "Item: sail; Euro: 90.5", "sheet Boat & gear, row 5"),
    ]
    assert [b.level for b in document.blocks[:2]] == [1, 2]


def test_what_cells_show():
    rich = (
        '<c r="A2" t="inlineStr"><is><r><t>Köl</t></r><r><t>n</t></r>'
        "<rPh sb='0' eb='1'><t>unread</t></rPh></is></c>"
    )
    rows = {
        1: ["Town", "Opened", "Share", "Sum", "Open", "Fault"],
        2: [
            rich,
            (45077, 1),
            (0.125, 2),
            (1234.5, 3),
            '<c r="E2" t="b"><v>1</v></c>',
            '<c r="F2" t="e"><v>#DIV/0!</v></c>',
        ],
    }
    assert paragraphs(rows) == [
        "Town: Köln; Opened: 2023-05-31; Share: 12.5%; Sum: 1,234.50; Open: TRUE; Fault: #DIV/0!"
    ]


def test_shared_strings():
    strings = (
        f"<sst {MAIN}><si><t>Item</t></si><si><r><t>a </t></r><r><t>rope</t></r></si>"
        "<si><t>one_x000D_\ntwo</t></si></sst>"
    )
    rows = {1: ["x", "Note"], 2: ["y", "z"]}
    xml = sheet(rows)
    for at, (letter, place) in enumerate([("x", "A1"), ("y", "A2"), ("z", "B2")]):
        inline = f'<c r="{place}" t="inlineStr"><is><t>{letter}</t></is></c>'
        xml = xml.replace(inline, f'<c r="{place}" t="s"><v>{at}</v></c>')
    _, blocks = read(workbook({"S": xml}, {"xl/shared.xml": strings}))
    assert blocks[-1][1] == "Item: a rope; Note: one two"


def test_formulas_show_their_result_or_themselves():
    rows = {
        1: ["Item", "Sum"],
        2: ["a", '<c r="B2"><f>1+1</f><v>2</v></c>'],
        3: ["b", 3],
        4: ["c", '<c r="B4"><f>SUM(B2:B3)</f></c>'],
    }
    assert paragraphs(rows) == ["Item: a; Sum: 2", "Item: b; Sum: 3", "Item: c; Sum: =SUM(B2:B3)"]


def test_cells_without_references_stand_side_by_side():
    xml = (
        f"<worksheet {MAIN}><sheetData><row><c t='str'><v>Item</v></c><c t='str'><v>N</v></c></row>"
        "<row><c t='str'><v>a</v></c><c><v>7</v></c></row></sheetData></worksheet>"
    )
    _, blocks = read(workbook({"S": xml}))
    assert blocks[-1] == (Kind.PARAGRAPH, "Item: a; N: 7", "sheet S, row 2")


def test_merged_cells_are_said_in_every_row_and_for_every_column():
    merged = "<mergeCells><mergeCell ref='A2:A3'/><mergeCell ref='B1:C1'/></mergeCells>"
    rows = {1: ["Region", "Sales"], 2: ["North", 5, 6], 3: [None, 7, 8]}
    assert paragraphs(rows, merged) == [
        "Region: North; Sales: 5; Sales: 6",
        "Region: North; Sales: 7; Sales: 8",
    ]


def test_a_cell_across_the_table_names_the_rows_below():
    merged = "<mergeCells><mergeCell ref='A2:C2'/><mergeCell ref='A4:C4'/></mergeCells>"
    rows = {1: ["Name", "Age", "N"], 2: ["Crew"], 3: ["Ann", 31, 1], 4: ["As of May"]}
    _, blocks = read(workbook({"S": sheet(rows, merged)}))
    assert [(kind, said) for kind, said, _ in blocks[2:]] == [
        (Kind.HEADING, "Crew"),
        (Kind.PARAGRAPH, "Name: Ann; Age: 31; N: 1"),
        (Kind.PARAGRAPH, "As of May"),
    ]


def test_a_header_apart_from_its_table_and_its_groups():
    rows = {
        1: ["In million", "2023", None, "2022"],
        2: [None, "Sales", "Profit", "Sales", "Profit"],
        4: ["North", 5, 6, 7, 8],
        5: ["South", 1, 2, 3, 4],
        6: ["(a) Without goods that were returned."],
    }
    assert paragraphs(rows) == [
        "In million: North; 2023, Sales: 5; 2023, Profit: 6; 2022, Sales: 7; 2022, Profit: 8",
        "In million: South; 2023, Sales: 1; 2023, Profit: 2; 2022, Sales: 3; 2022, Profit: 4",
        "(a) Without goods that were returned.",
    ]


def test_a_marked_table_has_the_header_that_the_file_says():
    table = f'<table {MAIN} ref="A2:B4" headerRowCount="1"/>'
    parts = {
        "xl/worksheets/_rels/s0.xml.rels": relations([("table", "../tables/t.xml")]),
        "xl/tables/t.xml": table,
    }
    rows = {1: ["Members", "all"], 2: ["Name", "Town"], 3: ["Ann", "Oslo"], 4: ["Bob", "Rome"]}
    assert paragraphs(rows, parts=parts)[-2:] == ["Name: Ann; Town: Oslo", "Name: Bob; Town: Rome"]


def test_notes_and_threads_are_comments():
    notes = (
        f"<comments {MAIN}><authors><author>Ann</author><author>tc={{1}}</author></authors>"
        '<commentList><comment ref="B2" authorId="0"><text><r><t>Ann:</t></r><r><t>\nToo dear?</t></r>'
        '</text></comment><comment ref="A2" authorId="1"><text><t>[Threaded comment]</t></text>'
        "</comment></commentList></comments>"
    )
    space = 'xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"'
    thread = (
        f'<ThreadedComments {space}><threadedComment ref="A2" dT="2024-05-01T09:30:00.00"'
        ' personId="{p}" id="{1}"><text>Which rope?</text></threadedComment>'
        '<threadedComment ref="A2" dT="2024-05-02T10:00:00.00" personId="{q}" id="{2}"'
        ' parentId="{1}"><text>The blue one</text></threadedComment></ThreadedComments>'
    )
    persons = (
        f'<personList {space}><person displayName="Bob" id="{{p}}"/>'
        '<person displayName="Cid" id="{q}"/></personList>'
    )
    parts = {
        "xl/worksheets/_rels/s0.xml.rels": relations(
            [("comments", "../comments1.xml"), ("threadedComment", "../t.xml")]
        ),
        "xl/comments1.xml": notes,
        "xl/t.xml": thread,
        "xl/persons/person.xml": persons,
    }
    rows = {1: ["Item", "Euro"], 2: ["rope", 5]}
    document, blocks = read(workbook({"Costs": sheet(rows)}, parts))
    assert blocks[-3:] == [
        (Kind.COMMENT, "Which rope?", "sheet Costs, cell A2"),
        (Kind.COMMENT, "The blue one", "sheet Costs, cell A2"),
        (Kind.COMMENT, "Too dear?", "sheet Costs, cell B2"),
    ]
    assert [(b.author, b.date, b.reply_to) for b in document.blocks[-3:]] == [
        ("Bob", "2024-05-01 09:30", None),
        ("Cid", "2024-05-02 10:00", "Bob"),
        ("Ann", None, None),
    ]


def test_text_boxes_and_pictures():
    drawing = (
        '<d:wsDr xmlns:d="d" xmlns:a="a"><d:twoCellAnchor><d:from><d:row>4</d:row></d:from><d:sp>'
        "<d:txBody><a:p><a:r><a:t>All prices with tax</a:t></a:r></a:p></d:txBody></d:sp>"
        '<d:pic><d:nvPicPr><d:cNvPr descr="A boat at a quay"/></d:nvPicPr></d:pic>'
        '<d:pic><d:nvPicPr><d:cNvPr descr="image2.png"/></d:nvPicPr></d:pic>'
        "</d:twoCellAnchor></d:wsDr>"
    )
    parts = {
        "xl/worksheets/_rels/s0.xml.rels": relations([("drawing", "../drawings/d.xml")]),
        "xl/drawings/d.xml": drawing,
    }
    _, blocks = read(workbook({"S": sheet({})}, parts))
    assert blocks[1:] == [
        (Kind.PARAGRAPH, "All prices with tax", "sheet S, row 5"),
        (Kind.CAPTION, "A boat at a quay", "sheet S, row 5"),
    ]


def test_names_that_the_program_gave_are_no_headings_and_empty_sheets_nothing():
    data = workbook({"Sheet1": sheet({1: ["a", "b"]}), "Empty": sheet({})})
    document, blocks = read(data)
    assert [(kind, said) for kind, said, _ in blocks] == [
        (Kind.BOILERPLATE, "Sheet1"),
        (Kind.PARAGRAPH, "a; b"),
    ]
    assert document.title == "costs"


def test_days_counted_from_1904():
    data = workbook(
        {"S": sheet({1: ["Item", "Day"], 2: ["a", (0, 1)]})},
        properties='<workbookPr date1904="1"/>',
    )
    assert read(data)[1][-1][1] == "Item: a; Day: 1904-01-01"


def test_empty_and_foreign_files():
    for data, reason in [
        (workbook({"S": sheet({})}), "all cells of the workbook are empty"),
        (b"", "the file is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
    ]:
        with pytest.raises(ReadError, match=reason):
            read_xlsx(data, "a.xlsx")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("x", "y")
    with pytest.raises(ReadError, match="no workbook"):
        read_xlsx(target.getvalue(), "a.xlsx")


def test_a_sheet_that_is_cut_off_is_damaged():
    with pytest.raises(ReadError, match="damaged"):
        read_xlsx(workbook({"S": sheet({1: ["a"], 2: ["b"]})[:-40]}), "a.xlsx")


def test_entities_are_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "b">]>' + sheet({1: ["a"]})
    with pytest.raises(ReadError, match="entities"):
        read_xlsx(workbook({"S": bomb}), "a.xlsx")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('<row r="2000000"><c r="A1"><v>1</v></c></row>', "outside"),
        (
            "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 500)),
            "apart",
        ),
    ],
    ids=["beyond the last row", "far to the right"],
)
def test_cells_in_places_that_no_sheet_has(row, reason):
    xml = f"<worksheet {MAIN}><sheetData>{row}</sheetData></worksheet>"
    began = time.process_time()
    with pytest.raises(ReadError, match=reason):
        read_xlsx(workbook({"S": xml}), "a.xlsx")
    assert time.process_time() - began < 5


def test_styled_empty_rows_cost_little():
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(2, 50_000))
    xml = sheet({1: ["Item", "N"]}).replace("</sheetData>", rows + "</sheetData>")
    xml = xml.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    began = time.process_time()
    assert read(workbook({"S": xml}))[1][-1][1] == "Item; N"
    assert time.process_time() - began < 5
