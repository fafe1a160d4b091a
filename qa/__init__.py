"""Ask your documents: answers with the passages that prove them.

>>> import qa
>>> print(qa.ask("what territory had IS lost?"))  # doctest: +SKIP

Importing this package is fast; the heavy libraries load with the first question.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.errors import (
        ArgumentError,
        DamagedIndexError,
        Error,
        FormatError,
        ModelError,
        ModelMismatchError,
        NoDocumentsError,
        ReadError,
        StoreError,
    )
    from index.types import Block, Document, FileReport, Hit, Kind, Passage, Score
    from qa.answer import NO_ANSWER, Answer, Basis, Citation
    from qa.assistant import Assistant, ask, set_documents
    from qa.conversation.conversation import Conversation
    from qa.kept import IndexNotKeptWarning, IndexRebuiltWarning
    from qa.reading.choose import ReaderNotUsedWarning

_HOME = {
    "index.errors": (
        "ArgumentError",
        "DamagedIndexError",
        "Error",
        "FormatError",
        "ModelError",
        "ModelMismatchError",
        "NoDocumentsError",
        "ReadError",
        "StoreError",
    ),
    "index.types": ("Block", "Document", "FileReport", "Hit", "Kind", "Passage", "Score"),
    "qa.answer": ("NO_ANSWER", "Answer", "Basis", "Citation"),
    "qa.assistant": ("Assistant", "ask", "set_documents"),
    "qa.kept": ("IndexNotKeptWarning", "IndexRebuiltWarning"),
    "qa.conversation.conversation": ("Conversation",),
    "qa.reading.choose": ("ReaderNotUsedWarning",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "NO_ANSWER",
    "Answer",
    "ArgumentError",
    "Assistant",
    "Basis",
    "Block",
    "Citation",
    "Conversation",
    "DamagedIndexError",
    "Document",
    "Error",
    "FileReport",
    "FormatError",
    "Hit",
    "IndexNotKeptWarning",
    "IndexRebuiltWarning",
    "Kind",
    "ModelError",
    "ModelMismatchError",
    "NoDocumentsError",
    "Passage",
    "ReadError",
    "ReaderNotUsedWarning",
    "Score",
    "StoreError",
    "ask",
    "set_documents",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULE_OF[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
