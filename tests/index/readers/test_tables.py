import csv
import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import ReadError
from index.readers.tables import read_csv
from index.types import Kind

CUPS = "Stanley Cups,,\nTeam,Location,Cups\nBlues,STL,1\nMaple Leafs,TOR,13\n"


def read(text, name="folder/cups.csv"):
    document = read_csv(text if isinstance(text, bytes) else text.encode(), name)
    return document, [(b.kind, document.text[b.start : b.end], b.locator) for b in document.blocks]


def words(text, name="a.csv"):
    return [said for kind, said, _ in read(text, name)[1] if kind is Kind.PARAGRAPH]


def test_a_table_with_a_title():
    document, blocks = read(CUPS)
    assert document.title == "Stanley Cups"
    assert blocks == [
        (Kind.HEADING, "Stanley Cups", "row 1"),
        (Kind.BOILERPLATE, "Team; Location; Cups", "row 2"),
        (Kind.PARAGRAPH, "Team: Blues; Location: STL; Cups: 1", "row 3"),
        (Kind.PARAGRAPH, "Team: Maple Leafs; Location: TOR; Cups: 13", "row 4"),
    ]


def test_the_file_names_a_table_without_a_title():
    assert read("a,b\n1,2\n", "folder/costs 2024.csv")[0].title == "costs 2024"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding):
    text = "Stadt;Fluß\nKöln;Rhein – 233 m\nGießen;Lahn\n"
    assert "Stadt: Köln; Fluß: Rhein – 233 m" in words(text.encode(encoding))


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_separators(mark):
    rows = [["Name", "Note", "Sum"], ["Ann", "a, b; c", "1,5"], ["Bob", 'says "no"', "2"]]
    target = io.StringIO()
    csv.writer(target, delimiter=mark).writerows(rows)
    assert words(target.getvalue()) == [
        "Name: Ann; Note: a, b; c; Sum: 1,5",
        'Name: Bob; Note: says "no"; Sum: 2',
    ]


def test_a_line_that_names_the_separator_is_no_row():
    _, blocks = read("sep=;\nName;Sum\nAnn, Bob;5\n")
    assert blocks[1] == (Kind.PARAGRAPH, "Name: Ann, Bob; Sum: 5", "row 2")


def test_decimal_commas_do_not_make_a_comma_the_separator():
    assert words("Year;Costs\n2022;-12,5\n2023;7\n") == [
        "Year: 2022; Costs: -12,5",
        "Year: 2023; Costs: 7",
    ]


def test_a_tsv_with_commas_in_every_cell():
    text = "Name\tPlaces\nAnn, Bob\tRome, Paris\nCid, Dan\tOslo, Bergen\n"
    assert words(text, "a.tsv")[1:] == [
        "Name: Ann, Bob; Places: Rome, Paris",
        "Name: Cid, Dan; Places: Oslo, Bergen",
    ]


def test_quoted_newlines_are_one_record():
    _, blocks = read('Name,Text\nAnn,"one\n\ntwo"\nBob,"three, four"\n')
    assert [(said, place) for _, said, place in blocks][1:] == [
        ("Name: Ann; Text: one two", "row 2"),
        ("Name: Bob; Text: three, four", "row 3"),
    ]


def test_backslashes_before_quotes():
    assert words('Name,Said,N\nAnn,"a \\"b\\", c",1\n') == ['Name: Ann; Said: a "b", c; N: 1']


def test_a_quote_that_is_never_closed_takes_no_other_row():
    rows = words('Name,Size\nAnn,"5\nBob,6\nCid,7\n')
    assert rows == ['Name: Ann; Size: "5', "Name: Bob; Size: 6", "Name: Cid; Size: 7"]


def test_ragged_rows_keep_every_cell():
    assert words("Name,Size\nAnn,5,extra\nBob\nCid,7\n") == [
        "Name: Ann; Size: 5; extra",
        "Name: Bob",
        "Name: Cid; Size: 7",
    ]


def test_a_single_column_is_lines():
    text = "Lorem, ipsum\ndolor sit\nadipiscing, elit\nut labore et\ndolore; magna\n"
    _, blocks = read(text)
    assert [said for _, said, _ in blocks] == text.strip().split("\n")
    assert {kind for kind, _, _ in blocks} == {Kind.PARAGRAPH}


def test_a_header_of_two_rows():
    text = "Group,Voters,Results,\n,,Accuracy,Time\nBlind,5,34.5%,1199\nDeaf,4,98%,1716\n"
    assert words(text) == [
        "Group: Blind; Voters: 5; Results, Accuracy: 34.5%; Results, Time: 1199",
        "Group: Deaf; Voters: 4; Results, Accuracy: 98%; Results, Time: 1716",
    ]


def test_years_are_names_of_columns():
    assert words("Region,2022,2023\nNorth,1.5,2.5\nSouth,3.5,4.5\n") == [
        "Region: North; 2022: 1.5; 2023: 2.5",
        "Region: South; 2022: 3.5; 2023: 4.5",
    ]


def test_rows_without_a_header_stay_as_they_are():
    assert words("Ann,5,2020-01-02\nBob,6,2021-03-04\n") == [
        "Ann; 5; 2020-01-02",
        "Bob; 6; 2021-03-04",
    ]


def test_a_header_in_doubt_can_be_found_itself():
    assert words("Name,City\nAnn,Paris\nBob,Rome\n") == [
        "Name; City",
        "Name: Ann; City: Paris",
        "Name: Bob; City: Rome",
    ]


def test_a_form_is_names_and_values():
    assert words("Name:,Ann\nAge:,31\nCity:,Oslo\n") == ["Name: Ann", "Age: 31", "City: Oslo"]


def test_tables_between_empty_rows_have_headers_of_their_own():
    text = "Costs,\nItem,Euro\nrope,5\n,\nStaff,\n\nName,Hours\nAnn,7\n,\nBob,8\n"
    document, blocks = read(text)
    assert document.title == "Costs"
    assert blocks == [
        (Kind.HEADING, "Costs", "row 1"),
        (Kind.BOILERPLATE, "Item; Euro", "row 2"),
        (Kind.PARAGRAPH, "Item: rope; Euro: 5", "row 3"),
        (Kind.HEADING, "Staff", "row 5"),
        (Kind.BOILERPLATE, "Name; Hours", "row 7"),
        (Kind.PARAGRAPH, "Name: Ann; Hours: 7", "row 8"),
        (Kind.PARAGRAPH, "Name: Bob; Hours: 8", "row 10"),
    ]


def test_a_note_below_a_table_is_prose():
    _, blocks = read("Item,Euro\nrope,5\n,\nAll prices with tax.,\n")
    assert blocks[-1] == (Kind.PARAGRAPH, "All prices with tax.", "row 4")


def test_a_header_that_is_repeated_is_not_searched():
    _, blocks = read("Item,Euro\nrope,5\nItem,Euro\nsail,90\n")
    assert blocks[2] == (Kind.BOILERPLATE, "Item; Euro", "row 3")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b",,,\n,,,\n", "all cells of the table are empty"),
        (b"PK\x03\x04rest", "this is a binary file, not text"),
    ],
)
def test_what_is_no_table(data, reason):
    with pytest.raises(ReadError) as caught:
        read_csv(data, "a.csv")
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "data",
    [
        b'a,b\n1,"x\n' * 20000,
        b'a,"b\n' * 2000 + b"x,y\n" * 20000,
        b"a," * 100000,
        b'"' * 500000,
        b'a,b\n1,"' + b"x " * 500000 + b'"\n',
        b"a,b\n1,\x00x\n",
    ],
    ids=["open quotes", "odd quotes", "wide", "quotes", "long cell", "nul"],
)
def test_hostile_tables_take_linear_time(data):
    began = time.process_time()
    document = read_csv(data, "a.csv")
    assert time.process_time() - began < 5
    assert document.blocks


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.text("ab1,;\"\n\t|'\\ é", max_size=8), min_size=1, max_size=4), max_size=6)
)
def test_no_word_of_a_cell_is_lost(rows):
    target = io.StringIO()
    csv.writer(target).writerows([["Name", "Number"], ["xyz", "5"], *rows])
    document = read_csv(target.getvalue().encode(), "a.csv")
    for row in rows:
        for cell in row:
            for letter in set("ab1é") & set(cell):
                assert letter in document.text
