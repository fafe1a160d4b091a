"""How the page is served."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

from index.embedder import DEFAULT_MODEL
from index.errors import ArgumentError
from qa.page.auth import is_loopback
from qa.reading.choose import DEFAULT_READER

HOST, PORT, MAX_UPLOAD_MB = "127.0.0.1", 7860, 20
THEMES = ("auto", "light", "dark")
"""The page's colours: "auto" as the visitor's system has them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ServeOptions:
    """How the page is served."""

    documents: tuple[Path, ...] = ()
    """Files and folders; none for the default ones."""
    host: str = HOST
    """The address to listen on. Any but the machine's own needs ``auth``."""
    port: int = PORT
    auth: Path | None = None
    """A file of names and passwords, ``name:password`` on each line; None lets everybody in."""
    share_documents: bool = False
    """Whether what one visitor adds is everybody's."""
    mcp: bool = False
    """Whether to be an MCP server, too, under ``/gradio_api/mcp/``."""
    max_upload_mb: int = MAX_UPLOAD_MB
    """The largest file that a visitor may add."""
    model: str = DEFAULT_MODEL
    reader: str = DEFAULT_READER
    """What finds the answer's words, by name or folder; "none" for whole sentences."""
    password: str = ""
    """Opens documents that need one."""
    index_dir: Path | None = None
    """Where the index is kept; None for the cache folder."""
    theme: str = THEMES[0]
    """One of :data:`THEMES`; a visitor may choose another."""
    open_browser: bool = False

    def check(self) -> None:
        """See that nobody from elsewhere gets in unasked, and that what is asked for can be had.

        Raises:
            ArgumentError: another address than the machine's own, and no passwords; an unknown theme;
                no package for MCP.
        """
        if self.theme not in THEMES:
            raise ArgumentError(f"unknown theme {self.theme!r}; there are {', '.join(THEMES)}")
        if self.mcp and importlib.util.find_spec("mcp") is None:
            raise ArgumentError(
                'the package mcp is missing; install it with: pip install "document-qa[mcp]"'
            )
        if self.auth is None and not is_loopback(self.host):
            raise ArgumentError(
                f"listening on {self.host} lets other machines in; name a file with"
                " name:password lines with --auth, or listen on 127.0.0.1"
            )


def from_environment(name: str, default: str) -> str:
    """The value of ``QA_NAME``, as the option of that name would have it."""
    return os.environ.get(f"QA_{name.upper().replace('-', '_')}", default)
