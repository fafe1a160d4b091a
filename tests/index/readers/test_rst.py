"""reStructuredText: its blocks, its marks, and what it asks for but does not get."""

import time

import pytest

from index.errors import ReadError
from index.readers.rst import read_rst
from index.types import Kind


def kinds(text):
    document = read_rst(text, "folder/notes.rst")
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def paragraphs(text):
    return [words for kind, words in kinds(text) if kind is Kind.PARAGRAPH]


PAGE = """\
:orphan:

.. _bridge:

===================
 A bridge at *last*
===================

:Author: Ann Olsen
:Date: $Date: 2026-01-05 $
:Organization: City of Elmstad

.. This is a comment
   of two lines.

Elmstad opened its **bridge** on Monday, see `the plan <https://example.org>`_,
nine years after the first stone.

The tests
=========

* sand
* water

Of lorries
----------

A term
    Its meaning, in
    two lines.

They were loaded with::

    900 tons
      of sand

.. note:: Bring ``boots``
   and a coat.

   It is wet.

.. figure:: boat.jpg
   :alt: A boat below the bridge

   Seen from the *old* ferry quay.

   The quay was built in 1911.

The tolls
=========

    Never again, said the mayor.

----

| One line
| and another.

.. [1] Counted in May.
"""


def test_a_page():
    document = read_rst(PAGE, "a.rst")
    assert (document.title, document.author, document.date) == (
        "A bridge at last",
        "Ann Olsen",
        "2026-01-05",
    )
    assert kinds(PAGE) == [
        (Kind.TITLE, "A bridge at last"),
        (Kind.BYLINE, "Ann Olsen"),
        (Kind.DATE, "2026-01-05"),
        (Kind.PARAGRAPH, "Organization: City of Elmstad"),
        (
            Kind.PARAGRAPH,
            "Elmstad opened its bridge on Monday, see the plan,\nnine years after the first stone.",
        ),
        (Kind.HEADING, "The tests"),
        (Kind.PARAGRAPH, "* sand\n* water"),
        (Kind.HEADING, "Of lorries"),
        (Kind.PARAGRAPH, "A term\nIts meaning, in\ntwo lines."),
        (Kind.PARAGRAPH, "They were loaded with:"),
        (Kind.PARAGRAPH, "900 tons\n  of sand"),
        (Kind.PARAGRAPH, "Bring boots\nand a coat."),
        (Kind.PARAGRAPH, "It is wet."),
        (Kind.CAPTION, "A boat below the bridge"),
        (Kind.CAPTION, "Seen from the old ferry quay."),
        (Kind.PARAGRAPH, "The quay was built in 1911."),
        (Kind.HEADING, "The tolls"),
        (Kind.PARAGRAPH, "Never again, said the mayor."),
        (Kind.PARAGRAPH, "One line\nand another."),
        (Kind.PARAGRAPH, "[1] Counted in May."),
    ]
    levels = [block.level for block in document.blocks if block.kind is Kind.HEADING]
    assert levels == [2, 3, 2]


def test_a_text_without_a_title_is_named_by_its_file():
    assert read_rst("Some words.", "folder/notes.rst").title == "notes"


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("a ``literal *x*`` b", "a literal *x* b"),
        ("*one* and **two words**", "one and two words"),
        ("2 * 3 * 4 and snake_case and __init__", "2 * 3 * 4 and snake_case and __init__"),
        (":meth:`~index.Index.search` and :ref:`the plan <plan>`", "search and the plan"),
        (":pep:`8` and :class:`!Path`", "PEP 8 and Path"),
        (
            "`a link`_ and reference_ and `<https://x.org>`_",
            "a link and reference and https://x.org",
        ),
        ("note [1]_ and [#]_", "note [1] and [*]"),
        ("H\\ :sub:`2`\\ O and \\*", "H2O and *"),
        ("|name| and |other|\n\n.. |name| replace:: Elmstad *town*", "Elmstad town and other"),
    ],
)
def test_marks_within_lines(source, seen):
    assert paragraphs(source) == [seen]


def test_lists():
    short = "1. sand\n2. water\n\n   and more"
    assert paragraphs(short) == ["1. sand\n2. water\n   and more"]
    long = "\n".join(f"- item {n} " + "of sand " * 20 for n in range(3)) + "\n\n  Second paragraph."
    found = paragraphs(long)
    assert [words[:8] for words in found] == ["- item 0", "- item 1", "- item 2", "Second p"]
    assert paragraphs("A. Smith came on Monday\nand left.") == [
        "A. Smith came on Monday\nand left."
    ]


def test_tables():
    grid = (
        "+------+-------+\n| City | Tons  |\n+======+=======+\n| Elm- | 900   |\n| stad |       |\n"
        "+------+-------+\n| All of it    |\n+------+-------+\n"
    )
    assert kinds(grid) == [
        (Kind.BOILERPLATE, "City | Tons"),
        (Kind.PARAGRAPH, "City: Elm- stad; Tons: 900"),
        (Kind.PARAGRAPH, "City: All of it"),
    ]
    simple = (
        "=====  ====\nCity   Tons\n=====  ====\nElm    900\nOak    70\n       more\n=====  ===="
    )
    assert paragraphs(simple) == ["City: Elm; Tons: 900", "City: Oak; Tons: 70 more"]
    assert paragraphs("===  ===\none  two\n===  ===\n\nWords.") == ["one; two", "Words."]


def test_tables_in_directives():
    listed = (
        ".. list-table:: Loads\n   :header-rows: 1\n\n   * - City\n     - Tons\n   * - Elmstad\n"
        "     - 900\n       and more\n"
    )
    assert kinds(listed) == [
        (Kind.CAPTION, "Loads"),
        (Kind.BOILERPLATE, "City | Tons"),
        (Kind.PARAGRAPH, "City: Elmstad; Tons: 900 and more"),
    ]
    rows = '.. csv-table:: Loads\n   :header: City, Tons\n\n   "Elm, stad", 900\n'
    assert paragraphs(rows) == ["City: Elm, stad; Tons: 900"]


def test_directives():
    source = (
        ".. code-block:: python\n   :caption: Count\n\n   print(1)\n\n"
        ".. versionadded:: 3.2\n   The *arch*.\n\n"
        ".. function:: load(path, *args)\n              dump(x)\n\n   Loads it.\n\n"
        ".. warning::\n\n   Never alone.\n\n.. math:: a = b\n\n.. unknown::\n\n   Words.\n"
    )
    assert kinds(source) == [
        (Kind.CAPTION, "Count"),
        (Kind.PARAGRAPH, "print(1)"),
        (Kind.PARAGRAPH, "Added in version 3.2: The arch."),
        (Kind.PARAGRAPH, "load(path, *args)\ndump(x)"),
        (Kind.PARAGRAPH, "Loads it."),
        (Kind.PARAGRAPH, "Never alone."),
        (Kind.PARAGRAPH, "a = b"),
        (Kind.PARAGRAPH, "Words."),
    ]


@pytest.mark.parametrize(
    "source",
    [
        ".. include:: /etc/passwd",
        ".. raw:: html\n   :file: /etc/passwd",
        ".. raw:: html\n\n   <script>x</script>",
        ".. csv-table:: \n   :url: https://example.org/x.csv",
        ".. csv-table:: \n   :file: /etc/passwd",
        ".. literalinclude:: /etc/passwd",
        ".. toctree::\n\n   one\n   two",
        ".. only a comment\n\n..\n\n.. _target: https://example.org",
        "\n\n",
    ],
)
def test_nothing_is_fetched(source):
    assert paragraphs(f"Words.\n\n{source}\n\nMore.") == ["Words.", "More."]
    with pytest.raises(ReadError, match="no words for a reader"):
        read_rst(source, "a.rst")


def test_code_as_it_is():
    assert paragraphs(">>> a = 1\n... a * 2\n    3\n\nWords::\n\n> quoted *x*\n> y\n\nEnd.") == [
        ">>> a = 1\n... a * 2\n    3",
        "Words:",
        "> quoted *x*\n> y",
        "End.",
    ]


@pytest.mark.parametrize(
    "line",
    ["a `", "*a ", "**", "|a ", "a_ ", "`a <", "\\", "- a\n", " - a\n", ".. a::\n", ":a: b\n", "=\n",
     "====  ====\n", "+--+--+\n", "::\n\n", "a\n b\n", "x\n", "==\n", ".. |a| replace:: b\n", "[a"],
)  # fmt: skip
def test_much_of_anything_takes_no_time(line):
    start = time.process_time()
    try:
        read_rst(line * (20_000 // len(line)), "a.rst")
    except ReadError:
        assert line.startswith((".. ", "=", "+", "::", "*", "|", "\\", "`"))
    assert time.process_time() - start < 2


def test_blocks_deep_in_one_another():
    text = "\n".join(" " * n + f"term {n}" for n in range(300))
    assert "term 299" in read_rst(text, "a.rst").text
