import random
import shutil
import time

import pytest
from pdf_files import Pdf, lines, one_page, rule, show

from index.errors import ReadError
from index.readers.pdf import read_pdf
from index.types import Kind

BRIDGE = [
    "Elmstad opened its bridge on Monday, nine years after the first stone was",
    "laid on the eastern bank. Forty lorries, each loaded with sand, crossed it",
    "at dawn to test the piers, and none of them moved by more than a hair.",
]
TOLLS = [
    "The tolls will pay for the lamps. A lorry pays nine crowns, a car two, and",
    "whoever walks pays nothing at all.",
]


def read(data, path="folder/report.pdf", **options):
    document = read_pdf(data, path, **options)
    for block in document.blocks:
        words = document.text[block.start : block.end]
        assert words
        assert words == words.strip()
        assert block.locator
    return document


def blocks(document):
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def texts(data, kind=Kind.PARAGRAPH, **options):
    return [text for of, text in blocks(read(data, **options)) if of is kind]


# --- structure ----------------------------------------------------------------------------------


def test_title_headings_and_paragraphs():
    content = (
        show(72, 720, "A bridge at last", 20, "F2")
        + lines(72, 680, BRIDGE)
        + show(72, 620, "1 The tolls", 13, "F2")
        + lines(72, 600, TOLLS)
        + show(72, 560, "1.1 The lamps", 11, "F2")
        + lines(72, 545, ["They burn oil, and a keeper lights them every evening at seven."])
    )
    document = read(one_page(content))
    assert document.title == "A bridge at last"
    assert blocks(document) == [
        (Kind.TITLE, "A bridge at last"),
        (Kind.PARAGRAPH, " ".join(BRIDGE)),
        (Kind.HEADING, "1 The tolls"),
        (Kind.PARAGRAPH, " ".join(TOLLS)),
        (Kind.HEADING, "1.1 The lamps"),
        (Kind.PARAGRAPH, "They burn oil, and a keeper lights them every evening at seven."),
    ]
    levels = [block.level for block in document.blocks if block.kind is Kind.HEADING]
    assert levels == [1, 2]
    assert {block.locator for block in document.blocks} == {"page 1"}


def test_paragraphs_by_a_gap_by_indentation_and_by_a_short_line():
    by_gap = lines(72, 700, BRIDGE) + lines(72, 650, TOLLS)
    indented = lines(72, 700, BRIDGE) + show(90, 664, TOLLS[0]) + show(72, 652, TOLLS[1])
    short = lines(72, 700, [*TOLLS, *BRIDGE])
    assert texts(one_page(by_gap)) == [" ".join(BRIDGE), " ".join(TOLLS)]
    assert texts(one_page(indented)) == [" ".join(BRIDGE), " ".join(TOLLS)]
    assert texts(one_page(short)) == [" ".join(TOLLS), " ".join(BRIDGE)]


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("all the infor-", "mation that there is", "all the information that there is"),
        ("a carriage of Rolls-", "Royce stood there", "a carriage of Rolls-Royce stood there"),
        ("it was a well-", "known bridge", "it was a well-known bridge"),
        ("it lasts until 2015-", "2016 and no longer", "it lasts until 2015-2016 and no longer"),
        ("the state-of-the-", "art bridge", "the state-of-the-art bridge"),
    ],
)
def test_a_word_cut_by_the_lines_end(first, second, joined):
    assert texts(one_page(lines(72, 700, [first, second]))) == [joined]


def test_a_hyphen_stays_where_the_document_has_it_elsewhere():
    page = lines(
        72, 700, ["Every toll-keeper has a lamp. The town pays one toll-", "keeper a year."]
    )
    assert texts(one_page(page)) == [
        "Every toll-keeper has a lamp. The town pays one toll-keeper a year."
    ]


def test_columns_are_read_one_after_the_other_between_wide_lines():
    left = ["The river rose in the night and took", "the old ferry with it, so that nobody", "could reach the market by the morning", "and the bakers kept what they baked"]  # fmt: skip
    right = ["for themselves and for their horses.", "On the third day the water fell again", "and a raft was built of what was left", "of the ferry and of the harbour gate."]  # fmt: skip
    below = "Both columns end here, and this sentence spans the page from its left edge to its right one."
    content = (
        show(150, 740, "What the river did that night", 20, "F2")
        + lines(72, 700, left)
        + lines(320, 695, right)
        + show(72, 600, below)
    )
    found = texts(one_page(content))
    assert found == [f"{' '.join(left)} {' '.join(right[:1])} {' '.join(right[1:])}", below]


def test_a_paragraph_over_a_page_break_is_joined_and_names_both_pages():
    pdf = Pdf()
    pdf.page(
        lines(
            72,
            700,
            [
                *BRIDGE[:2],
                "at dawn to test the piers, and when the last of them had left the bridge",
            ],
        )
    )
    pdf.page(
        lines(72, 700, ["the mayor cut the ribbon and threw it down into the river below.", ""])
    )
    document = read(pdf.to_bytes())
    [block] = document.blocks
    assert block.locator == "pages 1–2"
    assert "had left the bridge the mayor cut the ribbon" in document.text


def test_running_heads_and_page_numbers_are_left_out():
    pdf = Pdf()
    for number in range(1, 6):
        pdf.page(
            show(72, 760, "Annual report of the bridge office")
            + show(72, 700, f"On page {number} stands what was done in that month.")
            + show(300, 30, f"Page {number} of 5")
        )
    document = read(pdf.to_bytes())
    assert len(document.blocks) == 5
    assert "Annual report" not in document.text
    assert "of 5" not in document.text


def test_numbered_lines_at_the_top_that_do_not_count_pages_are_kept():
    pdf = Pdf()
    for number in (3, 17, 4, 40):
        pdf.page(
            show(72, 760, f"Question {number}")
            + lines(72, 700, [f"Who paid {number} crowns for it?"])
        )
    assert "Question 40" in read(pdf.to_bytes()).text


def test_a_page_that_stands_twice_is_no_running_head():
    pdf = Pdf()
    for _ in range(2):
        pdf.page(lines(72, 760, ["May 5, 2023"]) + lines(72, 700, BRIDGE))
    assert read(pdf.to_bytes()).text.count("May 5, 2023") == 2


def test_captions_and_lists():
    content = (
        lines(72, 700, BRIDGE)
        + show(72, 640, "Figure 2: The bridge from the eastern bank.")
        + lines(72, 600, ["\x95 sand for the piers", "\x95 oil for the lamps"])
        + lines(72, 560, ["Figure 2 shows that the piers are of stone and not of wood."])
    )
    found = blocks(read(one_page(content.replace("\x95", "•"))))
    assert (Kind.CAPTION, "Figure 2: The bridge from the eastern bank.") in found
    assert (Kind.PARAGRAPH, "• sand for the piers\n• oil for the lamps") in found
    assert found[-1][0] is Kind.PARAGRAPH


def test_a_ruled_table_gives_a_line_for_each_row():
    content = lines(72, 740, BRIDGE)
    for y in (700, 680, 650, 630):
        content += rule(72, y, 372, y)
    for x in (72, 172, 272, 372):
        content += rule(x, 630, x, 700)
    content += (
        show(76, 686, "Vehicle", font="F2") + show(176, 686, "Toll") + show(276, 686, "Paid by")
    )
    content += (
        show(76, 668, "Lorry with")
        + show(76, 656, "sand")
        + show(176, 662, "9")
        + show(276, 662, "the owner")
    )
    content += show(76, 636, "Car") + show(176, 636, "2") + show(276, 636, "the driver")
    assert texts(one_page(content))[1:] == [
        "Vehicle | Toll | Paid by",
        "Lorry with sand | 9 | the owner",
        "Car | 2 | the driver",
    ]


def test_a_table_without_rules_keeps_its_cells_apart():
    rows = [
        ("Lorry", "9.00", "daily"),
        ("Car", "2.00", "daily"),
        ("Cart", "1.50", "weekly"),
        ("Foot", "0.00", "never"),
    ]
    content = "".join(
        show(x, 700 - 14 * at, cell)
        for at, row in enumerate(rows)
        for x, cell in zip((72, 200, 300), row, strict=True)
    )
    assert texts(one_page(content)) == [" | ".join(row) for row in rows]


# --- characters ---------------------------------------------------------------------------------


def test_text_that_runs_upwards_is_read_as_its_reader_turns_it():
    content = "".join(
        show(0, 0, line, 12, matrix=(0, 1, -1, 0, 100 + 15 * at, 72))
        for at, line in enumerate(BRIDGE)
    )
    assert texts(one_page(content)) == [" ".join(BRIDGE)]
    assert texts(one_page(content, extra="/Rotate 90")) == [" ".join(BRIDGE)]


def test_letters_drawn_twice_are_read_once():
    content = show(72, 700, "The tolls are high", 12) + show(72.4, 700, "The tolls are high", 12)
    assert texts(one_page(content)) == ["The tolls are high"]


def test_indices_and_exponents():
    content = show(72, 700, "H", 12) + show(80.67, 697, "2", 7) + show(84.6, 700, "O is water", 12)
    content += show(72, 600, "It holds 10", 12) + show(127.6, 604.5, "3", 7)
    found = texts(one_page(content))
    assert found[0] == "H2O is water"
    assert found[1] == "It holds 10³"


def test_text_outside_the_page_is_not_read():
    content = show(72, 700, "What is seen.") + show(72, 2000, "What nobody sees.")
    assert texts(one_page(content)) == ["What is seen."]


# --- what the file says of itself ---------------------------------------------------------------


def with_info(info, content=None):
    pdf = Pdf().page(content or lines(72, 700, BRIDGE))
    pdf.info = info
    return read(pdf.to_bytes())


def test_metadata():
    document = with_info(
        "/Title (The bridge of Elmstad) /Author (Ann Olsen) /CreationDate (D:20150605101112Z)"
    )
    assert (document.title, document.author, document.date) == (
        "The bridge of Elmstad",
        "Ann Olsen",
        "2015-06-05",
    )


@pytest.mark.parametrize(
    "title",
    [
        "Microsoft Word - x.doc",
        "untitled",
        "report.pdf",
        "report",
        "Untitled document",
        "scan_0012",
    ],
)
def test_titles_that_are_none(title):
    assert with_info(f"/Title ({title})").title == "report"


def test_authors_and_dates_that_are_none():
    document = with_info("/Author (Administrator) /CreationDate (D:20151399)")
    assert (document.author, document.date) == (None, None)


def test_headings_from_the_outline():
    pdf = Pdf().page(
        show(72, 720, "On tolls and lamps")
        + lines(72, 680, BRIDGE)
        + show(72, 630, "Who pays")
        + lines(72, 600, TOLLS)
    )
    second = len(pdf.objects) + 6
    first = pdf.add(
        f"<< /Title (On tolls and lamps) /First {second} 0 R /Last {second} 0 R /Parent {second - 1} 0 R >>"
    )
    pdf.add(f"<< /Type /Outlines /First {first} 0 R /Last {first} 0 R >>")
    pdf.add(f"<< /Title (1. Who pays) /Parent {first} 0 R >>")
    pdf.root = f"/Outlines {first + 1} 0 R"
    document = read(pdf.to_bytes())
    headings = [
        (document.text[b.start : b.end], b.level) for b in document.blocks if b.kind is Kind.HEADING
    ]
    assert headings == [("On tolls and lamps", 1), ("Who pays", 2)]


def test_comments_with_their_authors():
    pdf = Pdf()
    first = pdf.add(
        "<< /Type /Annot /Subtype /Text /Rect [10 10 30 30] /Contents (Is nine not too much?) /T (Bo Berg) /M (D:20200102) >>"
    )
    reply = pdf.add(
        f"<< /Type /Annot /Subtype /Text /Rect [10 10 30 30] /Contents (It pays the lamps.) /T (Ann) /IRT {first} 0 R >>"
    )
    link = pdf.add("<< /Type /Annot /Subtype /Link /Rect [10 10 30 30] /Contents (no comment) >>")
    pdf.page(lines(72, 700, BRIDGE), extra=f"/Annots [{first} 0 R {reply} 0 R {link} 0 R]")
    document = read(pdf.to_bytes())
    comments = [b for b in document.blocks if b.kind is Kind.COMMENT]
    assert [document.text[b.start : b.end] for b in comments] == [
        "Is nine not too much?",
        "It pays the lamps.",
    ]
    assert [(b.author, b.date, b.reply_to) for b in comments] == [
        ("Bo Berg", "2020-01-02", None),
        ("Ann", None, "Bo Berg"),
    ]
    assert "no comment" not in document.text


def test_filled_in_form_fields():
    pdf = Pdf()
    field = pdf.add(
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (applicant) /TU (Name of the applicant) /V (Jane Doe) /Rect [10 10 90 30] >>"
    )
    pdf.page(lines(72, 700, BRIDGE), extra=f"/Annots [{field} 0 R]")
    pdf.root = f"/AcroForm << /Fields [{field} 0 R] >>"
    assert texts(pdf.to_bytes())[-1] == "Name of the applicant: Jane Doe"


# --- protection ---------------------------------------------------------------------------------


def test_passwords():
    pdf = Pdf().page(lines(72, 700, BRIDGE))
    locked = pdf.to_bytes(user="sesame", owner="chief")
    with pytest.raises(ReadError, match="protected by a password; name it with --password"):
        read(locked)
    with pytest.raises(ReadError, match="the password is not the right one"):
        read(locked, password="barley")
    assert texts(locked, password="sesame") == [" ".join(BRIDGE)]
    assert texts(locked, password="chief") == [" ".join(BRIDGE)]


def test_a_file_that_only_its_owner_may_change_is_read():
    locked = Pdf().page(lines(72, 700, BRIDGE)).to_bytes(user="", owner="chief")
    assert texts(locked) == [" ".join(BRIDGE)]


# --- pictures -----------------------------------------------------------------------------------


def scan(pdf, texts_of_page):
    """Add a page that is a picture of text."""
    import pypdfium2

    source = one_page(lines(72, 700, texts_of_page, size=14))
    with_text = pypdfium2.PdfDocument(source)
    bitmap = with_text[0].render(scale=2, grayscale=True)
    pixels = b"".join(
        bytes(bitmap.buffer)[row * bitmap.stride : row * bitmap.stride + bitmap.width]
        for row in range(bitmap.height)
    )
    image = pdf.picture(pixels, bitmap.width, bitmap.height)
    pdf.page("q 612 0 0 792 0 0 cm /Im Do Q", xobjects=f"/Im {image} 0 R")
    with_text.close()
    return pdf


@pytest.fixture
def no_tesseract(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))


def test_pictures_without_tesseract(no_tesseract):
    with pytest.raises(
        ReadError, match="its pages are images; install tesseract to have them read"
    ):
        read(scan(Pdf(), BRIDGE).to_bytes())


def test_a_picture_among_pages_of_text_is_named(no_tesseract):
    data = scan(Pdf().page(lines(72, 700, BRIDGE)), TOLLS).to_bytes()
    document = read(data)
    assert blocks(document) == [
        (Kind.PARAGRAPH, " ".join(BRIDGE)),
        (Kind.BOILERPLATE, "[page 2 is an image without text]"),
    ]
    assert document.blocks[1].locator == "page 2"


def test_pictures_with_tesseract(request):
    data = scan(Pdf().page(lines(72, 700, BRIDGE)), TOLLS).to_bytes()
    if shutil.which("tesseract") is None:  # then the message stands for the words
        request.getfixturevalue("no_tesseract")
        assert "[page 2 is an image without text]" in read(data).text
        return
    document = read(data)
    assert " ".join(TOLLS) in document.text
    assert document.blocks[-1].locator == "page 2"


def test_an_ocr_program_that_fails_leaves_a_mark(monkeypatch, tmp_path):
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    data = scan(Pdf().page(lines(72, 700, BRIDGE)), TOLLS).to_bytes()
    assert "[page 2 is an image without text]" in read(data).text


# --- what cannot be read ------------------------------------------------------------------------


def test_an_empty_page():
    with pytest.raises(ReadError, match="there is no text in it"):
        read(one_page(""))


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"plain words", b"\0" * 5000, b"%PDF-1.4\n1 0 obj\n<<" * 500]
)
def test_what_is_no_pdf(data):
    with pytest.raises(ReadError, match="PDF"):
        read(data)


def outcome(data):
    """The text, or why there is none; anything else than a ReadError goes through."""
    try:
        return read(data).text
    except ReadError as error:
        return error.reason


def test_damaged_bytes_give_a_document_or_a_reason():
    whole = (
        Pdf()
        .page(show(72, 720, "A bridge", 20) + lines(72, 700, BRIDGE))
        .page(lines(72, 700, TOLLS))
        .to_bytes()
    )
    chance = random.Random(7)
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 30)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        cut = bytes(data[: chance.randrange(len(data) // 2, len(data))])
        assert outcome(cut)


def test_a_page_that_cannot_be_opened():
    pdf = Pdf().page(lines(72, 700, BRIDGE))
    pdf.pages.append(pdf.add("(no page)"))
    assert blocks(read(pdf.to_bytes()))[1] == (
        Kind.BOILERPLATE,
        "[page 2 is damaged and cannot be read]",
    )
    pdf.pages = pdf.pages[1:]
    with pytest.raises(ReadError, match="a damaged PDF"):
        read(pdf.to_bytes())


def test_a_file_that_says_a_number_only():
    assert texts(one_page(show(300, 400, "201+"))) == ["201+"]


def test_forms_within_each_other_end():
    pdf = Pdf()
    number = len(pdf.objects) + 4
    pdf.add(
        f"/Type /XObject /Subtype /Form /BBox [0 0 600 700] /Resources << /XObject << /X {number} 0 R >> >>",
        b"/X Do",
    )
    pdf.page(lines(72, 700, BRIDGE) + "/X Do", xobjects=f"/X {number} 0 R")
    assert texts(pdf.to_bytes()) == [" ".join(BRIDGE)]


def test_outline_without_end():
    pdf = Pdf().page(lines(72, 700, BRIDGE))
    item = pdf.add("<< /Title (Round) /Next 6 0 R /First 6 0 R >>")
    pdf.add(f"<< /Type /Outlines /First {item} 0 R >>")
    pdf.root = f"/Outlines {item + 1} 0 R"
    assert texts(pdf.to_bytes()) == [" ".join(BRIDGE)]


def test_scripts_and_links_are_only_text():
    pdf = Pdf().page(lines(72, 700, BRIDGE))
    pdf.root = "/OpenAction << /S /JavaScript /JS (while\\(true\\);) >>"
    assert texts(pdf.to_bytes()) == [" ".join(BRIDGE)]


def test_time_grows_with_the_text():
    def seconds(count):
        pdf = Pdf()
        for at in range(count):
            pdf.page(lines(72, 740, [f"{BRIDGE[0]} {at} {row}" for row in range(50)], pitch=1.3))
        data = pdf.to_bytes()
        began = time.process_time()
        read(data)
        return time.process_time() - began

    seconds(1)
    assert seconds(8) < 10 * max(seconds(2), 0.02)


def test_a_page_with_very_many_words_is_bounded():
    content = "".join(show(20 + at % 80 * 7, 780 - at // 80 * 6, "ab", 3) for at in range(3000))
    began = time.process_time()
    assert read(one_page(content)).text
    assert time.process_time() - began < 2
