"""The page: ask documents in a browser. ``python app.py --help`` says how to start it."""

from __future__ import annotations

import argparse
import gc
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.embedder import DEFAULT_MODEL
from index.errors import ArgumentError, Error
from index.types import FileReport, Filter
from qa.answer import document_to_dict, hit_to_dict
from qa.feedback import default_file
from qa.offline import go_offline
from qa.page import CSS_FILE, SCRIPT_FILE
from qa.page.auth import checker, read_passwords
from qa.page.documents import document_list, working
from qa.page.evidence import evidence
from qa.page.head import EXAMPLES, TITLE, examples, hint
from qa.page.library import Library
from qa.page.options import HOST, MAX_UPLOAD_MB, PORT, ServeOptions, from_environment
from qa.page.session import Session, Sessions
from qa.page.shelf import MEGABYTE
from qa.page.talk import conversation
from qa.reading.choose import DEFAULT_READER

if TYPE_CHECKING:
    import gradio as gr

POLL_SECONDS = 0.5
"""How often a page asks how far the loading is."""

LISTEN = """
element.addEventListener("click", (event) => {
  const at = event.target.closest(
    "[data-widen], [data-close], [data-passage], [data-turn], [data-remove]"
  );
  if (!at || event.target.closest("[data-edit], input")) return;
  const { widen, close, passage, turn, verdict, right } = at.dataset;
  const there = at.hash && document.getElementById(at.hash.slice(1));
  if (there) return;
  if (at.dataset.remove) return trigger("select", { remove: at.dataset.remove });
  if (verdict || right) return trigger("select", { turn, verdict, right });
  if (at.dataset.note !== undefined)
    return trigger("select", { turn, note: at.parentElement.querySelector("input").value });
  if (widen || close !== undefined || passage || event.target.closest("a.cite, .nearest a, .question"))
    trigger("select", { widen, close, passage, turn });
});
"""
"""What is clicked within the markup, told to the server: ``data-`` attributes of ``qa.page``."""

KINDS = [("article", "paragraph"), ("captions", "caption"), ("comments", "comment")]
ANYONE, ALL = "anyone", "all documents"


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
            self.key = gr.BrowserState("", storage_key="document-qa")
            self.head = _html(library.header(), "head")
            self._lay_out_documents()
            with gr.Row(elem_id="columns"):
                self._lay_out_conversation()
                with gr.Column(elem_id="right", scale=2, min_width=300):
                    self.source = _html("", "source", LISTEN)
                    self.evidence = _html(evidence([]), "evidence", LISTEN)
            self.file = gr.Textbox(visible=False)
            self.timer = gr.Timer(POLL_SECONDS)
            self._listen()
            for name, function in _endpoints(library).items():
                gr.api(function, api_name=name)  # type: ignore[attr-defined]

    # -- widgets ----------------------------------------------------------------------------------

    def _lay_out_documents(self) -> None:
        with gr.Accordion("Documents", open=False, elem_id="documents"):
            self.doing = _html("", "doing")
            self.listed = _html("", "listed", LISTEN)
            with gr.Row():
                self.files = gr.File(
                    file_count="multiple", type="filepath", label="Add files", height=140, scale=1
                )
                with gr.Column(scale=1):
                    self.pasted = gr.Textbox(label="Or paste text", lines=2, max_lines=6)
                    self.paste = gr.Button("Add the text", size="sm")

    def _lay_out_conversation(self) -> None:
        with gr.Column(elem_id="left", scale=3, min_width=300):
            self.talk = _html(conversation([]), "talk", LISTEN)
            with gr.Row(elem_id="examples"):
                self.examples = [
                    gr.Button(question, visible=False, size="sm")
                    for questions in EXAMPLES.values()
                    for question in questions
                ]
            with gr.Row(elem_id="ask"):
                self.box = _question_box()
                self.send = gr.Button("Ask", variant="primary", scale=0, min_width=80)
            self.hint = _html("", "hint")
            with gr.Accordion("Search only in …", open=False, elem_id="filter"):
                self.kinds = gr.CheckboxGroup(KINDS, label="Kinds (none: all)")
                with gr.Row():
                    self.author = gr.Dropdown([ANYONE], value=ANYONE, label="Author")
                    self.document = gr.Dropdown([ALL], value=ALL, label="Document")
            with gr.Row(elem_id="keep"):
                self.keep = {
                    "md": gr.Button("Save as Markdown", size="sm", visible=False),
                    "json": gr.Button("Save as JSON", size="sm", visible=False),
                }
                self.anew = gr.Button("New conversation", size="sm", visible=False)

    def _listen(self) -> None:
        """Tie the widgets to the handlers. Those that are quick do not wait in the queue."""
        slow: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        quick = slow | {"queue": False}
        session = [self.key]
        talk = [
            self.talk,
            self.evidence,
            self.source,
            *self.examples,
            *self.keep.values(),
            self.anew,
        ]
        documents = [self.listed, self.author, self.document, *talk]
        status = [self.head, self.timer, *documents]

        self.blocks.load(self.look, session, [self.key, *status], **quick)
        self.timer.tick(self.look, session, [self.key, *status], **quick)
        for origin, triggers in [(self.box, [self.box.submit, self.send.click])] + [
            (button, [button.click]) for button in self.examples
        ]:
            asked = [self.key, origin, self.kinds, self.author, self.document]
            taken = gr.on(triggers, self.take, asked, [self.box, self.hint, *talk], **quick)
            taken.then(self.reply, session, talk, **slow)
        for place in (self.talk, self.evidence, self.source):
            picked = place.select(self.pick, session, talk, **quick)
            picked.then(self.reply, session, talk, **slow)
        self.anew.click(self.forget, session, talk, **quick)
        for kind, button in self.keep.items():
            written = button.click(self.save, [self.key, gr.State(kind)], self.file, **quick)
            written.then(
                None, self.file, js=f"(text) => saveFile(text, 'conversation.{kind}')", **slow
            )

        added = self.files.upload(
            self.add, [self.key, self.files], [self.doing, *documents], **slow
        )
        added.then(lambda: None, None, self.files, **quick)
        self.paste.click(self.add_text, [self.key, self.pasted], [self.pasted, *documents], **slow)
        self.listed.select(self.remove, session, documents, **quick)

    # -- what is shown ----------------------------------------------------------------------------

    def _talk(self, session: Session) -> dict[Any, Any]:
        documents = session.shelf.documents
        asked = bool(session.turns)
        fitting = [] if asked else examples(documents)
        return {
            self.talk: conversation(session.turns, documents),
            self.evidence: evidence(session.turns, session.selected),
            self.source: session.source,
            **{button: gr.Button(visible=button.value in fitting) for button in self.examples},
            **{button: gr.Button(visible=asked) for button in (*self.keep.values(), self.anew)},
        }

    def _documents(self, session: Session, reports: Sequence[FileReport] = ()) -> dict[Any, Any]:
        shelf = session.shelf
        authors = shelf.assistant().index.authors if shelf.documents else ()
        titles = [(each.title, each.id) for each in shelf.documents]
        return {
            self.listed: document_list(shelf.documents, shelf.own, reports),
            self.author: gr.Dropdown(choices=[ANYONE, *authors]),
            self.document: gr.Dropdown(choices=[ALL, *titles]),
            **self._talk(session),
        }

    def _session(self, key: str, request: gr.Request) -> Session:
        return self.sessions.get(key, request.session_hash)[1]

    # -- handlers ---------------------------------------------------------------------------------

    def look(self, key: str, request: gr.Request) -> dict[Any, Any]:
        """Show the page as it is, at first and until the documents are loaded."""
        key, session = self.sessions.get(key, request.session_hash)
        return {
            self.key: key,
            self.head: self.library.header(),
            self.timer: gr.Timer(active=not self.library.done),
            **self._documents(session),
        }

    def take(
        self,
        key: str,
        question: str,
        kinds: list[str],
        author: str,
        document: str,
        request: gr.Request,
    ) -> dict[Any, Any]:
        """Show a question at once; :meth:`reply` answers it."""
        session = self._session(key, request)
        problem = session.take(question, _only(kinds, author, document))
        box = {} if problem else {self.box: ""}
        return {self.hint: hint(problem), **box, **self._talk(session)}

    def reply(self, key: str, request: gr.Request) -> dict[Any, Any]:
        """Answer what waits."""
        session = self._session(key, request)
        return self._talk(session) if session.answer() else {self.talk: gr.skip()}

    def pick(self, key: str, event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        """Do what was clicked within the markup."""
        session = self._session(key, request)
        session.pick(event._data or {})
        return self._talk(session)

    def forget(self, key: str, request: gr.Request) -> dict[Any, Any]:
        """Begin a new conversation."""
        session = self._session(key, request)
        session.forget()
        return self._talk(session)

    def save(self, key: str, kind: str, request: gr.Request) -> str:
        """The conversation as a file's text, which the browser saves."""
        return self._session(key, request).export(kind)

    def add(
        self, key: str, paths: list[str] | None, request: gr.Request
    ) -> Iterator[dict[Any, Any]]:
        """Add files, saying how far it is."""
        session = self._session(key, request)
        files = [Path(path) for path in paths or []]
        for doing in session.shelf.add([(file.name, file) for file in files]):
            yield {self.doing: working(doing)}
        for file in files:
            file.unlink(missing_ok=True)
        yield {self.doing: "", **self._documents(session, session.shelf.reports)}

    def add_text(self, key: str, text: str, request: gr.Request) -> dict[Any, Any]:
        """Add a text as a document."""
        session = self._session(key, request)
        return {self.pasted: "", **self._documents(session, session.paste(text))}

    def remove(self, key: str, event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        """Remove one of the visitor's documents."""
        session = self._session(key, request)
        session.shelf.remove(str((event._data or {}).get("remove")))
        return self._documents(session)


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


def _only(kinds: list[str], author: str, document: str) -> Filter:
    return Filter(
        kinds=tuple(kinds) or None,
        author=None if author == ANYONE else author,
        document=None if document == ALL else document,
    )


def _endpoints(library: Library) -> dict[str, Callable[..., Any]]:
    """What programs can call, by name; every error is said in words."""

    def ask(
        question: str,
        k: int = 5,
        kinds: list[str] | None = None,
        author: str | None = None,
        document: str | None = None,
    ) -> dict[str, Any]:
        """Answer a question from the documents, with the passages that prove it.

        Args:
            question: in words.
            k: how many passages to show.
            kinds: only these: "paragraph", "caption", "comment".
            author: only the words of this author.
            document: only this document, by file name or title.

        Returns:
            answer, text, abstained, confidence, citations, hits and more.
        """
        only: dict[str, Any] = {"kinds": kinds, "author": author, "document": document}
        try:
            return library.assistant().ask(question, k=int(k), **only).to_dict()
        except Error as error:
            raise gr.Error(str(error), print_exception=False) from error

    def search(question: str, k: int = 5) -> list[dict[str, Any]]:
        """Find the passages that best match a question, best first.

        Args:
            question: in words.
            k: at most this many.

        Returns:
            Each one's score and passage.
        """
        from qa.assistant import check_question

        try:
            hits = library.assistant().index.search(check_question(question), k=int(k))
        except Error as error:
            raise gr.Error(str(error), print_exception=False) from error
        return [hit_to_dict(hit) for hit in hits]

    def documents() -> list[dict[str, Any]]:
        """List the documents that can be asked: id, title, file, author, date."""
        library.assistant()
        return [document_to_dict(document) for document in library.documents]

    return {"ask": ask, "search": search, "documents": documents}


def _html(value: str, name: str, script: str | None = None) -> gr.HTML:
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=script)


def _theme() -> gr.themes.Base:
    """System fonts only: nothing is fetched from elsewhere."""
    return gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.slate,
        font=["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"],
        font_mono=["ui-monospace", "Menlo", "Consolas", "monospace"],
    ).set(
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        link_text_color="*primary_700",
        link_text_color_dark="*primary_300",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_hover_dark="*primary_600",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
    )


def serve(options: ServeOptions) -> None:
    """Serve the page until Ctrl-C.

    Raises:
        SystemExit: the address is in use or not to be had, or others would get in; status 1.
    """
    try:
        _check_address(options)
        go_offline(options.model, options.reader)
        _launch(options)
        threading.Event().wait()
    except ArgumentError as error:
        raise SystemExit(f"error: {error}") from error
    except KeyboardInterrupt:
        gc.freeze()  # else the interpreter looks through all of torch before it ends: 2 s, not 0.5
        print("\nended", file=sys.stderr)


def _launch(options: ServeOptions) -> None:
    host, port = options.host, options.port
    max_bytes = options.max_upload_mb * MEGABYTE
    check = checker(read_passwords(options.auth)) if options.auth else None
    library = Library(options.documents, options.model, options.reader, options.index_dir)
    sessions = Sessions(
        library, default_file(), max_bytes=max_bytes, share_documents=options.share_documents
    )
    _import_gradio()
    try:
        Page(library, sessions).blocks.launch(
            server_name=host,
            server_port=port,
            auth=check,
            mcp_server=options.mcp,
            inbrowser=options.open_browser,
            share=False,
            quiet=True,
            prevent_thread_lock=True,
            show_error=False,
            ssr_mode=False,
            footer_links=[],
            max_file_size=max_bytes,
            theme=_theme(),
            css_paths=CSS_FILE,
            head=f"<script>{SCRIPT_FILE.read_text(encoding='utf-8')}</script>",
        )
    except OSError as error:
        raise SystemExit(f"error: {host}:{port}: {error}") from error
    who = "with a password" if check else "for this machine alone"
    print(f"{TITLE}: http://{host}:{port} {who} (Ctrl-C ends it)", file=sys.stderr)
    library.start()  # only now: its imports would hold up the page


def _import_gradio() -> None:
    """Import the slowest part of the start, as ``gr``. Without garbage collection it takes 14 % less."""
    global gr
    gc.disable()
    try:
        import gradio as gr
    finally:
        gc.enable()


def _check_address(options: ServeOptions) -> None:
    """End with one line where the address cannot be had, before anything slow."""
    options.check()
    try:
        socket.create_server((options.host, options.port)).close()
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SystemExit(
            f"error: cannot listen on {options.host}:{options.port} ({reason}); name another with"
            " --port"
        ) from error


def main() -> None:
    """Start the page from the command line; ``QA_PORT`` and the like stand for its options."""
    parser = argparse.ArgumentParser(prog="app.py", description="Ask your documents in a browser.")

    def add(name: str, default: str, **how: Any) -> None:
        parser.add_argument(f"--{name}", default=from_environment(name, default) or None, **how)

    add("host", HOST, help="address to listen on (default: %(default)s)")
    add("port", str(PORT), type=int, help="port to listen on (default: %(default)s)")
    add("auth", "", type=Path, metavar="FILE", help="who may see the page: name:password lines")
    add("index-dir", "", type=Path, metavar="DIR", help="where the index is kept")
    add("model", DEFAULT_MODEL, help="embedding model, by name or folder")
    add("reader", DEFAULT_READER, help="question-answering model, or none")
    add("max-upload-mb", str(MAX_UPLOAD_MB), type=int, help="largest file to be added (MB)")
    parser.add_argument(
        "--documents", type=Path, nargs="+", default=(), metavar="PATH", help="files and folders"
    )
    parser.add_argument(
        "--share-documents",
        action="store_true",
        default=from_environment("share-documents", "") not in ("", "0"),
        help="what one visitor adds, all can ask",
    )
    parser.add_argument(
        "--mcp",
        action="store_true",
        default=from_environment("mcp", "") not in ("", "0"),
        help="be an MCP server, too",
    )
    parser.add_argument("--open", action="store_true", help="show the page in your browser")
    given = vars(parser.parse_args())
    given["open_browser"] = given.pop("open")
    given["documents"] = tuple(given["documents"])
    serve(ServeOptions(**given))


if __name__ == "__main__":
    main()
