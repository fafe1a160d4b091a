"""What programs can call: the page's named endpoints, which are the MCP server's tools, too.

Documents that a program adds belong to a key, as a visitor's do: :func:`add` gives it, and the other
calls take it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import gradio as gr

from index.errors import ArgumentError, Error
from index.types import Filter
from qa.answer import document_to_dict, hit_to_dict
from qa.page.session import Sessions

P = ParamSpec("P")
R = TypeVar("R")


def endpoints(sessions: Sessions) -> dict[str, Callable[..., Any]]:
    """What can be called, by name. An error is said in words.

    Args:
        sessions: the visitors', of which a caller with a key is one.
    """

    @_in_words
    def ask(
        question: str,
        k: int = 5,
        kinds: list[str] | None = None,
        author: str | None = None,
        document: str | None = None,
        key: str = "",
    ) -> dict[str, Any]:
        """Answer a question from the documents, with the passages that prove it.

        Args:
            question: in words.
            k: how many passages to show.
            kinds: only these: "paragraph", "caption", "comment".
            author: only the words of this author.
            document: only this document, by file name or title.
            key: of the documents that were added, from "add".

        Returns:
            answer, text, abstained, confidence, citations, hits and more.
        """
        assistant = sessions.shelf(key).assistant()
        only: dict[str, Any] = {"kinds": kinds, "author": author, "document": document}
        return assistant.ask(question, k=int(k), **only).to_dict()

    @_in_words
    def search(
        question: str,
        k: int = 5,
        kinds: list[str] | None = None,
        author: str | None = None,
        document: str | None = None,
        key: str = "",
    ) -> list[dict[str, Any]]:
        """Find the passages that best match a question, best first.

        Args:
            question: in words.
            k: at most this many.
            kinds: only these: "paragraph", "caption", "comment".
            author: only the words of this author.
            document: only this document, by file name or title.
            key: of the documents that were added, from "add".

        Returns:
            Each one's score and passage.
        """
        from qa.assistant import check_question

        index = sessions.shelf(key).assistant().index
        only = Filter(kinds, author, document)
        hits = index.search(check_question(question), k=int(k), only=only)
        return [hit_to_dict(hit) for hit in hits]

    @_in_words
    def documents(key: str = "") -> list[dict[str, Any]]:
        """List the documents that can be asked: id, title, file, author, date.

        Args:
            key: of the documents that were added, from "add".
        """
        shelf = sessions.shelf(key)
        shelf.library.assistant()
        return [document_to_dict(document) for document in shelf.documents]

    @_in_words
    def add(name: str, text: str = "", content: str = "", key: str = "") -> dict[str, Any]:
        """Add a file, to be asked by those who have the key; an archive or a mail has several documents.

        Args:
            name: the file's name; its ending says how it is read ("notes.md").
            text: what is in it.
            content: the same as base64, instead of the text, for a file as it is.
            key: from an earlier call, to add to what was added then; empty for a new one.

        Returns:
            The key, the documents, and the problems: the file or part of it that was not added, and why.
        """
        given = _bytes(text, content)
        if key:
            sessions.shelf(key)  # else a new session would get it
        session = sessions.get(key)
        reports = session.add_bytes(name, given)
        return {
            "key": session.key,
            "documents": [document_to_dict(each.document) for each in reports if each.document],
            "problems": [
                {"file": each.path, "problem": each.problem} for each in reports if each.problem
            ],
        }

    @_in_words
    def remove(document: str, key: str = "") -> list[dict[str, Any]]:
        """Remove a document that was added: nothing of it answers any more.

        Args:
            document: its id.
            key: from "add".

        Returns:
            The documents that are left.
        """
        shelf = sessions.shelf(key)
        if document not in {each.id for each in shelf.own}:
            raise ArgumentError(f"no document {document!r} was added under this key")
        shelf.remove(document)
        return [document_to_dict(each) for each in shelf.documents]

    named: list[Callable[..., Any]] = [ask, search, documents, add, remove]
    return {function.__name__: function for function in named}


def _bytes(text: str, content: str) -> bytes:
    if not content:
        return text.encode("utf-8", "replace")
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ArgumentError(f"content is not base64: {error}") from error


def _in_words(function: Callable[P, R]) -> Callable[P, R]:
    """Have the caller read what is wrong, where it is something that callers can mend."""

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except Error as error:
            raise gr.Error(str(error), print_exception=False) from error

    return called
