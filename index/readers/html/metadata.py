"""A page's title, author and date: what trafilatura finds, less the names that systems fill in."""

from __future__ import annotations

import logging
import re
from copy import deepcopy

from lxml.etree import _Element
from trafilatura.metadata import extract_metadata

from index.readers.html.dom import lines_of

_LOGGER = logging.getLogger(__name__)

_NOBODY = {
    "unknown",
    "anonymous",
    "user",
    "follow",
    "admin",
    "administrator",
    "guest",
    "unbekannt",
    "anonym",
}
"""Author names that systems fill in."""

_LONGEST_NAMES = 100
"""Characters of a byline; a longer one is a biography."""


class Metadata:
    """Title, author and date as trafilatura finds them; empty where it finds none."""

    def __init__(self, title: str = "", author: str = "", date: str = "") -> None:
        self.title = " ".join(title.split())
        self.author = " ".join(author.split())
        self.date = " ".join(date.split())


def metadata_of(root: _Element) -> Metadata:
    """What a page says of itself; no author where the name is a biography or anybody's."""
    try:
        # The extensive search makes a date up from any year in the text, and takes seconds.
        found = extract_metadata(deepcopy(root), extensive=False)
    except Exception as error:  # noqa: BLE001 - trafilatura raises what its parts raise
        _LOGGER.warning("no metadata: %s", error)
        return Metadata()
    author = re.sub(
        r"^(?:autor|author|auteur|par|by|von)\b:?\s+", "", found.author or "", flags=re.I
    )
    author = author.split(";")[0] if len(author) > _LONGEST_NAMES else author
    if (
        len(author) > _LONGEST_NAMES
        or len(author.split(";")[0].split()) > 6
        or author.casefold() in _NOBODY
    ):
        author = ""
    return Metadata(found.title or "", author, found.date or "")


def heading_or_title(root: _Element) -> str:
    """The first heading or title with words in it; empty where there is none."""
    for tag in ("h1", "title", "h2"):
        for element in root.iter(tag):
            text = " ".join(" ".join(lines_of(element)).split())
            if text:
                return text
    return ""
