"""The page: ask documents in a browser. ``python app.py --help`` says how to start it."""

from __future__ import annotations

import argparse
import gc
import logging
import socket
import sys
import threading
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from index.embedder import DEFAULT_MODEL
from index.errors import ArgumentError, Error
from qa import page
from qa.offline import go_offline
from qa.page import Turn
from qa.reading.choose import DEFAULT_READER, ReaderNotUsedWarning

if TYPE_CHECKING:
    import gradio as gr

    from index.types import Document
    from qa.assistant import Assistant

HOST = "127.0.0.1"
PORT = 7860
POLL_SECONDS = 0.5
"""How often a page asks how far the loading is."""

_UNEXPECTED = "Something went wrong here; the terminal that runs this program says what"
logger = logging.getLogger(__name__)


class Library:
    """The documents and models: loaded in the background, so that the page is up at once.

    Args:
        documents: files and folders; None for the index in ``index_dir`` or the default ones.
        model: the embedding model's name or folder.
        reader: what finds the answer's words, by name or folder.
        index_dir: where the index is kept; None for the cache folder.
    """

    def __init__(
        self, documents: Sequence[Path] | None, model: str, reader: str, index_dir: Path | None
    ) -> None:
        self._arguments = documents, model, reader, index_dir
        self._progress = (0, 0)
        self._notes: list[str] = []
        self._assistant: Assistant | None = None
        self._failure: str | None = None
        self._done = threading.Event()

    def start(self) -> None:
        """Begin to load, in a thread that does not keep the program from ending."""
        threading.Thread(target=self._load, name="library", daemon=True).start()

    @property
    def done(self) -> bool:
        """Whether loading has ended, well or not."""
        return self._done.is_set()

    @property
    def documents(self) -> Sequence[Document]:
        """What can be asked now."""
        return self._assistant.index.documents if self._assistant else ()

    def assistant(self) -> Assistant:
        """Wait until the documents are loaded.

        Raises:
            Error: they could not be.
        """
        self._done.wait()
        if self._assistant is None:
            raise Error(self._failure)
        return self._assistant

    def header(self) -> str:
        """The page's head as it is now."""
        if self._failure is not None:
            return page.header(page.sentence(self._failure), "failed")
        if self._assistant is None:
            return page.header(page.loading_text(*self._progress), "loading")
        index = self._assistant.index
        notes = [page.note(text) for text in self._notes] + [page.problems(index.reports)]
        text = page.ready_text(len(index.documents), len(index.passages))
        return page.header(text, "ready", notes)

    def _load(self) -> None:
        try:
            with warnings.catch_warnings(record=True) as caught:
                self._assistant = self._open()
            self._pass_on(caught)
        except Error as error:
            self._failure = str(error)
            print(f"error: {error}", file=sys.stderr)
        except Exception:
            self._failure = _UNEXPECTED
            logger.exception("the documents could not be loaded")
        finally:
            self._done.set()

    def _open(self) -> Assistant:
        from qa.assistant import Assistant

        documents, model, reader, index_dir = self._arguments
        assistant = Assistant.from_documents(
            documents or None,
            model=model,
            reader=reader,
            index_dir=index_dir,
            progress=self._advance,
        )
        assistant.ask("Is it ready?")  # loads what a kept index leaves unloaded: the models
        return assistant

    def _advance(self, done: int, total: int) -> None:
        self._progress = (done, total)

    def _pass_on(self, caught: list[warnings.WarningMessage]) -> None:
        from qa.assistant import IndexNotKeptWarning, IndexRebuiltWarning

        told = (IndexNotKeptWarning, IndexRebuiltWarning, ReaderNotUsedWarning)
        for warning in caught:
            warnings.showwarning(
                warning.message, warning.category, warning.filename, warning.lineno
            )
            if issubclass(warning.category, told):
                self._notes.append(str(warning.message))


def build(library: Library) -> gr.Blocks:
    """The page's widgets and what they call."""
    import gradio as gr

    with gr.Blocks(title=page.TITLE, fill_width=True, analytics_enabled=False) as blocks:
        head = _html(library.header(), "head")
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="left", scale=3, min_width=300):
                talk = _html(page.conversation([]), "talk")
                with gr.Row(elem_id="examples"):
                    buttons = [
                        gr.Button(question, visible=False, size="sm")
                        for questions in page.EXAMPLES.values()
                        for question in questions
                    ]
                with gr.Row(elem_id="ask"):
                    box = gr.Textbox(
                        placeholder="Ask a question…",
                        label="Your question",
                        show_label=False,
                        container=False,
                        autofocus=True,
                        max_lines=4,
                        scale=1,
                        elem_id="question",
                    )
                    send = gr.Button("Ask", variant="primary", scale=0, min_width=80)
                hint = _html("", "hint")
            with gr.Column(elem_id="right", scale=2, min_width=300):
                proof = _html(page.evidence([]), "evidence")
        turns = gr.State([])
        timer = gr.Timer(POLL_SECONDS)

        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

        def look(turns: list[Turn]) -> list[Any]:
            fitting = page.examples(library.documents) if not turns else []
            return [
                library.header(),
                page.conversation(turns, library.documents),
                gr.Timer(active=not library.done),
                *(gr.Button(visible=button.value in fitting) for button in buttons),
            ]

        def take(question: str, turns: list[Turn]) -> list[Any]:
            problem = _take(question, turns)
            return [
                gr.skip() if problem else "",
                page.hint(problem),
                page.conversation(turns, library.documents),
                gr.skip() if problem else page.evidence(turns),
                *(gr.Button(visible=False) if turns else gr.skip() for _ in buttons),
            ]

        def reply(turns: list[Turn]) -> list[Any]:
            _reply(library, turns)
            return [page.conversation(turns, library.documents), page.evidence(turns)]

        seen = [head, talk, timer, *buttons]
        blocks.load(look, turns, seen, queue=False, **quiet)
        timer.tick(look, turns, seen, queue=False, **quiet)
        for source, triggers in [(box, [box.submit, send.click])] + [
            (button, [button.click]) for button in buttons
        ]:
            gr.on(
                triggers,
                take,
                [source, turns],
                [box, hint, talk, proof, *buttons],
                queue=False,
                **quiet,
            ).then(reply, turns, [talk, proof], **quiet)
        gr.api(_endpoint(library), api_name="ask")  # type: ignore[attr-defined]
    return cast("gr.Blocks", blocks)


def _take(question: str, turns: list[Turn]) -> str:
    """Add a question to the conversation; what is wrong with it, if anything is."""
    from qa.assistant import check_question

    try:
        turns.append(Turn(check_question(question)))
    except ArgumentError as error:
        return str(error)
    return ""


def _reply(library: Library, turns: list[Turn]) -> None:
    """Answer what waits. The list is one session's, and keeps what is added to it meanwhile."""
    from qa.conversation.conversation import Conversation

    for number, turn in enumerate(turns):
        if turn.waiting:
            before = [each.answer for each in turns[:number] if each.answer is not None]
            try:
                turn.answer = Conversation(library.assistant(), before).ask(turn.question)
            except Error as error:
                turn.message = str(error)
            except Exception:
                turn.message = _UNEXPECTED
                logger.exception("a question could not be answered")


def _endpoint(library: Library) -> Any:
    import gradio as gr

    def ask(question: str) -> dict[str, Any]:
        """Answer a question from the documents: answer, text, abstained, confidence, citations, hits."""
        try:
            return library.assistant().ask(question).to_dict()
        except Error as error:
            raise gr.Error(str(error), print_exception=False) from error

    return ask


def _html(value: str, name: str) -> gr.HTML:
    import gradio as gr

    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=None)


def _theme() -> gr.themes.Base:
    """System fonts only: nothing is fetched from elsewhere."""
    import gradio as gr

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

    Raises:
        SystemExit: the address is in use or not to be had; status 1.
    """
    try:
        _check_address(host, port)
        go_offline(model, reader)
        _launch(Library(documents, model, reader, index_dir), host, port, open_browser)
        threading.Event().wait()
    except KeyboardInterrupt:
        gc.freeze()  # else the interpreter looks through all of torch before it ends: 2 s, not 0.5
        print("\nended", file=sys.stderr)


def _launch(library: Library, host: str, port: int, open_browser: bool) -> None:
    _import_gradio()
    try:
        build(library).launch(
            server_name=host,
            server_port=port,
            inbrowser=open_browser,
            share=False,
            quiet=True,
            prevent_thread_lock=True,
            show_error=False,
            ssr_mode=False,
            footer_links=[],
            theme=_theme(),
            css_paths=page.CSS_FILE,
            head=page.SCRIPT,
        )
    except OSError as error:
        raise SystemExit(f"error: {host}:{port}: {error}") from error
    print(f"{page.TITLE}: http://{host}:{port} (Ctrl-C ends it)", file=sys.stderr)
    library.start()  # only now: its imports would hold up the page


def _import_gradio() -> None:
    """Import the slowest part of the start. Without garbage collection it takes 14 % less."""
    gc.disable()
    try:
        import gradio  # noqa: F401
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
    )


if __name__ == "__main__":
    main()
