"""Characters become a tree: nothing outside the page is read, however it is made."""

from __future__ import annotations

import logging
import re

import lxml.html
from lxml.etree import LxmlError, _Element

from index.errors import ReadError
from index.readers.html.flattening import flattened

_LOGGER = logging.getLogger(__name__)

_INVALID = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DECLARATION = re.compile(r"^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!DOCTYPE(?:[^>\[]|\[[^\]]*\])*>)?", re.I)


def parse(text: str, path: str) -> _Element:
    """Parse a page without any access to what is outside it."""
    text = _INVALID.sub("", text)
    # A document type can define entities that multiply; a page needs none to be read.
    text = _DECLARATION.sub("", text, count=1)
    root, complete = _parse_markup(text)
    if not complete:
        # The parser stops where elements nest too deep, so take the nesting away.
        root, _ = _parse_markup(flattened(text))
    if root is None:
        raise ReadError(path, "not an HTML page: it cannot be parsed")
    return root


def _parse_markup(text: str) -> tuple[_Element | None, bool]:
    """Parse markup; also tell whether the parser came to its end."""
    parser = lxml.html.HTMLParser(
        encoding="utf-8",
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8"), parser=parser)
    except LxmlError as error:
        _LOGGER.debug("cannot be parsed: %s", error)
        return None, True
    fatal = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    return root, not fatal
