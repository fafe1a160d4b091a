"""The page: ask documents in a browser. ``python app.py --help`` says how to start it."""

from __future__ import annotations

import argparse
import gc
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from index.embedder import DEFAULT_MODEL
from index.errors import Error
from index.types import FileReport, Filter
from qa.feedback import default_file
from qa.offline import go_offline
from qa.page import CSS_FILE, SCRIPT_FILE
from qa.page.documents import document_list, working
from qa.page.evidence import evidence
from qa.page.head import EXAMPLES, TITLE, examples, hint
from qa.page.library import Library
from qa.page.session import Session, Sessions
from qa.page.shelf import MEGABYTE
from qa.page.talk import conversation
from qa.reading.choose import DEFAULT_READER

if TYPE_CHECKING:
    import gradio as gr

HOST = "127.0.0.1"
PORT = 7860
MAX_UPLOAD_MB = 20
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


def build(library: Library, sessions: Sessions) -> gr.Blocks:
    """The page's widgets and what they call."""
    with gr.Blocks(title=TITLE, fill_width=True, analytics_enabled=False) as blocks:
        key = gr.BrowserState("", storage_key="document-qa")
        head = _html(library.header(), "head")
        with gr.Accordion("Documents", open=False, elem_id="documents"):
            doing_below = _html("", "doing")
            listed = _html("", "listed", LISTEN)
            with gr.Row():
                files = gr.File(
                    file_count="multiple", type="filepath", label="Add files", height=140, scale=1
                )
                with gr.Column(scale=1):
                    pasted = gr.Textbox(label="Or paste text", lines=2, max_lines=6)
                    paste = gr.Button("Add the text", size="sm")
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="left", scale=3, min_width=300):
                talk = _html(conversation([]), "talk", LISTEN)
                with gr.Row(elem_id="examples"):
                    buttons = [
                        gr.Button(question, visible=False, size="sm")
                        for questions in EXAMPLES.values()
                        for question in questions
                    ]
                with gr.Row(elem_id="ask"):
                    box = _question_box()
                    send = gr.Button("Ask", variant="primary", scale=0, min_width=80)
                hint_below = _html("", "hint")
                with gr.Accordion("Search only in …", open=False, elem_id="filter"):
                    kinds = gr.CheckboxGroup(KINDS, label="Kinds (none: all)")
                    with gr.Row():
                        author = gr.Dropdown([ANYONE], value=ANYONE, label="Author")
                        document = gr.Dropdown([ALL], value=ALL, label="Document")
                with gr.Row(elem_id="keep"):
                    markdown = gr.Button("Save as Markdown", size="sm", visible=False)
                    as_json = gr.Button("Save as JSON", size="sm", visible=False)
                    clear = gr.Button("New conversation", size="sm", visible=False)
            with gr.Column(elem_id="right", scale=2, min_width=300):
                source_view = _html("", "source", LISTEN)
                proof = _html(evidence([]), "evidence", LISTEN)
        saved = gr.Textbox(visible=False)
        timer = gr.Timer(POLL_SECONDS)
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        chosen = [kinds, author, document]
        choices = [author, document, listed]
        shown = [talk, proof, source_view, *buttons, markdown, as_json, clear]

        def show(session: Session) -> list[Any]:
            asked = bool(session.turns)
            fitting = examples(session.shelf.documents) if not asked else []
            return [
                conversation(session.turns, session.shelf.documents),
                evidence(session.turns, session.selected),
                session.source,
                *(gr.Button(visible=button.value in fitting) for button in buttons),
                *(gr.Button(visible=asked) for _ in (markdown, as_json, clear)),
            ]

        def choose(session: Session, reports: Sequence[FileReport] = ()) -> list[Any]:
            shelf = session.shelf
            authors = shelf.assistant().index.authors if shelf.documents else ()
            titles = [(each.title, each.id) for each in shelf.documents]
            return [
                gr.Dropdown(choices=[ANYONE, *authors]),
                gr.Dropdown(choices=[ALL, *titles]),
                document_list(shelf.documents, shelf.own, reports),
            ]

        def look(key: str, request: gr.Request) -> list[Any]:
            key, session = sessions.get(key, request.session_hash)
            return [
                key,
                library.header(),
                gr.Timer(active=not library.done),
                *choose(session),
                *show(session),
            ]

        def wait(key: str, request: gr.Request) -> list[Any]:
            _, session = sessions.get(key, request.session_hash)
            return [
                library.header(),
                gr.Timer(active=not library.done),
                *choose(session),
                *show(session),
            ]

        def add(paths: list[str] | None, key: str, request: gr.Request) -> Iterator[list[Any]]:
            _, session = sessions.get(key, request.session_hash)
            for doing in session.shelf.add([(Path(path).name, Path(path)) for path in paths or []]):
                yield [working(doing), gr.skip(), gr.skip(), gr.skip(), *[gr.skip()] * len(shown)]
            for path in paths or []:
                Path(path).unlink(missing_ok=True)
            yield ["", *choose(session, session.shelf.reports), *show(session)]

        def add_text(text: str, key: str, request: gr.Request) -> list[Any]:
            _, session = sessions.get(key, request.session_hash)
            reports = session.paste(text)
            return ["", *choose(session, reports), *show(session)]

        def drop(key: str, event: gr.EventData, request: gr.Request) -> list[Any]:
            _, session = sessions.get(key, request.session_hash)
            session.shelf.remove(str((event._data or {}).get("remove")))
            return [*choose(session), *show(session)]

        def take(
            question: str,
            key: str,
            kinds: list[str],
            author: str,
            document: str,
            request: gr.Request,
        ) -> list[Any]:
            _, session = sessions.get(key, request.session_hash)
            problem = session.take(question, _only(kinds, author, document))
            return [gr.skip() if problem else "", hint(problem), *show(session)]

        def reply(key: str, request: gr.Request) -> list[Any]:
            _, session = sessions.get(key, request.session_hash)
            return show(session) if session.answer() else [gr.skip()] * len(shown)

        def pick(key: str, event: gr.EventData, request: gr.Request) -> list[Any]:
            _, session = sessions.get(key, request.session_hash)
            session.pick(event._data or {})
            return show(session)

        def forget(key: str, request: gr.Request) -> list[Any]:
            _, session = sessions.get(key, request.session_hash)
            session.forget()
            return show(session)

        loaded = [head, timer, *choices]
        blocks.load(look, key, [key, *loaded, *shown], queue=False, **quiet)
        timer.tick(wait, key, [*loaded, *shown], queue=False, **quiet)
        files.upload(add, [files, key], [doing_below, *choices, *shown], **quiet).then(
            lambda: None, None, files, queue=False, **quiet
        )
        paste.click(add_text, [pasted, key], [pasted, *choices, *shown], **quiet)
        listed.select(drop, key, [*choices, *shown], queue=False, **quiet)
        for origin, triggers in [(box, [box.submit, send.click])] + [
            (button, [button.click]) for button in buttons
        ]:
            gr.on(
                triggers,
                take,
                [origin, key, *chosen],
                [box, hint_below, *shown],
                queue=False,
                **quiet,
            ).then(reply, key, shown, **quiet)
        for place in (talk, proof, source_view):
            place.select(pick, key, shown, queue=False, **quiet).then(reply, key, shown, **quiet)
        clear.click(forget, key, shown, queue=False, **quiet)
        for button, kind in ((markdown, "md"), (as_json, "json")):

            def save(key: str, request: gr.Request, kind: str = kind) -> str:
                return sessions.get(key, request.session_hash)[1].export(kind)

            button.click(save, key, saved, queue=False, **quiet).then(
                None, saved, js=f"(text) => saveFile(text, 'conversation.{kind}')", **quiet
            )
        gr.api(_endpoint(library), api_name="ask")  # type: ignore[attr-defined]
    return cast("gr.Blocks", blocks)


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


def _endpoint(library: Library) -> Any:
    def ask(question: str) -> dict[str, Any]:
        """Answer a question from the documents: answer, text, abstained, confidence, citations, hits."""
        try:
            return library.assistant().ask(question).to_dict()
        except Error as error:
            raise gr.Error(str(error), print_exception=False) from error

    return ask


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


def serve(
    *,
    documents: list[Path] | None = None,
    host: str = HOST,
    port: int = PORT,
    model: str = DEFAULT_MODEL,
    reader: str = DEFAULT_READER,
    index_dir: Path | None = None,
    open_browser: bool = False,
    share_documents: bool = False,
    max_upload_mb: int = MAX_UPLOAD_MB,
) -> None:
    """Serve the page until Ctrl-C.

    Args:
        documents: files and folders; None for the default ones.
        host: the address to listen on; "0.0.0.0" lets other machines ask, too.
        port: the port to listen on.
        model: the embedding model's name or folder.
        reader: what finds the answer's words, by name or folder; "none" for whole sentences.
        index_dir: where the index is kept; None for the cache folder.
        open_browser: show the page in the user's browser.
        share_documents: whether what one visitor adds is everybody's.
        max_upload_mb: the largest file that a visitor may add.

    Raises:
        SystemExit: the address is in use or not to be had; status 1.
    """
    try:
        _check_address(host, port)
        go_offline(model, reader)
        library = Library(documents, model, reader, index_dir)
        sessions = Sessions(
            library,
            default_file(),
            max_bytes=max_upload_mb * MEGABYTE,
            share_documents=share_documents,
        )
        _launch(library, sessions, host, port, open_browser, max_upload_mb)
        threading.Event().wait()
    except KeyboardInterrupt:
        gc.freeze()  # else the interpreter looks through all of torch before it ends: 2 s, not 0.5
        print("\nended", file=sys.stderr)


def _launch(
    library: Library,
    sessions: Sessions,
    host: str,
    port: int,
    open_browser: bool,
    max_upload_mb: int,
) -> None:
    _import_gradio()
    try:
        build(library, sessions).launch(
            server_name=host,
            server_port=port,
            inbrowser=open_browser,
            share=False,
            quiet=True,
            prevent_thread_lock=True,
            show_error=False,
            ssr_mode=False,
            footer_links=[],
            max_file_size=max_upload_mb * MEGABYTE,
            theme=_theme(),
            css_paths=CSS_FILE,
            head=f"<script>{SCRIPT_FILE.read_text(encoding='utf-8')}</script>",
        )
    except OSError as error:
        raise SystemExit(f"error: {host}:{port}: {error}") from error
    print(f"{TITLE}: http://{host}:{port} (Ctrl-C ends it)", file=sys.stderr)
    library.start()  # only now: its imports would hold up the page


def _import_gradio() -> None:
    """Import the slowest part of the start, as ``gr``. Without garbage collection it takes 14 % less."""
    global gr
    gc.disable()
    try:
        import gradio as gr
    finally:
        gc.enable()


def _check_address(host: str, port: int) -> None:
    """End with one line where the address cannot be had, before anything slow."""
    try:
        socket.create_server((host, port)).close()
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SystemExit(
            f"error: cannot listen on {host}:{port} ({reason}); name another with --port"
        ) from error


def main() -> None:
    """Start the page from the command line."""
    parser = argparse.ArgumentParser(prog="app.py", description="Ask your documents in a browser.")
    add = parser.add_argument
    add("--host", default=HOST, help="address to listen on (default: %(default)s)")
    add("--port", type=int, default=PORT, help="port to listen on (default: %(default)s)")
    add("--documents", type=Path, nargs="+", metavar="PATH", help="files and folders to ask")
    add("--index-dir", type=Path, metavar="DIR", help="where the index is kept")
    add("--model", default=DEFAULT_MODEL, help="embedding model, by name or folder")
    add("--reader", default=DEFAULT_READER, help="question-answering model, or none")
    add("--share-documents", action="store_true", help="what one visitor adds, all can ask")
    add("--max-upload-mb", type=int, default=MAX_UPLOAD_MB, help="largest file to be added (MB)")
    add("--open", action="store_true", help="show the page in your browser")
    given = parser.parse_args()
    serve(
        documents=given.documents,
        host=given.host,
        port=given.port,
        model=given.model,
        reader=given.reader,
        index_dir=given.index_dir,
        open_browser=given.open,
        share_documents=given.share_documents,
        max_upload_mb=given.max_upload_mb,
    )


if __name__ == "__main__":
    main()
