"""What one visitor has asked, kept while the program runs so that a reload of the page shows it again."""

from __future__ import annotations

import logging
import re
import secrets
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from index.errors import ArgumentError, Error
from index.types import FileReport, Filter, Passage
from qa.answer import Answer
from qa.feedback import VERDICTS, judged, keep
from qa.page.collections import Collections
from qa.page.library import UNEXPECTED, Library
from qa.page.shelf import Batch, Shelf
from qa.page.source import source
from qa.page.turn import Turn, asked_by
from qa.page.work import Stopped, told

MOST_SESSIONS = 500
"""How many visitors are remembered; of more, those are forgotten who came back longest ago."""
STOPPED = "Stopped"
EVERYBODY = "everybody"
"""Whose the documents are that all visitors share."""
_KEY = re.compile(r"[\w-]{32}")
logger = logging.getLogger(__name__)


@dataclass
class Session:
    """One visitor's conversation."""

    key: str
    """Only the visitor's browser has it."""
    shelf: Shelf
    """What is asked."""
    feedback: Path
    """Where what the visitor says of answers is kept."""
    turns: list[Turn] = field(default_factory=list)
    selected: int | None = None
    """The number of the turn whose passages are shown, from 1; None for the last one."""
    changing: int | None = None
    """The number of the turn whose question the next one replaces; None for none."""
    source: str = ""
    """The markup of the document that is open; empty when none is."""
    adding: Batch | None = None
    """The files that were added last, or are being added."""
    _answering: threading.Lock = field(default_factory=threading.Lock)
    """Held by whoever answers: that takes a while."""
    _lock: threading.RLock = field(default_factory=threading.RLock)
    """Held while the turns change or one is looked up by its number."""

    # -- asking -----------------------------------------------------------------------------------

    def take(self, question: str, only: Filter) -> str:
        """Add a question, to be answered; what is wrong with it, if anything is.

        In the place of the one that is being changed, where one is: what came after it is answered
        anew, as it may refer to it.
        """
        from qa.assistant import check_question

        try:
            turn = Turn(check_question(question), only=only)
        except ArgumentError as error:
            return str(error)
        with self._lock:
            if self.changing is None:
                self.turns.append(turn)
            else:
                self.stop(self.changing)
                later = [each.again() for each in self.turns[self.changing :]]
                self.turns[self.changing - 1 :] = [turn, *later]
            self.selected, self.changing, self.source = self.changing, None, ""
        return ""

    def take_link(self, link: str) -> str:
        """Add the question that an address asks, if it asks one; what is wrong with it, if anything."""
        asked = asked_by(link)
        if asked is None:
            return ""
        with self._lock:
            self.changing = None  # a link must not replace what the visitor asked
            problem = self.take(asked.question, asked.only)
            if not problem:
                self.turns[-1].narrow = asked.narrow
        return problem

    def answer(self) -> Iterator[None]:
        """Answer what waits, each question in the light of those before it.

        Yields:
            Whenever there is something new to show.
        """
        with suppress(Stopped):
            for _ in told(self._answer_all):
                yield

    def stop(self, first: int = 1) -> None:
        """Answer nothing more of what waits, from a turn on."""
        for turn in self.turns[first - 1 :]:
            if turn.waiting:
                turn.message = STOPPED

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self.stop()
            self.selected, self.changing, self.source = None, None, ""
            self.turns.clear()

    def _answer_all(self, tell: Callable[[str], None]) -> None:
        with self._answering:
            while True:
                turns = list(self.turns)  # they may change meanwhile
                first = next((n for n, each in enumerate(turns) if each.waiting), None)
                if first is None:
                    return
                self._answer_one(turns[first], turns[:first], tell)

    def _answer_one(self, turn: Turn, before: Sequence[Turn], tell: Callable[[str], None]) -> None:
        def watch(stage: str) -> None:
            if not turn.waiting:
                raise Stopped
            turn.stage = stage
            tell(stage)

        try:
            answer = self._ask(turn, before, watch)
            if turn.waiting:
                turn.answer = answer
        except Stopped:
            if turn.waiting:  # the page was closed; it is answered when it is open again
                raise
        except Error as error:
            turn.message = str(error)
        except Exception:
            turn.message = UNEXPECTED
            logger.exception("a question could not be answered")

    def _ask(self, turn: Turn, before: Sequence[Turn], watch: Callable[[str], None]) -> Answer:
        from qa.conversation.conversation import Conversation

        answers = [each.answer for each in before if each.answer is not None]
        return Conversation(self.shelf.assistant(), answers).ask(
            turn.question,
            kinds=turn.only.kinds,
            author=turn.only.author,
            document=turn.only.document,
            narrow=turn.narrow,
            watch=watch,
        )

    # -- documents --------------------------------------------------------------------------------

    def paste(self, text: str) -> list[FileReport]:
        """Add a text as a document, named by its first line; what became of it."""
        first = next((line.strip() for line in text.splitlines() if line.strip()), "text")
        name = re.sub(r"[^\w -]", "", first)[:60].strip() or "pasted"
        return self.add_bytes(f"{name}.txt", text.encode("utf-8", "replace"))

    def add_bytes(self, name: str, content: bytes) -> list[FileReport]:
        """Add a file by its content; what became of it."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "added"
            path.write_bytes(content)
            batch = Batch([(name, path)])
            for _ in self.shelf.add(batch):
                pass
        return batch.reports

    def add_files(self, files: Sequence[tuple[str, Path]]) -> Iterator[str | list[FileReport]]:
        """Add files, and delete what is left of them here.

        Yields:
            What is being done, for a person; at the end, what became of each.
        """
        batch = self.adding = Batch(files)
        try:
            yield from self.shelf.add(batch)
        finally:
            for _, file in files:
                file.unlink(missing_ok=True)
        yield batch.reports

    def stop_adding(self) -> None:
        """Add nothing of the files that are being added."""
        if self.adding is not None:
            self.adding.stopped.set()

    # -- what is clicked --------------------------------------------------------------------------

    def pick(self, clicked: Mapping[str, object]) -> str:
        """Do what was clicked within the markup.

        Args:
            clicked: the ``data-`` attributes. "do" says what: "show" the passages of a "turn", "read"
                its "passage" in the document, "close" that, "ask" a "question", ask a turn "again",
                "change" its question or "keep" it, ask it without the filter that it named ("widen"),
                "stop", or judge it by a "verdict", the "right" passage or a "note".

        Returns:
            What is wrong, if anything is.
        """
        said = {name: value for name, value in clicked.items() if isinstance(value, str)}
        do = said.get("do")
        with self._lock:
            self.source = ""
            if do == "ask":
                return self.take(said.get("question", ""), Filter())
            if do == "stop":
                self.stop()
            elif number := self._number(said.get("turn")):
                return self._do(do, number, said)
        return ""

    def _do(self, do: str | None, number: int, said: Mapping[str, str]) -> str:
        turn = self.turns[number - 1]
        if do == "judge":
            return self._judge(turn, number, said)
        if do == "again":
            self.turns[number - 1] = turn.again()
        elif do == "widen":
            self.turns.append(replace(turn.again(), narrow=False))
            self.selected = None
        elif do == "change":
            self.changing = number
        elif do == "keep":
            self.changing = None
        else:
            self.selected = number
            passage = self._passage(number, said.get("passage"))
            if passage and turn.answer:
                self.source = source(passage, turn.answer.citations)
        return ""

    def _judge(self, turn: Turn, number: int, said: Mapping[str, str]) -> str:
        """Keep what the visitor says of an answer; what is wrong, if anything is."""
        if turn.answer is None:
            return ""
        verdict = said.get("verdict", turn.verdict)
        if verdict not in VERDICTS:
            return ""
        passage = self._passage(number, said.get("right"))
        row = judged(turn.answer, verdict, passage=passage, note=said.get("note") or "")
        try:
            keep(row, self.feedback)
        except OSError as error:
            logger.warning("feedback could not be kept: %s", error)
            return f"this could not be kept: {error.strerror or error}"
        turn.verdict = verdict
        return ""

    def export(self, kind: str) -> str:
        """The conversation as the text of a file: "md" or "json"."""
        from qa.conversation.export import as_json, as_markdown

        answers = [turn.answer for turn in self.turns if turn.answer is not None]
        return as_markdown(answers) if kind == "md" else as_json(answers)

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
        collections: where named collections are kept.
        max_bytes: the largest file that a visitor may add.
        share_documents: whether what one visitor adds is everybody's.
    """

    def __init__(
        self,
        library: Library,
        feedback: Path,
        collections: Collections,
        *,
        max_bytes: int,
        share_documents: bool,
    ) -> None:
        self._library, self._feedback, self._max_bytes = library, feedback, max_bytes
        self._collections = collections
        self._common = self._shelf(EVERYBODY)
        self._share = share_documents
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Session] = OrderedDict()
        self._new: OrderedDict[str, str] = OrderedDict()

    def get(self, key: str, page: str | None = None, user: str | None = None) -> Session:
        """The session of a key; a new one where there is none yet.

        Args:
            key: what the browser keeps, also of an earlier run of the program; empty before it has one.
            page: names the page that is open. A question that is asked there before the browser has
                its key belongs to the same session as what follows.
            user: the name that the visitor logged in with, whose collections they are; None without
                passwords.
        """
        with self._lock:
            if not _KEY.fullmatch(key):
                key = secrets.token_urlsafe(24)
                if page is not None:
                    key = self._new.setdefault(page, key)
            known = f"{user}:{key}" if user is not None else key
            if known not in self._known:
                owner = known if user is None else f"user {user}"
                shelf = self._common if self._share else self._shelf(owner)
                self._known[known] = Session(key, shelf, self._feedback)
            self._known.move_to_end(known)
            self._forget_eldest()
            return self._known[known]

    def _forget_eldest(self) -> None:
        """Forget whom there is no room for: first those who have neither asked nor added anything."""
        while len(self._new) > MOST_SESSIONS:
            self._new.popitem(last=False)
        while len(self._known) > MOST_SESSIONS:
            eldest = list(self._known.items())[:-1]
            idle = (name for name, each in eldest if not each.turns and not each.shelf.own)
            del self._known[next(idle, eldest[0][0])]

    def shelf(self, key: str) -> Shelf:
        """What can be asked under a key; everybody's documents under an empty one.

        Raises:
            ArgumentError: nobody has that key.
        """
        with self._lock:
            if key and key not in self._known:
                raise ArgumentError("unknown key; the documents that were added under it are gone")
            if not key:
                return self._common
            self._known.move_to_end(key)
            return self._known[key].shelf

    def _shelf(self, owner: str) -> Shelf:
        return Shelf(self._library, self._max_bytes, self._collections, owner)
