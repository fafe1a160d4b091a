import io
import time
import zipfile

import pytest

from index.errors import ReadError
from index.readers.pptx import read_pptx
from index.types import Kind

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SPACES = f'xmlns:p="p" xmlns:a="a" xmlns:r="{OFFICE}" xmlns:c="c" xmlns:d="d" xmlns:mc="mc"'
INCH = 914_400


def shape(text, *, at=None, kind=None, hidden=False):
    """A shape with a paragraph a line; a tab before it makes it a deeper item."""
    place = ""
    if at:
        left, top, width, height = (round(value * INCH) for value in at)
        place = f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
    holder = f'<p:ph type="{kind}" idx="1"/>' if kind else ""
    lines = "".join(
        f'<a:p><a:pPr lvl="{len(line) - len(line.lstrip())}"/><a:r><a:t>{line.strip()}</a:t></a:r></a:p>'
        for line in text.split("\n")
    )
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr hidden="{int(hidden)}"/><p:nvPr>{holder}</p:nvPr></p:nvSpPr>'
        f"<p:spPr>{place}</p:spPr><p:txBody>{lines}</p:txBody></p:sp>"
    )


def frame(content):
    return (
        "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr/></p:nvGraphicFramePr><a:graphic>"
        f"<a:graphicData>{content}</a:graphicData></a:graphic></p:graphicFrame>"
    )


def tree(*shapes):
    return f"<p:sld {SPACES}><p:cSld><p:spTree>{''.join(shapes)}</p:spTree></p:cSld></p:sld>"


def relations(targets):
    rows = [
        f'<Relationship Id="r{at}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets)
    ]
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{"".join(rows)}</Relationships>'


def presentation(*slides, order=None, parts=None, targets=()):
    numbers = range(len(slides)) if order is None else order
    listed = "".join(f'<p:sldId id="{256 + at}" r:id="r{at}"/>' for at in numbers)
    content = {
        "_rels/.rels": relations([("officeDocument", "ppt/presentation.xml")]),
        "ppt/presentation.xml": (
            f"<p:presentation {SPACES}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>"
        ),
        "ppt/_rels/presentation.xml.rels": relations(
            [("slide", f"slides/s{at}.xml") for at in range(len(slides))] + list(targets)
        ),
        **{f"ppt/slides/s{at}.xml": slide for at, slide in enumerate(slides)},
        **(parts or {}),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in content.items():
            archive.writestr(name, xml)
    return target.getvalue()


def read(data):
    document = read_pptx(data, "folder/talk.pptx")
    return document, [(b.kind, document.text[b.start : b.end], b.locator) for b in document.blocks]


def said(*shapes, **options):
    return [text for _, text, _ in read(presentation(tree(*shapes), **options))[1]]


def test_slides_in_the_order_of_the_show():
    data = presentation(
        tree(shape("Second", kind="title"), shape("It rains.", kind="body")),
        tree(shape("First", kind="ctrTitle"), shape("Ann Olsen", kind="subTitle")),
        order=[1, 0],
    )
    document, blocks = read(data)
    assert document.title == "First"
    assert blocks == [
        (Kind.HEADING, "First", "slide 1"),
        (Kind.PARAGRAPH, "Ann Olsen", "slide 1"),
        (Kind.HEADING, "Second", "slide 2"),
        (Kind.PARAGRAPH, "It rains.", "slide 2"),
    ]


def test_a_slide_without_a_title_is_not_below_the_one_before():
    slides = (tree(shape("Costs", kind="title"), shape("High.")), tree(shape("It rains.")))
    assert [text for _, text, _ in read(presentation(*slides))[1]] == [
        "Costs",
        "High.",
        "Slide 2",
        "It rains.",
    ]


def test_a_statement_that_fills_a_slide_is_searched():
    _, blocks = read(presentation(tree(shape("Sales grew by 22 percent", kind="title"))))
    assert blocks == [
        (Kind.HEADING, "Slide 1", "slide 1"),
        (Kind.PARAGRAPH, "Sales grew by 22 percent", "slide 1"),
    ]


def test_furniture_and_hidden_shapes_are_left_out():
    shapes = [shape("Costs", kind="title"), shape("7", kind="sldNum"), shape("Inc.", kind="ftr")]
    assert said(*shapes, shape("old", hidden=True), shape("new")) == ["Costs", "new"]


def test_fields_that_count_slides_are_left_out():
    xml = shape("Page").replace(
        "</a:r>", '</a:r><a:br/><a:fld type="slidenum"><a:t>9</a:t></a:fld><a:r><a:t>x</a:t></a:r>'
    )
    assert said(xml) == ["Slide 1", "Page\nx"]


def test_short_lists_stay_together_and_long_ones_are_parted_above_outer_items():
    assert said(shape("sand\nwater\n stones"))[1:] == ["sand\nwater\nstones"]
    long = "x" * 200
    assert said(shape(f"one\n {long}\ntwo\n {long}"))[1:] == [f"one\n{long}", f"two\n{long}"]
    assert said(shape(f"{long}\n{long}"))[1:] == [long, long]


def test_reading_order_is_by_columns_where_a_gap_parts_them():
    left = [shape("A", at=(0, 1, 4, 1)), shape("B", at=(0, 2.1, 4, 3))]
    right = [shape("C", at=(5, 1, 4, 1)), shape("D", at=(5, 2.1, 4, 3))]
    foot = shape("E", at=(0, 6, 9, 1))
    assert said(foot, *right, *left)[1:] == ["A", "B", "C", "D", "E"]


def test_boxes_that_lie_on_each_other_are_read_from_the_top():
    boxes = [shape(text, at=(0, top, 9, 5)) for text, top in [("B", 2), ("A", 1), ("C", 3)]]
    assert said(*boxes)[1:] == ["A", "B", "C"]


def test_groups_are_read_in_their_own_order():
    group = f"<p:grpSp>{shape('B', at=(0, 5, 1, 1))}{shape('A', at=(0, 1, 1, 1))}</p:grpSp>"
    assert said(group)[1:] == ["A", "B"]


def test_placeholders_stand_where_their_layout_has_them():
    layout = tree(shape("", at=(0, 5, 9, 1), kind="body")).replace("sld ", "sldLayout ")
    parts = {
        "ppt/slides/_rels/s0.xml.rels": relations([("slideLayout", "../slideLayouts/l.xml")]),
        "ppt/slideLayouts/l.xml": layout.replace("p:sld>", "p:sldLayout>"),
    }
    assert said(shape("low", kind="body"), shape("high", at=(0, 1, 9, 1)), parts=parts)[1:] == [
        "high",
        "low",
    ]


def test_the_older_form_of_a_shape_is_not_read_twice():
    both = (
        f"<mc:AlternateContent><mc:Choice>{shape('new')}</mc:Choice>"
        f"<mc:Fallback>{shape('old')}</mc:Fallback></mc:AlternateContent>"
    )
    assert said(both)[1:] == ["new"]


def test_tables_row_by_row():
    def row(*cells, **marks):
        return (
            "<a:tr>"
            + "".join(
                f"<a:tc {marks.get(f'c{at}', '')}><a:txBody><a:p><a:r><a:t>{cell}</a:t></a:r></a:p>"
                "</a:txBody></a:tc>"
                for at, cell in enumerate(cells)
            )
            + "</a:tr>"
        )

    table = (
        '<a:tbl><a:tblPr firstRow="1"/>'
        + row("Region", "Town", "Sales")
        + row("North", "Oslo", "5")
        + row("", "Bergen", "6", c0='vMerge="1"')
        + "</a:tbl>"
    )
    assert read(presentation(tree(shape("T", kind="title"), frame(table))))[1][1:] == [
        (Kind.BOILERPLATE, "Region | Town | Sales", "slide 1, table 1, row 1"),
        (Kind.PARAGRAPH, "Region: North; Town: Oslo; Sales: 5", "slide 1, table 1, row 2"),
        (Kind.PARAGRAPH, "Region: North; Town: Bergen; Sales: 6", "slide 1, table 1, row 3"),
    ]


def test_charts_and_diagrams_and_pictures():
    def points(*values):
        return "".join(
            f'<c:pt idx="{at}"><c:v>{value}</c:v></c:pt>' for at, value in enumerate(values)
        )

    chart = (
        f"<c:chartSpace {SPACES}><c:chart><c:title><a:p><a:r><a:t>Income</a:t></a:r></a:p></c:title>"
        f"<c:plotArea><c:barChart><c:ser><c:tx>{points('Sales')}</c:tx>"
        f"<c:cat>{points('2022', '2023')}</c:cat><c:val>{points('4.2999999999999998', '5')}</c:val>"
        "</c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>"
    )
    diagram = (
        f"<d:dataModel {SPACES}><d:ptLst><d:pt><d:t><a:p><a:r><a:t>Plan</a:t></a:r></a:p></d:t></d:pt>"
        '<d:pt type="pres"><d:t><a:p><a:r><a:t>Plan</a:t></a:r></a:p></d:t></d:pt>'
        "</d:ptLst></d:dataModel>"
    )
    parts = {
        "ppt/slides/_rels/s0.xml.rels": relations(
            [("chart", "../charts/c.xml"), ("diagramData", "../diagrams/d.xml")]
        ),
        "ppt/charts/c.xml": chart,
        "ppt/diagrams/d.xml": diagram,
    }
    picture = '<p:pic><p:nvPicPr><p:cNvPr descr="A boat at a quay"/></p:nvPicPr></p:pic>'
    slide = tree(frame('<c:chart r:id="r0"/>'), frame('<d:relIds r:dm="r1"/>'), picture)
    assert read(presentation(slide, parts=parts))[1][1:] == [
        (Kind.CAPTION, "Income", "slide 1, chart"),
        (Kind.PARAGRAPH, "2022; Sales: 4.3", "slide 1, chart"),
        (Kind.PARAGRAPH, "2023; Sales: 5", "slide 1, chart"),
        (Kind.PARAGRAPH, "Plan", "slide 1"),
        (Kind.CAPTION, "A boat at a quay", "slide 1"),
    ]


def test_notes():
    notes = tree(shape("7", kind="sldNum"), shape("Speak slowly.", kind="body"))
    parts = {
        "ppt/slides/_rels/s0.xml.rels": relations([("notesSlide", "../notesSlides/n.xml")]),
        "ppt/notesSlides/n.xml": notes,
    }
    _, blocks = read(presentation(tree(shape("Costs", kind="title")), parts=parts))
    assert blocks == [
        (Kind.HEADING, "Costs", "slide 1"),
        (Kind.PARAGRAPH, "Speak slowly.", "slide 1, notes"),
    ]


def commented(comments, authors, kind):
    parts = {
        "ppt/slides/_rels/s0.xml.rels": relations([("comments", "../comments/c.xml")]),
        "ppt/comments/c.xml": comments,
        "ppt/authors.xml": authors,
    }
    slide = tree(shape("Costs", kind="title"))
    data = presentation(slide, parts=parts, targets=[(kind, "authors.xml")])
    document, _ = read(data)
    return [
        (document.text[b.start : b.end], b.author, b.date, b.reply_to, b.locator)
        for b in document.blocks
        if b.kind is Kind.COMMENT
    ]


def test_comments_as_they_were():
    comments = (
        f'<p:cmLst {SPACES} xmlns:q="q"><p:cm authorId="0" dt="2020-05-01T09:30:00" idx="1">'
        '<p:text>Too much</p:text></p:cm><p:cm authorId="1" idx="1"><p:text>No</p:text><p:extLst>'
        '<q:threadingInfo><q:parentCm authorId="0" idx="1"/></q:threadingInfo></p:extLst></p:cm>'
        "</p:cmLst>"
    )
    authors = (
        f'<p:cmAuthorLst {SPACES}><p:cmAuthor id="0" name="Ann"/><p:cmAuthor id="1" name="Bob"/>'
        "</p:cmAuthorLst>"
    )
    assert commented(comments, authors, "commentAuthors") == [
        ("Too much", "Ann", "2020-05-01 09:30", None, "slide 1"),
        ("No", "Bob", None, "Ann", "slide 1"),
    ]


def test_comments_as_they_are():
    body = "<q:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></q:txBody>"
    comments = (
        f'<q:cmLst {SPACES} xmlns:q="q"><q:cm authorId="{{A}}" created="2023-05-01T09:30:00.123">'
        f'<q:replyLst><q:reply authorId="{{B}}" created="2023-05-02T10:00:00">{body.format("No")}'
        f"</q:reply></q:replyLst>{body.format('Too much')}</q:cm></q:cmLst>"
    )
    authors = '<q:authorLst xmlns:q="q"><q:author id="{A}" name="Ann"/><q:author id="{B}" name="Bob"/></q:authorLst>'
    assert commented(comments, authors, "authors") == [
        ("Too much", "Ann", "2023-05-01 09:30", None, "slide 1"),
        ("No", "Bob", "2023-05-02 10:00", "Ann", "slide 1"),
    ]


def test_a_damaged_slide_is_named_and_the_others_are_read():
    _, blocks = read(presentation("<p:sld>", tree(shape("It rains."))))
    assert blocks[0][0] is Kind.BOILERPLATE
    assert blocks[0][1].startswith("[slide 1 was not read: the file is damaged")
    assert blocks[-1][1] == "It rains."
    with pytest.raises(ReadError, match="damaged"):
        read_pptx(presentation("<p:sld>"), "a.pptx")


def test_what_is_no_presentation():
    with pytest.raises(ReadError, match="no text"):
        read_pptx(presentation(tree()), "a.pptx")
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(ReadError, match="password"):
        read_pptx(ole, "a.pptx")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("x", "y")
    with pytest.raises(ReadError, match="no presentation"):
        read_pptx(target.getvalue(), "a.pptx")


@pytest.mark.parametrize("together", [True, False], ids=["in a heap", "apart"])
def test_many_shapes_take_little_time(together):
    shapes = [shape("x", at=(0, 0 if together else at, 9, 0.5)) for at in range(350)]
    began = time.process_time()
    assert len(said(*shapes)) == 351
    assert time.process_time() - began < 5


def test_groups_in_groups_without_end():
    deep = "<p:grpSp>" * 200 + shape("x") + "</p:grpSp>" * 200
    assert said(deep)[1:] == ["x"]
    with pytest.raises(ReadError):
        read_pptx(presentation(tree("<p:grpSp>" * 5000 + "</p:grpSp>" * 5000)), "a.pptx")
