"""The list of the worst errors."""

from __future__ import annotations

from dataclasses import replace

from index.types import Document, Hit, Passage, Score
from qa.answer import Answer, Citation
from qa.evaluation import errors
from qa.evaluation.dataset import text_document
from qa.evaluation.result import Outcome, Result

BRIDGE: Document = text_document("bridge", "Bridge", ["It was painted *green* by volunteers."])
PASSAGE = Passage(BRIDGE, BRIDGE.blocks[0].kind, 0, len(BRIDGE.text))


def outcome(
    question: str, words: str, confidence: float, *, right: bool, answerable: bool = True
) -> Outcome:
    given = words if not words.startswith("-") else ""
    answer = Answer(
        question,
        given,
        given,
        abstained=not given,
        confidence=confidence,
        citations=(Citation(1, PASSAGE, 0, 6, 0, 6),) if given else (),
        hits=(Hit(PASSAGE, 0.5, Score(0.5, 0.5)),),
        nearest="" if given else words[1:],
    )
    return Outcome(
        question,
        question,
        answerable,
        1,
        0.1,
        answer,
        gold=("forty volunteers", "volunteers") if answerable else (),
        best_right=right,
        right_text="The right\npassage.",
    )


OUTCOMES = (
    outcome("Right?", "volunteers", 0.99, right=True),
    outcome("Wrong and unsure?", "green", 0.4, right=False),
    outcome("Wrong and sure?", "a <b>tag</b>", 0.9, right=False),
    outcome("No answer?", "paint", 0.6, right=False, answerable=False),
    outcome("Refused?", "-the volunteers", 0.2, right=True),
    outcome("Rightly refused?", "-paint", 0.1, right=False, answerable=False),
)
RESULT = Result("folder/my_set.json", 6, 1, 1, (), OUTCOMES)


def test_the_surest_wrong_answers_come_first_then_refusals() -> None:
    text = errors.as_markdown([RESULT])
    listed = ["Wrong and sure?", "No answer?", "Wrong and unsure?", "Refused?"]
    places = [text.index(f"**{question}**") for question in listed]
    assert places == sorted(places)
    assert "**Right?**" not in text
    assert "**Rightly refused?**" not in text
    assert "### Wrong answers: 3\n" in text
    assert "### Refused, though there is an answer: 1\n" in text


def test_an_entry_has_what_a_person_needs() -> None:
    text = errors.as_markdown([RESULT])
    assert (
        r"""1. **Wrong and sure?**
   - right: forty volunteers · volunteers
   - given: a \<b\>tag\</b\> (confidence 0.90)
   - taken from: *Bridge*: It was painted \*green\* by volunteers.
   - right passage: The right passage."""
        in text
    )
    assert "   - right: there is no answer\n   - given: paint (confidence 0.60)" in text
    assert "   - was asked about: The right passage." in text
    assert "   - withheld: the volunteers (confidence 0.20)" in text
    assert r"## folder/my\_set.json" in text


def test_no_more_than_fifty_are_listed() -> None:
    many = replace(RESULT, outcomes=OUTCOMES[1:2] * 60 + OUTCOMES[4:5] * 60)
    text = errors.as_markdown([many])
    assert text.count("confidence") == 50
    assert "### Wrong answers: 60, the 30 surest" in text
    assert "none" in errors.as_markdown([replace(RESULT, outcomes=OUTCOMES[:1])])
