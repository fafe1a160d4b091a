"""The page: ask documents in a browser. ``python app.py --help`` says how to start it."""

from __future__ import annotations

import argparse
import gc
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

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
        for name, function in _endpoints(library).items():
            gr.api(function, api_name=name)  # type: ignore[attr-defined]
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
        build(library, sessions).launch(
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
