import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.readers.xlsx.formats import BUILT_IN, show_number


@pytest.mark.parametrize(
    ("number", "code", "shown"),
    [
        ("42", None, "42"),
        ("0.1", None, "0.1"),
        ("0.30000000000000004", None, "0.3"),
        ("1e-5", None, "0.00001"),
        ("12345678901234", None, "12345678901234"),
        ("1E+20", None, "1E+20"),
        ("0.125", "0.0%", "12.5%"),
        ("0.125", "0%", "13%"),
        ("1234.5", "#,##0.00", "1,234.50"),
        ("-1234.5", "#,##0.00;(#,##0.00)", "(1,234.50)"),
        ("1234.5", "[$€-2] #,##0.00", "€ 1,234.50"),
        ("1234.5", "#,##0.00\\ [$€-407]", "1,234.50 €"),
        ("-5", "0", "-5"),
        ("-0.001", "0.0", "0.0"),
        ("0", '_-* #,##0_-;\\-* #,##0_-;_-* "-"??_-', "-"),
        ("1234567", '#,##0.0,,"M"', "1.2M"),
        ("5551234567", "(000) 000-0000", "(555) 123-4567"),
        ("7", "000", "007"),
        ("42", '0 "pieces"', "42 pieces"),
        ("3", '[<2]0" day";0" days"', "3 days"),
        ("1", '[<2]0" day";0" days"', "1 day"),
        ("0.00012", "0.00E+00", "1.20E-04"),
        ("1.75", "# ?/?", "1 3/4"),
        ("0.99", "# ?/?", "1"),
        ("45077", "yyyy-mm-dd", "2023-05-31"),
        ("45077", "[$-407]d.\\ mmmm\\ yyyy", "31. May 2023"),
        ("45077", "dddd, mmm d", "Wednesday, May 31"),
        ("45077.75", "m/d/yyyy h:mm AM/PM", "5/31/2023 6:00 PM"),
        ("0.5", "hh:mm:ss", "12:00:00"),
        ("1.5", "[h]:mm", "36:00"),
        ("1", "yyyy-mm-dd", "1900-01-01"),
        ("0.99999999", "hh:mm", "00:00"),
        ("-45", "yyyy", "-45"),
        ("99999999999", "yyyy", "99999999999"),
        ("5", 'General "x"', "5 x"),
        ("no number", "0", "no number"),
        ("nan", "0", "nan"),
        ("1e999", "0", "1e999"),
    ],
)
def test_numbers_are_shown_as_in_a_spreadsheet(number, code, shown):
    assert show_number(number, code) == shown


def test_days_counted_from_1904():
    assert show_number("0", "yyyy-mm-dd", from_1904=True) == "1904-01-01"


def test_built_in_dates_are_iso_dates():
    assert show_number("45077", BUILT_IN[14]) == "2023-05-31"
    assert show_number("45077.5", BUILT_IN[22]) == "2023-05-31 12:00"


@settings(max_examples=300, deadline=None)
@given(
    st.floats(allow_nan=True).map(repr) | st.integers().map(str) | st.text(max_size=6),
    st.text('0#?.,%E+-/ymdhsAP"\\[]$;_*@<>=General :', max_size=20) | st.text(max_size=8),
)
def test_every_format_shows_something_or_nothing_but_never_fails(number, code):
    assert isinstance(show_number(number, code), str)
