"""What a parser raises that its reader did not expect, as a reason for a person."""

from __future__ import annotations

import logging

logger = logging.getLogger(__name__)

_LONGEST = 300
"""Characters of an error's own words: some repeat the whole file."""


def reason_for(error: Exception, path: str) -> str:
    """Why a file cannot be read, after an exception that is no :class:`~index.errors.ReadError`.

    Such an error is a fault in a reader: it is logged with all that helps to mend it.

    Raises:
        MemoryError: that was the error. The whole process is in want then.
    """
    if isinstance(error, MemoryError):
        raise error
    if isinstance(error, RecursionError):
        return "it is nested too deeply to be read"
    if isinstance(error, ModuleNotFoundError):
        return f"reading it takes the Python package {error.name}, which is not installed"
    logger.error("%s: its reader failed", path, exc_info=error)
    return f"it could not be read ({type(error).__name__}: {str(error)[:_LONGEST]})"
