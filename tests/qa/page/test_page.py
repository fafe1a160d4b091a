"""What the page's handlers show; the widgets themselves are tested in a browser."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from qa.page.library import Library
from qa.page.page import Page
from qa.page.session import Sessions

VISIT: Any = SimpleNamespace(session_hash="a page", username=None)


@pytest.fixture
def page(library: Library, sessions: Sessions) -> Page:
    return Page(library, sessions)


def test_the_end_of_loading_shows_an_empty_page_what_can_be_asked(page: Page) -> None:
    key = page.arrive("", "", VISIT)[page.key]
    (*_, last) = page.follow(key, VISIT)
    assert "1 document" in last[page.head]
    assert "<bdi>Ferry</bdi>" in last[page.talk]


def test_the_end_of_loading_leaves_a_conversation_alone(page: Page, sessions: Sessions) -> None:
    """It is shown while the question of a link is answered, and may come after the answer."""
    key = page.arrive("", "?q=When+does+the+ferry+sail", VISIT)[page.key]
    assert [turn.waiting for turn in sessions.get(key).turns] == [True]
    (*_, last) = page.follow(key, VISIT)
    assert "1 document" in last[page.head]
    assert page.talk not in last
    assert page.evidence not in last
    (*_, answered) = page.reply(key, VISIT)
    assert "nine" in answered[page.talk]


def test_a_page_that_is_opened_while_the_answer_comes_shows_it(
    page: Page, sessions: Sessions
) -> None:
    key = page.arrive("", "?q=When+does+the+ferry+sail", VISIT)[page.key]
    list(sessions.get(key).answer())  # for another page, which was open before
    (*_, resumed) = page.resume(key, VISIT)
    assert "nine" in resumed[page.talk]
    assert "nine" in resumed[page.evidence]


def test_a_page_that_is_opened_keeps_saying_what_was_wrong_with_its_link(page: Page) -> None:
    arrived = page.arrive("", "?q=+", VISIT)
    assert "question is empty" in arrived[page.hint]
    assert all(page.hint not in shown for shown in page.resume(arrived[page.key], VISIT))
