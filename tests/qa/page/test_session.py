"""What one visitor asks: taking, answering, changing, stopping and judging."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from index.types import Filter
from qa.page.session import STOPPED, Session, Sessions
from qa.page.turn import Turn, asked_by, link_to

SAILS = "When does the ferry sail?"


@pytest.fixture
def session(sessions: Sessions) -> Session:
    return sessions.get("", "a page")


def ask(session: Session, question: str) -> Turn:
    assert session.take(question, Filter()) == ""
    list(session.answer())
    return session.turns[-1]


def text(turn: Turn) -> str:
    assert turn.answer is not None, turn.message
    return turn.answer.text


def test_a_question_waits_until_it_is_answered(session: Session) -> None:
    assert session.take(SAILS, Filter()) == ""
    assert session.turns[0].waiting
    list(session.answer())
    assert "nine" in text(session.turns[0])
    assert "the question is empty" in session.take(" ", Filter())
    assert len(session.turns) == 1


def test_a_changed_question_takes_its_place_and_what_follows_is_answered_anew(
    session: Session,
) -> None:
    session.paste("Lido\n\nThe lido opens at seven in summer. The lido opens at ten in winter.")
    ask(session, SAILS)
    ask(session, "When does the lido open in summer?")
    assert "winter" in (ask(session, "and in winter?").answer or session).understood  # type: ignore[union-attr]
    session.pick({"do": "judge", "turn": "3", "verdict": "right"})
    session.pick({"do": "change", "turn": "2"})
    assert session.changing == 2
    ask(session, "When does the ferry sail in summer?")
    assert [turn.question for turn in session.turns] == [
        SAILS,
        "When does the ferry sail in summer?",
        "and in winter?",
    ]
    follow_up = session.turns[2].answer
    assert follow_up is not None
    assert "ferry sail" in follow_up.understood
    assert session.turns[2].verdict == ""
    assert session.changing is None


def test_a_link_does_not_replace_what_is_being_changed(session: Session) -> None:
    ask(session, SAILS)
    session.pick({"do": "change", "turn": "1"})
    session.take_link("?q=Who+sails%3F&wide=1")
    assert [turn.question for turn in session.turns] == [SAILS, "Who sails?"]
    assert not session.turns[1].narrow
    assert asked_by(link_to(session.turns[1])) == session.turns[1]


def test_a_page_that_is_closed_meanwhile_leaves_the_question_to_the_next(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    index = session.shelf.assistant().index
    search = type(index).search

    def slow(*args: object, **more: object) -> object:
        go_on.wait(60)
        return search(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(type(index), "search", slow)
    session.take(SAILS, Filter())
    answering = session.answer()
    next(answering)
    answering.close()
    go_on.set()
    with session._answering:  # the work has ended
        assert session.turns[0].waiting
    list(session.answer())
    assert "nine" in text(session.turns[0])


def test_the_conversation_is_saved_though_no_document_is_left(session: Session) -> None:
    ask(session, SAILS)
    session.shelf.remove(session.shelf.documents[0].id)
    assert "nine" in session.export("md")
    assert json.loads(session.export("json"))[0]["question"] == SAILS


def test_a_question_that_is_not_changed_after_all_stays(session: Session) -> None:
    ask(session, SAILS)
    session.pick({"do": "change", "turn": "1"})
    session.pick({"do": "keep", "turn": "1"})
    ask(session, "Who sails?")
    assert [turn.question for turn in session.turns] == [SAILS, "Who sails?"]


def test_a_question_is_asked_again_with_the_documents_as_they_are_now(session: Session) -> None:
    asked = "How hot was the kiln?"
    assert "900" not in text(ask(session, asked))
    session.paste("Kiln\n\nThe kiln reached 900 degrees at noon.")
    session.pick({"do": "again", "turn": "1"})
    list(session.answer())
    assert len(session.turns) == 1
    assert "900" in text(session.turns[0])


def test_what_waits_can_be_stopped(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    began, go_on = threading.Event(), threading.Event()
    index = session.shelf.assistant().index
    search = type(index).search

    def slow(*args: object, **more: object) -> object:
        began.set()
        go_on.wait(60)
        return search(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(type(index), "search", slow)
    session.take(SAILS, Filter())
    session.take("Who sails?", Filter())
    answering = threading.Thread(target=lambda: list(session.answer()))
    answering.start()
    assert began.wait(60)
    assert session.turns[0].stage == "search"
    session.pick({"do": "stop"})
    go_on.set()
    answering.join(60)
    assert [turn.message for turn in session.turns] == [STOPPED, STOPPED]
    assert [turn.answer for turn in session.turns] == [None, None]
    monkeypatch.undo()
    session.pick({"do": "again", "turn": "1"})
    list(session.answer())
    assert "nine" in text(session.turns[0])


def test_a_conversation_that_is_forgotten_while_it_is_answered_stays_forgotten(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = session.shelf.assistant().index
    search = type(index).search

    def forgetting(*args: object, **more: object) -> object:
        session.forget()
        return search(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(type(index), "search", forgetting)
    session.take("Who sails?", Filter())
    session.take(SAILS, Filter())
    list(session.answer())
    assert session.turns == []
    assert session.pick({"do": "again", "turn": "1"}) == ""


def test_a_filter_that_a_question_named_is_taken_back(session: Session) -> None:
    session.paste("Lido\n\nIt opens.\n\n1 comment\n\nIt opens at six.\n\nPosted by Ann\n")
    ask(session, "What did Ann say?")
    session.pick({"do": "widen", "turn": "1"})
    list(session.answer())
    narrowed = [turn.answer.narrowed for turn in session.turns if turn.answer]
    assert narrowed == [{"author": "Ann"}, {}]


def test_feedback_that_cannot_be_kept_is_said(session: Session, tmp_path: Path) -> None:
    ask(session, SAILS)
    (tmp_path / "file").write_text("in the way")
    session.feedback = tmp_path / "file" / "feedback.jsonl"
    said = session.pick({"do": "judge", "turn": "1", "verdict": "right"})
    assert said.startswith("this could not be kept: ")
    assert session.turns[0].verdict == ""
    session.feedback = tmp_path / "said.jsonl"
    assert session.pick({"do": "judge", "turn": "1", "verdict": "right"}) == ""
    assert json.loads(session.feedback.read_text())["question"] == SAILS


@pytest.mark.parametrize(
    "clicked",
    [
        {},
        {"do": "read", "turn": "1", "passage": "../../etc/passwd"},
        {"do": "show", "turn": "99999999999999"},
        {"do": "show", "turn": "-1"},
        {"do": "again", "turn": "x"},
        {"do": "judge", "turn": "1", "verdict": "<script>"},
        {"do": "__class__", "turn": "1"},
        {"do": ["again"], "turn": {"a": 1}},
    ],
)
def test_a_browser_that_sends_nonsense_changes_nothing(
    session: Session, clicked: dict[str, object]
) -> None:
    ask(session, SAILS)
    before = [(turn.question, turn.answer, turn.verdict) for turn in session.turns]
    assert session.pick(clicked) == ""
    assert [(turn.question, turn.answer, turn.verdict) for turn in session.turns] == before
    assert session.source == ""
    assert not session.feedback.exists()


# -- links ----------------------------------------------------------------------------------------


def test_a_link_asks_the_same_again() -> None:
    only = Filter(("comment", "caption"), "Ann & <b>", "a b.txt")
    turn = Turn('what "territory"\n & more?', only=only)
    again = asked_by(link_to(turn))
    assert again == turn
    assert asked_by("") is None
    assert asked_by("?__theme=dark") is None
    assert asked_by("?q=%00%ff<script>").question == "\0\ufffd<script>"  # type: ignore[union-attr]


def test_what_a_link_asks_is_taken_as_if_typed(session: Session) -> None:
    assert session.take_link("") == ""
    assert session.turns == []
    assert session.take_link("?q=" + "w" * 3000).startswith("the question has 3,000 characters")
    assert session.take_link("?q=When+does+the+ferry+sail%3F&author=Nobody") == ""
    list(session.answer())
    assert "no passage by 'Nobody'" in (session.turns[0].message or "")


# -- whose is what --------------------------------------------------------------------------------


def test_visitors_have_their_own_unless_documents_are_shared(
    make_sessions: Callable[..., Sessions],
) -> None:
    for shared in (False, True):
        sessions = make_sessions(share_documents=shared)
        first, second = sessions.get("", "page 1"), sessions.get("", "page 2")
        assert first.key != second.key
        first.paste("The lido\n\nThe lido opens at seven.")
        assert len(second.shelf.own) == int(shared)
        assert sessions.get(first.key, "another page") is first
        assert sessions.get("guessed", "page 3") is not first


def test_a_browser_keeps_its_key_over_a_restart(make_sessions: Callable[..., Sessions]) -> None:
    before = make_sessions().get("", "page")
    before.paste("The lido\n\nThe lido opens at seven.")
    before.shelf.keep("lido")
    after = make_sessions().get(before.key, "page")
    assert after.key == before.key
    assert after.shelf.kept == ["lido"]


def test_who_logs_in_finds_their_collections_and_not_another_s_conversation(
    make_sessions: Callable[..., Sessions],
) -> None:
    sessions = make_sessions()
    ann = sessions.get("", "page", "ann")
    ann.take(SAILS, Filter())
    ann.paste("The lido\n\nThe lido opens at seven.")
    ann.shelf.keep("lido")
    assert sessions.get(ann.key, "page", "bob").turns == []
    assert sessions.get(ann.key, "page", "bob").shelf.kept == []
    assert sessions.get("", "elsewhere", "ann").shelf.kept == ["lido"]


def test_the_eldest_are_forgotten(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.page.session.MOST_SESSIONS", 2)
    one, two = sessions.get("", "1"), sessions.get("", "2")
    sessions.shelf(one.key)
    sessions.get("", "3")
    assert sessions.get(one.key) is one
    assert sessions.get(two.key) is not two


def test_who_has_asked_or_added_is_remembered_before_who_has_not(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.page.session.MOST_SESSIONS", 3)
    asked, added = sessions.get("", "1"), sessions.get("", "2")
    asked.take(SAILS, Filter())
    added.paste("Lido\n\nThe lido opens at seven.")
    for number in range(5):
        sessions.get("", f"stranger {number}")
    assert sessions.get(asked.key) is asked
    assert sessions.get(added.key) is added
