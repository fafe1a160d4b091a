"""The page: ask documents in a browser. ``python app.py --help`` says how to start it."""

from __future__ import annotations

import argparse
import gc
import socket
import sys
import threading
from pathlib import Path
from typing import Any

from index.embedder import DEFAULT_MODEL
from index.errors import ArgumentError
from qa.feedback import default_file
from qa.offline import go_offline
from qa.page.assets import CSS_FILE, script
from qa.page.auth import checker, read_passwords
from qa.page.collections import Collections, default_folder
from qa.page.head import TITLE
from qa.page.library import Library
from qa.page.options import HOST, MAX_UPLOAD_MB, PORT, THEMES, ServeOptions, from_environment
from qa.page.session import MOST_SESSIONS, Sessions
from qa.page.shelf import MEGABYTE
from qa.reading.choose import DEFAULT_READER


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
    library = Library(
        options.documents,
        options.model,
        options.reader,
        options.index_dir,
        removable=check is None or options.share_documents,
        password=options.password,
    )
    sessions = Sessions(
        library,
        default_file(),
        Collections(default_folder()),
        max_bytes=max_bytes,
        share_documents=options.share_documents,
    )
    page, theme = _page(library, sessions)
    try:
        page.blocks.launch(
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
            state_session_capacity=MOST_SESSIONS,
            theme=theme,
            css_paths=CSS_FILE,
            head=script(options.theme),
        )
    except OSError as error:
        raise SystemExit(f"error: {host}:{port}: {error}") from error
    who = "with a password" if check else "for this machine alone"
    print(f"{TITLE}: http://{host}:{port} {who} (Ctrl-C ends it)", file=sys.stderr)
    library.start()  # only now: its imports would hold up the page


def _page(library: Library, sessions: Sessions) -> tuple[Any, Any]:
    """The page and its theme. Importing Gradio, which is slow, takes 14 % less without the collector."""
    gc.disable()
    try:
        from qa.page.page import Page
        from qa.page.theme import theme
    finally:
        gc.enable()
    return Page(library, sessions), theme()


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
    add("password", "", help="opens documents that need one")
    add("max-upload-mb", str(MAX_UPLOAD_MB), type=int, help="largest file to be added (MB)")
    add(
        "theme", THEMES[0], choices=THEMES, help="colours (default: as the visitor's system has it)"
    )
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
    given["password"] = given["password"] or ""
    given["open_browser"] = given.pop("open")
    given["documents"] = tuple(given["documents"])
    serve(ServeOptions(**given))


if __name__ == "__main__":
    main()
