"""All the comments of a page: those marked, those of a forum, those below a heading, those described."""

from __future__ import annotations

from lxml.etree import _Element

from index.readers.html.comments.described import json_ld_comments, not_shown
from index.readers.html.comments.items import forum_posts, marked_items
from index.readers.html.comments.marks import says_comments_surely
from index.readers.html.comments.parts import (
    Item,
    PageComment,
    author_of,
    body_lines,
    date_of,
    own_elements,
)
from index.readers.html.comments.replies import note_surroundings, resolve_replies
from index.readers.html.comments.sections import (
    close_region,
    drop_emptied,
    drop_hidden_forms,
    drop_widgets,
    find_sections,
    headed_regions,
    unmarked_items,
)
from index.readers.html.comments.wording import (
    ADDRESSED,
    IN_REPLY,
    LOGIN,
    LONGEST_NAME,
    REPORT_LINE,
)
from index.readers.html.dom import lines_of, squeezed, take_away


def take_comments(root: _Element) -> list[PageComment]:
    """Find the comments of a page and remove them from its tree.

    Args:
        root: the page's ``html`` element; it is changed.

    Returns:
        The comments in the order of the page, then those that only JSON-LD gives.
    """
    described = list(json_ld_comments(root))
    drop_widgets(root)
    drop_hidden_forms(root)
    items = _read_items(marked_items(root))
    within = {up for item in items for element in item.elements for up in element.iterancestors()}
    sections = [
        node for node in find_sections(root) if node in within or says_comments_surely(node)
    ]
    _taken(items)
    items += _taken(_read_items(forum_posts(root)))
    for section in sections:
        items += _taken(_read_items(unmarked_items(section)))
    for region in headed_regions(root):
        found = _taken(_read_items(unmarked_items(region)))
        items += found
        held = any(node in within for node in region.iter())
        close_region(region, bool(found) or held)
    drop_emptied(sections)
    resolve_replies(items)
    comments = _without_stray(_finished(items))
    return comments + not_shown(described, comments)


def _read_items(items: list[Item]) -> list[Item]:
    """Read author, date and text of items; those without words are left out."""
    by_depth: dict[int, Item] = {}
    read: list[Item] = []
    for item in items:
        lines = body_lines(item)
        item.author = author_of(item)
        item.date = date_of(item)
        lines = _without_markers(item, lines)
        item.text = "\n\n".join(lines)
        if not item.text or (item.author is None and item.date is None and _is_label(item)):
            continue
        if item.parent is None and item.depth is not None:
            item.parent = by_depth.get(item.depth - 1)
        if item.depth is not None:
            by_depth[item.depth] = item
        read.append(item)
    note_surroundings(read)
    return read


def _is_label(item: Item) -> bool:
    """Whether an item without author and date is a button or link, not a comment.

    Lists of the latest comments on other pages are such links, in the markup of comments.
    """
    if LOGIN.search(item.text) and len(item.text) < 2 * LONGEST_NAME:
        return True
    linked = [squeezed(" ".join(lines_of(node))) for node in own_elements(item) if node.tag == "a"]
    return squeezed("".join(linked)) == squeezed(item.text)


def _without_markers(item: Item, lines: list[str]) -> list[str]:
    """Take "in reply to X", "X says:" and "Posted by X | Report as abusive" out of the lines."""
    kept = []
    for line in lines:
        if _is_head(line, item):
            continue
        if found := REPORT_LINE.match(line):
            item.author = item.author or found["author"]
        elif (found := IN_REPLY.match(line)) and len(lines) > 1:
            item.reply_to = found["author"]
        else:
            kept.append(line)
    return kept


def _is_head(line: str, item: Item) -> bool:
    """Whether a line holds nothing but the author, or the author and the date."""
    if item.author is None or not line.startswith(item.author):
        return False
    rest = line.removeprefix(item.author).replace(item.date or "\n", "").strip(" ,:;|·•–-")
    return len(rest) <= len("schrieb am") and (rest == "" or (item.date or "\n") in line)


def _finished(items: list[Item]) -> list[PageComment]:
    """The comments, with the author that each answers: as it says, else by the thread."""
    authors = {item.author for item in items if item.author is not None}
    comments = []
    for item in items:
        reply_to, parent = item.reply_to, item.parent
        while reply_to is None and parent is not None:
            reply_to, parent = parent.author, parent.parent
        addressed = ADDRESSED.match(item.text)
        if reply_to is None and addressed is not None and addressed["author"].strip() in authors:
            reply_to = addressed["author"].strip()
        comments.append(PageComment(item.text, item.author, item.date, reply_to))
    return comments


def _without_stray(comments: list[PageComment]) -> list[PageComment]:
    """Leave out what has neither author nor date where other comments have both.

    Such are pingbacks, and buttons such as "load more" in the shape of a comment.
    """
    signed = [comment for comment in comments if comment.author and comment.date]
    if len(signed) * 2 < len(comments):
        return comments
    return [comment for comment in comments if comment.author or comment.date]


def _taken(items: list[Item]) -> list[Item]:
    """Remove items from their page."""
    for item in items:
        for element in item.elements:
            take_away(element)
    return items
