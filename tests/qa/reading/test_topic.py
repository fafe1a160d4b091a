"""What a question is about, said again where a passage does not name it."""

from __future__ import annotations

import pytest

from qa.reading.topic import said_again, topic_of

LINE = "Northwind runs forty ships. Since May the line has lost a tenth of them. Northwind is old."


@pytest.mark.parametrize(
    ("question", "text", "name"),
    [
        ("How many ships has Northwind lost?", LINE, "Northwind"),
        ("how many ships has northwind lost", LINE, "Northwind"),
        ("Who leads the University of Tarn?", "In the University of Tarn it snows.", "University of Tarn"),
        ("How tall is Mount St. Elia?", "Then Mount St. Elia erupted.", "Mount St. Elia"),
        ("What did Jean-Luc Moreau say?", "It was Jean-Luc Moreau who said it.", "Jean-Luc Moreau"),
        ("When did Apollo 11 land?", "They knew that Apollo 11 had landed.", "Apollo 11"),
        ("What has IS lost?", "The losses of IS are large.", "IS"),
        ("Which US ports are open?", "Most US ports are open.", "US"),
        ("Wann wurde Zürich gegründet?", "Die Stadt Zürich ist alt.", "Zürich"),
        ("Where is Ostrey and where is Berg?", "From Berg one sees Ostrey.", "Berg"),
    ],
)  # fmt: skip
def test_a_name_of_both_is_found(question: str, text: str, name: str) -> None:
    topic = topic_of(question, text)
    assert topic is not None
    assert topic.name == name
    assert text[topic.end - len(name) : topic.end] == name


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many ships has Southwind lost?", LINE),
        ("how many ships has the line lost?", LINE),
        ("What is the price?", "The price is high. It is what it is, and What is a word."),
        ("What is the IT budget?", "It is the largest."),  # a word like the initials
        ("How old are mills?", "Mills are old. Some mills are young."),  # begins a sentence only
        ("Was it I or a B?", "So I said, or A or B."),
        ("", LINE),
        ("How many ships has Northwind lost?", ""),
    ],
)
def test_where_there_is_none_nothing_is_said(question: str, text: str) -> None:
    assert topic_of(question, text) is None
    assert said_again(question, text) == []


def test_it_is_said_where_a_sentence_has_none_of_its_words() -> None:
    question = "What did Ada Brook find?"
    text = (
        "At noon it rained. Ada Brook left the quay, and Brook was wet. She found a key."
        " Ada’s coat was red. The key was made of brass."
    )
    assert said_again(question, text) == [
        (text.index("She found"), "Ada Brook"),
        (text.index("The key was"), "Ada Brook"),
    ]


def test_initials_are_told_from_words_by_their_case() -> None:
    text = "For years IS lost land. What is left is little. Few of IS stayed."
    assert said_again("What is left of IS?", text) == [(text.index("What is left"), "IS")]
