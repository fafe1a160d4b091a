import time

import pytest

from index.readers.captions import caption_blocks
from index.readers.comments import groups_of, lines_of
from index.types import Kind


def blocks(*paragraphs):
    text = "\n\n".join(paragraphs)
    lines = lines_of(text)
    spans = [(lines[a].start, lines[b - 1].end) for a, b in groups_of(lines, 0, len(lines))]
    found = caption_blocks(text, spans)
    made = [block for index in sorted(found) for block in found[index]]
    for block in made:
        assert text[block.start : block.end] == text[block.start : block.end].strip()
    return made


def cut(*paragraphs):
    text = "\n\n".join(paragraphs)
    return [(block.kind, text[block.start : block.end]) for block in blocks(*paragraphs)]


NOTICE = "ATTENTION EDITORS - THIS PICTURE CAME FROM A READER. NO RESALES. NO ARCHIVE. MANDATORY CREDIT. - RTXAB12"
BOAT = "A boat passes below the new bridge in Elmstad, June 4, 2015."


@pytest.mark.parametrize(
    "credit",
    [
        "REUTERS/Ann Olsen",
        "REUTERS/Ann Olsen/Handout via Reuters  " + NOTICE,
        "REUTERS/Ann Olsen   FOR BEST QUALITY IMAGE ALSO SEE: GF100 - RTS1AB2",
        "AFP PHOTO / ANN OLSEN",
        "AFP/Ann Olsen",
        "(AP Photo/Ann Olsen)",
        "(AP Photo/Ann Olsen, File)",
        "(Ann Olsen/AP)",
        "(Photo by Ann Olsen/Getty Images)",
        "Getty Images",
        "Ann Olsen/Getty Images",
        "Photo: Ann Olsen",
        "Photograph: Ann Olsen/EPA",
        "Foto: Ann Olsen/dpa",
        "EPA/ANN OLSEN",
        "PA Images/Ann Olsen",
        "Handout via Reuters",
        "© Ann Olsen",
        "Image credit: Ann Olsen",
        "VELDORA/Ann Olsen",
        "VELDORA/ANN OLSEN",
        "VELDORA/Handout via Veldora",
        "VELDORA/Courtesy of the town",
        "VELDORA/Ann Olsen   ASK FOR THE LARGE FILE - VEL4T22Q",
        "FOR PRINT AND NEWS USE ONLY. DO NOT CROP THIS FRAME.",
        "- VEL4T22Q",
    ],
)
def test_a_credit_is_split_off(credit):
    assert cut(f"{BOAT} {credit}") == [(Kind.CAPTION, BOAT), (Kind.CREDIT, credit)]


@pytest.mark.parametrize("label", ["Photo:", "Caption:", "Image:", "PICTURE:", "Photo caption:"])
def test_a_label_makes_a_caption(label):
    assert cut(f"{label} {BOAT}") == [(Kind.BOILERPLATE, label), (Kind.CAPTION, BOAT)]


def test_a_notice_may_lead():
    lead = "ATTENTION EDITORS - VISUAL COVERAGE OF AN ACCIDENT"
    text = f"{lead}     A diver stands on the quay in Elmstad   REUTERS/Ann Olsen"
    assert cut(text) == [
        (Kind.CREDIT, lead),
        (Kind.CAPTION, "A diver stands on the quay in Elmstad"),
        (Kind.CREDIT, "REUTERS/Ann Olsen"),
    ]


@pytest.mark.parametrize("text", ["REUTERS/Ann Olsen", "Photo: Ann Olsen", NOTICE, "Getty Images"])
def test_a_credit_alone(text):
    assert cut(text) == [(Kind.CREDIT, text)]


@pytest.mark.parametrize(
    "text",
    [
        "The papers, Reuters among them, wrote about the bridge for weeks.",
        "More people now cross it than ever, says a Reuters/Ipsos poll.",
        "According to Reuters, the mayor and/or her deputy paid for it.",
        "She sold the picture: nobody had asked for it, and nobody paid.",
        "Divers found the anchor, the harbour master told AFP.",
        "The photo by the door shows the first ferry and its crew.",
        "NASA and the town built it together. THIS IS NOT A JOKE.",
        "Elmstad (Reuters) - The bridge was opened on Monday by the mayor.",
        "Nobody owns it. See http://example.org/photo/1 for more of this.",
        "The gauges speak the TCP/IP protocol and report every hour.",
        "At the opening the band of the harbour played AC/DC",
        "He worked for NATO/ISAF in Kabul.",
        "He left in spring. NATO/Russia talks went on without him.",
        "They asked again. WHY DID NOBODY TELL US BEFORE?",
        "The buyer pays on time. NO CREDIT SHALL BE GIVEN TO ANYBODY.",
        "The sensor is the smallest of the series, which the plans call - MK3",
    ],
)
def test_prose_is_no_caption(text):
    assert cut(text) == []


def test_of_equal_captions_the_clean_one_stays():
    raw = "A boat is seen below the new bridge, in Elmstad June 4, 2015."
    clean = "A boat below the new bridge, in Elmstad, June 4, 2015."
    assert cut(f"{raw}  REUTERS/Ann Olsen {NOTICE}", f"{clean} REUTERS/Ann Olsen") == [
        (Kind.BOILERPLATE, raw),
        (Kind.CREDIT, f"REUTERS/Ann Olsen {NOTICE}"),
        (Kind.CAPTION, clean),
        (Kind.CREDIT, "REUTERS/Ann Olsen"),
    ]


def test_the_raw_one_stays_if_it_says_more():
    raw = f"{BOAT} The old ferry sank in the storm of 1987"
    assert cut(f"{raw}   REUTERS/Ann Olsen - RTX1AB2", f"{BOAT} REUTERS/Ann Olsen") == [
        (Kind.CAPTION, raw),
        (Kind.CREDIT, "REUTERS/Ann Olsen - RTX1AB2"),
        (Kind.BOILERPLATE, BOAT),
        (Kind.CREDIT, "REUTERS/Ann Olsen"),
    ]


NEW = "The old ferry sank in the storm of 1987. Its captain was saved."
RAW = f"A view shows a boat below the new bridge in Elmstad, June 4, 2015. {NEW} Picture taken June 4, 2015."
CLEAN = f"{BOAT} Tolls are due from next spring."


@pytest.mark.parametrize("raw_first", [True, False])
def test_both_stay_where_each_has_facts_of_its_own(raw_first):
    raw, clean = f"{RAW}   REUTERS/Ann Olsen  - RTX1AB2", f"{CLEAN} REUTERS/Ann Olsen"
    kinds = [
        [(Kind.CAPTION, RAW), (Kind.CREDIT, "REUTERS/Ann Olsen  - RTX1AB2")],
        [(Kind.CAPTION, CLEAN), (Kind.CREDIT, "REUTERS/Ann Olsen")],
    ]
    upper, lower = kinds if raw_first else kinds[::-1]
    paragraphs = (raw, clean) if raw_first else (clean, raw)
    assert cut(*paragraphs) == upper + lower
    assert [block.continues for block in blocks(*paragraphs)] == [False, False, True, False]


def test_two_that_begin_alike_are_of_one_picture_however_they_go_on():
    upper = f"{BOAT} {NEW} The harbour master had warned the owners twice of rust in the hull."
    lower = "A boat passes below the new bridge, June 4, 2015. Tolls of 3 marks are due from spring, says mayor Berg."
    found = blocks(f"{upper}   REUTERS/Ann Olsen", f"{lower} REUTERS/Ann Olsen")
    assert [block.continues for block in found] == [False, False, True, False]


def test_of_two_far_apart_the_second_stays_whole_and_of_the_first_what_is_new():
    notice = f"REUTERS/Ann Olsen {NOTICE}"
    assert cut(f"{RAW}   {notice}", f"{CLEAN} REUTERS/Ann Olsen") == [
        (
            Kind.BOILERPLATE,
            "A view shows a boat below the new bridge in Elmstad, June 4, 2015.",
        ),
        (Kind.CAPTION, NEW),
        (Kind.BOILERPLATE, "Picture taken June 4, 2015."),
        (Kind.CREDIT, notice),
        (Kind.CAPTION, CLEAN),
        (Kind.CREDIT, "REUTERS/Ann Olsen"),
    ]
    new = f"{BOAT[:-1]}, with the mayor aboard."
    for raw in (RAW, new):
        found = blocks(f"{raw}   {notice}", f"{CLEAN} REUTERS/Ann Olsen")
        assert not any(block.continues for block in found)


def test_the_source_of_a_handout_is_no_fact():
    raw = "A boat passes below the new bridge in Elmstad, June 4, 2015, in this handout courtesy of @annol via twitter."
    result = cut(
        f"{raw} REUTERS/Courtesy @annol via Twitter {NOTICE}", f"{BOAT} REUTERS/Courtesy @annol"
    )
    assert [kind for kind, _ in result] == [
        Kind.BOILERPLATE,
        Kind.CREDIT,
        Kind.CAPTION,
        Kind.CREDIT,
    ]


def test_a_picture_of_an_agency_nobody_knows():
    raw = f"{BOAT} It is the last trip of the old ferry."
    notice = "WE COULD NOT CHECK WHERE THIS CAME FROM. DESKS KEEP THIS NOTE. - VEL4T22Q"
    assert cut(f"{raw}   VELDORA/Ann Olsen  {notice}", f"{BOAT} VELDORA/Ann Olsen") == [
        (Kind.CAPTION, raw),
        (Kind.CREDIT, f"VELDORA/Ann Olsen  {notice}"),
        (Kind.BOILERPLATE, BOAT),
        (Kind.CREDIT, "VELDORA/Ann Olsen"),
    ]


@pytest.mark.parametrize("clean_first", [True, False])
def test_the_clean_one_may_have_no_credit(clean_first):
    raw = f"{BOAT}  REUTERS/Ann Olsen {NOTICE}"
    result = cut(BOAT, raw) if clean_first else cut(raw, BOAT)
    assert [kind for kind, words in result if words == BOAT] == (
        [Kind.CAPTION, Kind.BOILERPLATE] if clean_first else [Kind.BOILERPLATE, Kind.CAPTION]
    )


def test_different_pictures_both_stay():
    result = cut(
        "A boat passes below the new bridge in Elmstad, June 4, 2015. REUTERS/Ann Olsen",
        "A diver stands on the new bridge in Elmstad, June 4, 2015. REUTERS/Ann Olsen",
    )
    assert [kind for kind, _ in result].count(Kind.CAPTION) == 2


@pytest.mark.parametrize(
    "unit",
    [
        "REUTERS/A ",
        "A B/",
        "ABC/A ",
        "AB ",
        "EDITORS  ",
        "- AB1A",
        "Photo: ",
        "(",
        "THIS IMAGE ",
        "Aa ",
        "© ",
        ".",
    ],
)
def test_a_megabyte_of_anything_takes_seconds(unit):
    text = "x " + unit * (1_000_000 // len(unit))
    spans = [(i, min(i + 3999, len(text))) for i in range(0, len(text), 4000)]
    began = time.perf_counter()
    caption_blocks(text, [*spans, (0, len(text))])
    assert time.perf_counter() - began < 20
