"""Books, made here part by part: chapters in order, their names, pages, and what is no text."""

from __future__ import annotations

import io
import zipfile

import pytest

from index.errors import ReadError
from index.readers.epub import read_epub
from index.types import Block, Document

PROSE = "The old harbour was rebuilt in stone after the storm had taken the wooden piers away."
CONTAINER = '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'


def page(body: str) -> str:
    return (
        '<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>T</title></head><body>{body}</body></html>'
    )


def epub(
    *chapters: str, metadata: str = "", nav: str = "", ncx: str = "", guide: str = "", **parts: str
) -> bytes:
    """A book; chapters are c1.xhtml, c2.xhtml …"""
    names = [f"c{number}.xhtml" for number in range(1, len(chapters) + 1)]
    items = "".join(
        f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in names
    )
    items += (
        '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
        * bool(nav)
    )
    items += '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>' * bool(ncx)
    spine = "".join(f'<itemref idref="{name}"/>' for name in reversed(names))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("mimetype", "application/epub+zip")
        out.writestr("META-INF/container.xml", CONTAINER)
        out.writestr(
            "OEBPS/book.opf",
            '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            f'xmlns:opf="http://www.idpf.org/2007/opf"><metadata>{metadata}</metadata>'
            f"<manifest>{items}</manifest><spine>{spine}</spine><guide>{guide}</guide></package>",
        )
        for name, chapter in zip(names, reversed(chapters), strict=True):
            out.writestr(f"OEBPS/{name}", chapter if chapter.startswith("<?") else page(chapter))
        if nav:
            out.writestr("OEBPS/nav.xhtml", page(nav))
        if ncx:
            out.writestr(
                "OEBPS/toc.ncx",
                '<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://nowhere.test/ncx.dtd">'
                f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/">{ncx}</ncx>',
            )
        for name, part in parts.items():
            out.writestr(f"META-INF/{name}.xml", part)
    return target.getvalue()


def read(*chapters: str, **parts: str) -> Document:
    return read_epub(epub(*chapters, **parts), "folder/file.epub")


def words(document: Document, block: Block) -> str:
    return document.text[block.start : block.end]


def told(document: Document) -> list[tuple[str, str]]:
    return [(block.kind.value, words(document, block)) for block in document.blocks]


def test_chapters_are_read_in_the_order_of_the_spine() -> None:
    # The spine begins with the last file.
    document = read("<h1>One</h1><p>First.</p>", "<h1>Two</h1><p>Second.</p>")
    assert told(document) == [
        ("heading", "One"),
        ("paragraph", "First."),
        ("heading", "Two"),
        ("paragraph", "Second."),
    ]
    assert document.title == "One"


def test_every_word_of_a_page_is_kept() -> None:
    document = read(
        "loose <div>in a div<p>a <i>para</i>graph</p>after it</div> end<br/>line"
        "<blockquote><p>quoted</p></blockquote><pre>a\n  b</pre>"
        "<dl><dt>Term</dt><dd>Meaning</dd></dl><ruby>base<rt>up</rt></ruby>"
        "<script>no</script><style>no</style>"
    )
    assert [words(document, block) for block in document.blocks] == [
        "loose", "in a div", "a paragraph", "after it", "end\nline", "quoted", "a\nb", "Term", "Meaning", "base",
    ]  # fmt: skip


def test_named_characters_and_bad_markup_are_read() -> None:
    assert read("<p>caf&eacute;&nbsp;&amp; &unknown; tea</p>").text == "café & &unknown; tea"
    assert read("<p>one<br>two &amp three<p>four").text == "one\ntwo & three\n\nfour"


def test_short_lists_captions_and_titles() -> None:
    document = read(
        "<h1>The <br/>Harbour</h1><ul><li>soap</li><li><p>a towel</p></li></ul>"
        "<figure><img/><figcaption><p>A map</p><p>of Hull</p></figcaption></figure>"
        '<div class="caption">A pier</div>',
        metadata="<dc:title>The harbour</dc:title>",
    )
    assert document.title == "The harbour"
    assert told(document) == [
        ("title", "The Harbour"),
        ("paragraph", "soap\na towel"),
        ("caption", "A map\nof Hull"),
        ("caption", "A pier"),
    ]


NCX = (
    '<navMap><navPoint><navLabel><text>Part One</text></navLabel><content src="c2.xhtml"/>'
    '<navPoint><navLabel><text>I. The storm</text></navLabel><content src="c2.xhtml#s"/></navPoint>'
    '</navPoint><navPoint><navLabel><text>Afterwards</text></navLabel><content src="c1.xhtml#a%20b"/>'
    "</navPoint></navMap>"
)


def test_chapters_without_headings_are_named_by_the_table_of_contents() -> None:
    document = read(
        f"<p>Part One</p><p id='s'>I.</p><p>The storm</p><p>{PROSE}</p>",
        f"<div id='a b'><p>{PROSE}</p></div>",
        ncx=NCX,
    )
    assert [(b.kind.value, b.level, words(document, b)) for b in document.blocks] == [
        ("heading", 1, "Part One"),
        ("heading", 2, "I."),
        ("heading", 2, "The storm"),
        ("paragraph", None, PROSE),
        ("heading", 1, "Afterwards"),
        ("paragraph", None, PROSE),
    ]


def test_a_heading_in_the_text_is_not_said_twice() -> None:
    document = read(
        f"<h2>Part 1</h2><h3 id='s'>The storm!</h3><p>{PROSE}</p>", "<p>End</p>", ncx=NCX
    )
    assert [text for kind, text in told(document) if kind == "heading"] == ["Part 1", "The storm!"]


def test_navigation_of_version_3_and_pages_of_the_printed_book() -> None:
    nav = (
        '<nav epub:type="toc"><ol><li><a href="c1.xhtml">The storm</a></li></ol></nav>'
        '<nav epub:type="page-list"><ol><li><a href="c1.xhtml#p8">Page 8</a></li></ol></nav>'
    )
    document = read(
        f'<p>{PROSE} <span epub:type="pagebreak" title="7"/>On the next page</p><p>Seven</p>'
        '<p>Still seven <a id="p8"/> and eight</p><table><tr><td>a</td><td>b</td></tr></table>',
        nav=nav,
    )
    assert [b.locator for b in document.blocks] == [
        None,
        None,
        "page 7",
        "page 7",
        "page 8, table 1, row 1",
    ]
    assert told(document)[0] == ("heading", "The storm")
    assert "7" not in document.text


def test_tables_of_contents_are_furniture() -> None:
    links = '<p><a href="c1.xhtml">Chapter one</a></p>'
    rows = '<table><tr><td>1.</td><td><a href="#x">The storm</a></td></tr><tr><td>2.</td><td><a href="#y">The piers</a></td></tr></table>'
    document = read(links + rows + '<p>See <a href="c1.xhtml">above</a>.</p>')
    assert [kind for kind, _ in told(document)] == [
        "boilerplate",
        "boilerplate",
        "boilerplate",
        "paragraph",
    ]
    whole = read(
        "<p>Chapter one</p>", "<p>Words.</p>", guide='<reference type="toc" href="c2.xhtml"/>'
    )
    assert told(whole) == [("boilerplate", "Chapter one"), ("paragraph", "Words.")]
    web = read('<p><a href="https://example.org">A page elsewhere</a></p>')
    assert told(web) == [("paragraph", "A page elsewhere")]


def test_rows_say_what_their_cells_are() -> None:
    document = read(
        "<table><thead><tr><td>Area</td><td>Year</td><td>Sum</td></tr></thead><tbody>"
        '<tr><td rowspan="2">North</td><td>2023</td><td>4</td></tr><tr><td>2024</td><td>5</td></tr>'
        '<tr><td colspan="2">All</td><td>9</td></tr></tbody></table>'
        "<table><tr><td><h2>Placed</h2><p>by a table</p></td><td>side</td></tr></table>"
    )
    assert told(document) == [
        ("boilerplate", "Area | Year | Sum"),
        ("paragraph", "Area: North; Year: 2023; Sum: 4"),
        ("paragraph", "Area: North; Year: 2024; Sum: 5"),
        ("paragraph", "Area: All; Sum: 9"),
        ("heading", "Placed"),
        ("paragraph", "by a table"),
        ("paragraph", "side"),
    ]


def test_properties() -> None:
    document = read(
        "<p>Words.</p>",
        metadata="<dc:title>Winter sports</dc:title><dc:creator>E. F. Benson</dc:creator><dc:creator>Ada</dc:creator>"
        '<dc:date opf:event="conversion">2023-02-26</dc:date><dc:date opf:event="publication">1913</dc:date>',
    )
    assert (document.title, document.author, document.date) == (
        "Winter sports",
        "E. F. Benson, Ada",
        "1913",
    )
    placeholder = read("<p>Words.</p>", metadata="<dc:date>0101-01-01T00:00:00</dc:date>")
    assert (placeholder.title, placeholder.date) == ("file", None)


def encryption(method: str, target: str) -> str:
    return (
        f'<encryption><EncryptedData><EncryptionMethod Algorithm="{method}"/><CipherData>'
        f'<CipherReference URI="{target}"/></CipherData></EncryptedData></encryption>'
    )


def test_books_that_their_shop_protects_are_refused_and_fonts_are_no_matter() -> None:
    aes = "http://www.w3.org/2001/04/xmlenc#aes128-cbc"
    with pytest.raises(ReadError, match="DRM"):
        read("<p>x</p>", encryption=encryption(aes, "OEBPS/c1.xhtml"))
    assert read("<p>x</p>", encryption=encryption(aes, "OEBPS/font.otf")).text == "x"
    fonts = encryption("http://www.idpf.org/2008/embedding", "OEBPS/c1.xhtml")
    assert read("<p>x</p>", encryption=fonts).text == "x"


def test_a_chapter_that_is_missing_is_said_to_be() -> None:
    data = epub("<p>Here.</p>", "<p>There.</p>").replace(b"OEBPS/c1.xhtml", b"OEBPS/cX.xhtml")
    assert told(read_epub(data, "file.epub")) == [
        ("paragraph", "Here."),
        ("boilerplate", "[The chapter OEBPS/c1.xhtml is missing in the file and was not read.]"),
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (epub("<img/>"), "no text"),
        (epub("<p>x</p>")[:500], "not copied whole"),
        (epub("<p>x</p>").replace(b"OEBPS/book.opf", b"OEBPS/look.opf"), "missing"),
        (epub('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "entities"),
        (epub("<p>x</p>", ncx="<navMap>"), "damaged"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, says: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_epub(data, "file.epub")
    assert says in caught.value.reason


def test_deep_nesting_is_read() -> None:
    assert read("<div>" * 2000 + "deep" + "</div>" * 2000).text == "deep"
