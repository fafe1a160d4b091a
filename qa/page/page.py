"""The page: its widgets, and what happens when they are used."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from index.errors import Error
from index.onnx import cores
from index.types import FileReport, Filter
from qa.page.api import endpoints
from qa.page.documents import document_list, done, working
from qa.page.evidence import evidence
from qa.page.head import TITLE, changing, hint
from qa.page.library import Library
from qa.page.session import Session, Sessions
from qa.page.talk import conversation

LOOK_SECONDS = 0.5
"""How often a page is told how far the loading is."""

AT_ONCE = max(4, 2 * cores())
"""So many questions are answered at the same time: the models keep every core busy for some while Python
works for others. The rest wait in a queue."""

ANSWERING: dict[str, Any] = {"concurrency_id": "answering", "concurrency_limit": AT_ONCE}
"""Shared by the conversation and by programs."""

LISTEN = """
element.addEventListener("click", (event) => {
  const at = event.target.closest("[data-do]");
  if (!at || !window.qaMeant(at)) return;
  const note = "note" in at.dataset ? at.parentElement.querySelector("input").value : undefined;
  trigger("select", { ...at.dataset, note });
});
"""
"""What is clicked within the markup, told to the server: ``data-`` attributes of ``qa.page``."""

KINDS = [("article", "paragraph"), ("captions", "caption"), ("comments", "comment")]
ANYONE, ALL = "anyone", "all documents"
_STORED = "document-qa"


class Page:
    """The widgets of the page, and what they call.

    Each visitor's state is a :class:`~qa.page.session.Session`; a handler changes it and shows it anew.

    Args:
        library: what everybody can ask.
        sessions: the visitors'.
    """

    def __init__(self, library: Library, sessions: Sessions) -> None:
        self.library, self.sessions = library, sessions
        with gr.Blocks(title=TITLE, fill_width=True, analytics_enabled=False) as self.blocks:
            # Not a random secret, as by default: the browser keeps its key over a restart of the program.
            self.key = gr.BrowserState("", storage_key=_STORED, secret=_STORED)
            self.link = gr.Textbox(visible=False)
            self.head = _html(library.header(), "head")
            self._lay_out_documents()
            with gr.Row(elem_id="columns"):
                self._lay_out_conversation()
                with gr.Column(elem_id="right", scale=2, min_width=300):
                    self.source = _html("", "source", LISTEN)
                    self.evidence = _html(evidence([]), "evidence", LISTEN)
            self.file = gr.Textbox(visible=False)
            self._listen()
            for name, function in endpoints(sessions).items():
                limit: dict[str, Any] = ANSWERING if name in ("ask", "search") else {}
                gr.api(function, api_name=name, **limit)  # type: ignore[attr-defined]

    # -- widgets ----------------------------------------------------------------------------------

    def _lay_out_documents(self) -> None:
        with gr.Accordion("Documents", open=False, elem_id="documents"):
            self.doing = _html("", "doing", LISTEN)
            self.listed = _html("", "listed", LISTEN)
            with gr.Row():
                with gr.Column(scale=1):
                    self.files = gr.File(
                        file_count="multiple",
                        type="filepath",
                        label="Add files",
                        height=120,
                        elem_id="files",
                    )
                    self.folder = gr.UploadButton(
                        "Add a folder", file_count="directory", size="sm", elem_id="folder"
                    )
                with gr.Column(scale=1):
                    self.pasted = gr.Textbox(label="Or paste text", lines=2, max_lines=6)
                    self.paste = gr.Button("Add the text", size="sm")
                with gr.Column(scale=1):
                    self.collection = gr.Dropdown(
                        [],
                        label="A collection of yours, kept under a name",
                        allow_custom_value=True,
                    )
                    with gr.Row():
                        self.keep = gr.Button("Keep", size="sm", min_width=60)
                        self.open = gr.Button("Open", size="sm", min_width=60)
                        self.delete = gr.Button("Delete", size="sm", min_width=60)

    def _lay_out_conversation(self) -> None:
        with gr.Column(elem_id="left", scale=3, min_width=300):
            self.talk = _html(conversation([]), "talk", LISTEN)
            with gr.Row(elem_id="ask"):
                self.box = _question_box()
                self.send = gr.Button("Ask", variant="primary", scale=0, min_width=80)
            self.hint = _html("", "hint", LISTEN)
            with gr.Accordion("Search only in …", open=False, elem_id="filter"):
                self.kinds = gr.CheckboxGroup(KINDS, label="Kinds (none: all)")
                with gr.Row():
                    self.author = gr.Dropdown([ANYONE], value=ANYONE, label="Author")
                    self.document = gr.Dropdown([ALL], value=ALL, label="Document")
            with gr.Row(elem_id="keep"):
                self.save_as = {
                    "md": gr.Button("Save as Markdown", size="sm", visible=False),
                    "json": gr.Button("Save as JSON", size="sm", visible=False),
                }
                self.anew = gr.Button("New conversation", size="sm", visible=False)

    def _listen(self) -> None:
        """Tie the widgets to the handlers. Those that are quick do not wait in the queue."""
        slow: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        quick = slow | {"queue": False}
        answering = slow | ANSWERING
        session = [self.key]
        talk = [self.hint, self.talk, self.evidence, self.source, *self.save_as.values(), self.anew]
        listed = [self.head, self.listed, self.author, self.document, *talk]
        documents = [self.doing, self.collection, *listed]

        arrived = self.blocks.load(
            self.arrive,
            [self.key, self.link],
            [self.key, *documents],
            js="(key) => [key, qaLink()]",
            **quick,
        )
        arrived.then(self.resume, session, talk, **answering)
        arrived.then(self.follow, session, listed, concurrency_limit=None, **slow)
        asked = [self.key, self.box, self.kinds, self.author, self.document]
        taken = gr.on(
            [self.box.submit, self.send.click],
            self.take,
            asked,
            [self.box, *talk],
            preprocess=False,  # it would refuse the choices of a page that Gradio has forgotten
            **quick,
        )
        taken.then(self.reply, session, talk, **answering)
        for place in (self.talk, self.hint, self.evidence, self.source):
            picked = place.select(self.pick, session, talk, **quick)
            picked.then(self.reply, session, talk, **answering)
        self.anew.click(self.forget, session, talk, **quick)
        for kind, button in self.save_as.items():
            written = button.click(self.save, [self.key, gr.State(kind)], self.file, **quick)
            written.then(
                None, self.file, js=f"(text) => saveFile(text, 'conversation.{kind}')", **slow
            )
        self._listen_to_documents(documents, slow)

    def _listen_to_documents(self, documents: list[Any], slow: dict[str, Any]) -> None:
        adding = slow | {"concurrency_id": "adding", "concurrency_limit": 2}
        for widget in (self.files, self.folder):
            added = widget.upload(self.add_files, [self.key, widget], documents, **adding)
            added.then(lambda: None, None, widget, **slow, queue=False)
        pasted = [self.key, self.pasted]
        self.paste.click(self.add_text, pasted, [self.pasted, *documents], **adding)
        self.doing.select(self.stop_adding, [self.key], None, **slow, queue=False)
        self.listed.select(self.remove_document, [self.key], documents, **slow)
        named = [self.key, self.collection]
        self.keep.click(self.keep_collection, named, documents, **slow)
        self.open.click(self.open_collection, named, documents, **slow)
        self.delete.click(self.delete_collection, named, documents, **slow)

    # -- what is shown ----------------------------------------------------------------------------

    def _talk(self, session: Session, problem: str = "") -> dict[Any, Any]:
        asked = gr.Button(visible=bool(session.turns))
        return {
            self.hint: hint(problem) if problem else _hint(session),
            self.talk: self._conversation(session),
            self.evidence: evidence(session.turns, session.selected),
            self.source: session.source,
            **dict.fromkeys((*self.save_as.values(), self.anew), asked),
        }

    def _conversation(self, session: Session) -> str:
        shelf = session.shelf
        return conversation(
            session.turns,
            shelf.documents,
            shelf.examples or self.library.examples,
            loaded=self.library.done,
        )

    def _documents(
        self, session: Session, reports: Sequence[FileReport] = (), *, reset: bool = False
    ) -> dict[Any, Any]:
        """What can be asked now; ``reset`` where what is chosen to search in may be gone."""
        shelf = session.shelf
        index = shelf.index
        chosen: dict[str, Any] = {"value": ANYONE} if reset else {}
        chosen_document: dict[str, Any] = {"value": ALL} if reset else {}
        authors = index.authors if index is not None else ()
        documents = shelf.documents
        titles = [(each.title, each.id) for each in shelf.labels]
        removable = documents if self.library.removable else shelf.own
        return {
            self.head: self.library.header(index),
            self.listed: document_list(documents, removable, reports),
            self.author: gr.Dropdown(choices=[ANYONE, *authors], **chosen),
            self.document: gr.Dropdown(choices=[ALL, *titles], **chosen_document),
        }

    def _said(
        self,
        session: Session,
        said: str,
        reports: Sequence[FileReport] = (),
        *,
        reset: bool = False,
    ) -> dict[Any, Any]:
        """What can be asked now, and what became of what the visitor wanted done with it."""
        shelf = session.shelf
        return {
            self.doing: done(said),
            self.collection: gr.Dropdown(choices=shelf.kept, value=shelf.collection or None),
            **self._documents(session, reports, reset=reset),
            **self._talk(session),
        }

    def _session(self, key: str, request: gr.Request) -> Session:
        return self.sessions.get(key, request.session_hash, request.username)

    # -- handlers ---------------------------------------------------------------------------------

    def arrive(self, key: str, link: str, request: gr.Request) -> dict[Any, Any]:
        """Show the page, and take the question that its address asks."""
        session = self._session(key, request)
        problem = session.take_link(link)
        shown = {self.key: session.key, **self._said(session, "")}
        return shown | {self.hint: hint(problem)} if problem else shown

    def follow(self, key: str, request: gr.Request) -> Iterator[dict[Any, Any]]:
        """Show how far the loading is, until nothing changes by itself any more."""
        session = self._session(key, request)
        while not self.library.settled:
            yield {self.head: self.library.header(session.shelf.index)}
            time.sleep(LOOK_SECONDS)
        shown = self._documents(session)
        if not session.turns:  # else an answer that came meanwhile would be overwritten
            shown |= self._talk(session)
            del shown[self.hint]  # which says what was wrong with a link
        yield shown

    def take(
        self,
        key: str | None,
        question: str | None,
        kinds: list[str] | None,
        author: str | None,
        document: str | None,
        request: gr.Request,
    ) -> dict[Any, Any]:
        """Show a question at once; :meth:`reply` answers it. All is as the browser sends it."""
        session = self._session(key or "", request)
        problem = session.take(question or "", _only(kinds or (), author, document))
        box = {} if problem else {self.box: ""}
        return {**box, **self._talk(session, problem)}

    def reply(self, key: str, request: gr.Request) -> Iterator[dict[Any, Any]]:
        """Answer what waits, saying how far it is."""
        session = self._session(key, request)
        if not any(turn.waiting for turn in session.turns):
            yield {self.talk: gr.skip()}
            return
        for _ in session.answer():
            yield {self.talk: self._conversation(session)}
        yield self._talk(session)

    def resume(self, key: str, request: gr.Request) -> Iterator[dict[Any, Any]]:
        """Answer what waits when a page is opened, and show what was answered since :meth:`arrive`."""
        session = self._session(key, request)
        yield from self.reply(key, request)
        if session.turns:
            yield {
                self.talk: self._conversation(session),
                self.evidence: evidence(session.turns, session.selected),
            }

    def pick(self, key: str, event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        """Do what was clicked within the markup."""
        session = self._session(key, request)
        return self._talk(session, session.pick(event._data or {}))

    def forget(self, key: str, request: gr.Request) -> dict[Any, Any]:
        """Begin a new conversation."""
        session = self._session(key, request)
        session.forget()
        return self._talk(session)

    def save(self, key: str, kind: str, request: gr.Request) -> str:
        """The conversation as a file's text, which the browser saves."""
        return self._session(key, request).export(kind)

    def add_files(
        self, key: str, paths: list[str] | None, request: gr.Request
    ) -> Iterator[dict[Any, Any]]:
        """Add files, saying how far it is."""
        session = self._session(key, request)
        files = [(Path(path).name, Path(path)) for path in paths or []]
        reports: list[FileReport] = []
        try:
            for told in session.add_files(files):
                if isinstance(told, str):
                    yield {self.doing: working(told)}
                else:
                    reports = told
        except Error as error:
            yield self._said(session, str(error))
            return
        yield self._said(session, _count_added(reports), reports)

    def add_text(self, key: str, text: str, request: gr.Request) -> dict[Any, Any]:
        """Add a text as a document; it stays in its box where it could not be."""
        session = self._session(key, request)
        try:
            reports = session.paste(text)
        except Error as error:
            return self._said(session, str(error))
        taken = {self.pasted: ""} if any(report.document for report in reports) else {}
        return taken | self._said(session, _count_added(reports), reports)

    def stop_adding(self, key: str, request: gr.Request) -> None:
        """Add nothing of the files that are being added."""
        self._session(key, request).stop_adding()

    def remove_document(self, key: str, event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        """Remove a document."""
        session = self._session(key, request)
        clicked = event._data or {}
        return self._do(session, lambda: session.shelf.remove(str(clicked.get("document"))), "")

    def keep_collection(self, key: str, name: str | None, request: gr.Request) -> dict[Any, Any]:
        """Keep the visitor's documents under a name."""
        session = self._session(key, request)
        return self._do(session, lambda: session.shelf.keep(name or ""), f"kept as “{name}”")

    def open_collection(self, key: str, name: str | None, request: gr.Request) -> dict[Any, Any]:
        """Have a collection's documents in the place of the visitor's."""
        session = self._session(key, request)
        return self._do(session, lambda: session.shelf.open(name or ""), f"“{name}” is open")

    def delete_collection(self, key: str, name: str | None, request: gr.Request) -> dict[Any, Any]:
        """Delete what is kept under a name."""
        session = self._session(key, request)
        return self._do(session, lambda: session.shelf.delete(name or ""), f"“{name}” is deleted")

    def _do(self, session: Session, change: Callable[[], None], did: str) -> dict[Any, Any]:
        """Change what can be asked, and say so, or why not."""
        try:
            change()
        except Error as error:
            did = str(error)
        except OSError as error:  # without the path, which is the server's own
            did = f"this could not be done: {error.strerror or 'the disk does not let it'}"
        return self._said(session, did, reset=True)


def _count_added(reports: Sequence[FileReport]) -> str:
    added = sum(report.document is not None for report in reports)
    return f"{added} of {len(reports)} added"


def _hint(session: Session) -> str:
    return hint("") if session.changing is None else changing(session.changing)


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        placeholder="Ask a question…",
        label="Your question",
        show_label=False,
        container=False,
        autofocus=True,
        max_lines=4,
        scale=1,
        elem_id="question",
    )


def _only(kinds: Sequence[str], author: str | None, document: str | None) -> Filter:
    return Filter(
        kinds=tuple(kinds) or None,
        author=None if author == ANYONE else author,
        document=None if document == ALL else document,
    )


def _html(value: str, name: str, script: str | None = None) -> gr.HTML:
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=script)
