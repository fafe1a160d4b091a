"""What one visitor has asked, kept while the program runs so that a reload of the page shows it again."""

from __future__ import annotations

import logging
import re
import secrets
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import ArgumentError, Error
from index.types import FileReport, Filter, Passage
from qa.feedback import VERDICTS, judged, keep
from qa.page.library import UNEXPECTED, Library
from qa.page.shelf import Shelf
from qa.page.source import source
from qa.page.turn import Turn

MOST_SESSIONS = 500
"""How many visitors are remembered; of more, those are forgotten who came back longest ago."""
logger = logging.getLogger(__name__)


@dataclass
class Session:
    """One visitor's conversation."""

    shelf: Shelf
    """What is asked."""
    feedback: Path
    """Where what the visitor says of answers is kept."""
    turns: list[Turn] = field(default_factory=list)
    selected: int | None = None
    """The number of the turn whose passages are shown, from 1; None for the last one."""
    source: str = ""
    """The markup of the document that is open; empty when none is."""

    def take(self, question: str, only: Filter) -> str:
        """Add a question, to be answered; what is wrong with it, if anything is."""
        from qa.assistant import check_question

        try:
            self.turns.append(Turn(check_question(question), only=only))
        except ArgumentError as error:
            return str(error)
        self.selected, self.source = None, ""
        return ""

    def answer(self) -> bool:
        """Answer what waits, each question in the light of those before it; False for nothing."""
        from qa.conversation.conversation import Conversation

        waited = False
        for number, turn in enumerate(self.turns):
            if not turn.waiting:
                continue
            waited = True
            before = [each.answer for each in self.turns[:number] if each.answer is not None]
            only = turn.only
            try:
                turn.answer = Conversation(self.shelf.assistant(), before).ask(
                    turn.question,
                    kinds=only.kinds,
                    author=only.author,
                    document=only.document,
                    narrow=turn.narrow,
                )
            except Error as error:
                turn.message = str(error)
            except Exception:
                turn.message = UNEXPECTED
                logger.exception("a question could not be answered")
        return waited

    def paste(self, text: str) -> list[FileReport]:
        """Add a text as a document, named by its first line; what became of it."""
        first = next((line.strip() for line in text.splitlines() if line.strip()), "text")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "pasted"
            path.write_bytes(text.encode("utf-8", "replace"))
            name = re.sub(r"[^\w -]", "", first)[:60].strip() or "pasted"
            list(self.shelf.add([(f"{name}.txt", path)]))
        return self.shelf.reports

    def pick(self, clicked: Mapping[str, object]) -> None:
        """Do what was clicked within the markup.

        Args:
            clicked: the ``data-`` attributes: "turn" to show its passages, with "passage" to read that
                one in its document, "widen" to ask a question again without the filter that it named,
                "verdict", "right" (a passage) and "note" to judge a turn's answer; anything else
                closes the document.
        """
        said = {name: value for name, value in clicked.items() if isinstance(value, str)}
        self.source = ""
        if {"verdict", "right", "note"} & said.keys():
            self._judge(said)
        elif number := self._number(said.get("widen")):
            turn = self.turns[number - 1]
            self.turns.append(Turn(turn.question, only=turn.only, narrow=False))
            self.selected = None
        elif number := self._number(said.get("turn")):
            self.selected = number
            answer = self.turns[number - 1].answer
            passage = self._passage(number, said.get("passage"))
            if passage and answer:
                self.source = source(passage, answer.citations)

    def _judge(self, clicked: Mapping[str, str]) -> None:
        """Keep what the visitor says of an answer."""
        number = self._number(clicked.get("turn"))
        answer = self.turns[number - 1].answer if number else None
        if number is None or answer is None:
            return
        turn = self.turns[number - 1]
        said = clicked.get("verdict")
        if said in VERDICTS:
            turn.verdict = said
        if turn.verdict:
            passage = self._passage(number, clicked.get("right"))
            row = judged(answer, turn.verdict, passage=passage, note=clicked.get("note") or "")
            keep(row, self.feedback)

    def forget(self) -> None:
        """Begin anew."""
        self.turns.clear()
        self.selected, self.source = None, ""

    def export(self, kind: str) -> str:
        """The conversation as the text of a file: "md" or "json"."""
        from qa.conversation.conversation import Conversation

        answers = [turn.answer for turn in self.turns if turn.answer is not None]
        held = Conversation(self.shelf.assistant(), answers)
        return held.to_markdown() if kind == "md" else held.to_json()

    def _number(self, given: str | None) -> int | None:
        """A turn's number that the browser sent; None for what is none."""
        number = int(given) if given and given.isdecimal() and len(given) < 9 else 0
        return number if 1 <= number <= len(self.turns) else None

    def _passage(self, number: int, passage_id: str | None) -> Passage | None:
        """A passage of a turn by its id: only what was shown can be opened."""
        answer = self.turns[number - 1].answer
        if answer is None:
            return None
        shown = [hit.passage for hit in answer.hits]
        shown += [citation.passage for citation in answer.citations]
        return next((passage for passage in shown if passage.id == passage_id), None)


class Sessions:
    """Everybody's, each under a key that only the visitor's browser has.

    Args:
        library: what everybody can ask.
        feedback: the file for what visitors say of answers.
        max_bytes: the largest file that a visitor may add.
        share_documents: whether what one visitor adds is everybody's.
    """

    def __init__(
        self, library: Library, feedback: Path, *, max_bytes: int, share_documents: bool
    ) -> None:
        self._library, self._feedback, self._max_bytes = library, feedback, max_bytes
        self._shared = Shelf(library, max_bytes) if share_documents else None
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Session] = OrderedDict()
        self._new: OrderedDict[str, str] = OrderedDict()

    def get(self, key: str, page: str | None) -> tuple[str, Session]:
        """The session of a key; a new one with a key of its own where the key is not known.

        Args:
            key: what the browser keeps; empty before it has one.
            page: names the page that is open. A question that is asked there before the browser has
                its key belongs to the same session as what follows.
        """
        with self._lock:
            if key not in self._known:
                key = secrets.token_urlsafe(24)
                if page is not None:
                    key = self._new.setdefault(page, key)
                self._known.setdefault(key, Session(self._shelf(), self._feedback))
            self._known.move_to_end(key)
            for some in (self._known, self._new):
                while len(some) > MOST_SESSIONS:
                    some.popitem(last=False)
            return key, self._known[key]

    def _shelf(self) -> Shelf:
        return self._shared or Shelf(self._library, self._max_bytes)
