"""Comments that the page marks as such, and the posts of a forum, with what each answers."""

from __future__ import annotations

import re
from collections import Counter

from lxml.etree import _Element

from index.readers.html.comments.marks import (
    DEPTH_TOKEN,
    POST_TOKEN,
    REPLIES_TOKEN,
    THREAD_TOKEN,
    WEAK,
    is_item,
    is_listed_post,
    is_section,
    is_text_part,
)
from index.readers.html.comments.parts import Item, author_of, body_lines
from index.readers.html.dom import ITEM_TAGS, elements_of, has_name, tokens_of


def marked_items(root: _Element) -> list[Item]:
    """The items that class, id or microdata marks, threads resolved."""
    candidates = [
        node
        for node in elements_of(root)
        if (is_item(node) or is_listed_post(node)) and next(node.iter("h1"), None) is None
    ]
    names = Counter(tokens_of(node)[0] for node in candidates if tokens_of(node))
    chosen = [node for node in _outer_candidates(candidates) if not _may_be_article(node, names)]
    items = [Item([element]) for element in chosen]
    by_element = {item.elements[0]: item for item in items}
    for item in items:
        _place(item, by_element)
    items = _joined_halves(items)
    taken = {element for item in items for element in item.elements}
    for item in items:
        _widen(item, taken)
    return items


def _outer_candidates(candidates: list[_Element]) -> list[_Element]:
    """Of nested candidates that are the same comment keep the outermost.

    A candidate belongs to the comment around it when that has no words of its own and this is
    the first in it. Where several alike are the first, the outer one is only their list.
    """
    known = set(candidates)
    inside: dict[_Element | None, list[_Element]] = {}
    for candidate in candidates:
        outer = next((node for node in candidate.iterancestors() if node in known), None)
        inside.setdefault(outer, []).append(candidate)
    dropped: set[_Element] = set()
    for outer in candidates:
        children = inside.get(outer, [])
        if not children:
            continue
        if _own_words(outer, children):
            dropped.update(child for child in children if is_text_part(child))
        elif _alike(children) or is_section(outer):
            dropped.add(outer)
        else:
            _merge_first(children, inside, dropped)
    return [candidate for candidate in candidates if candidate not in dropped]


def _may_be_article(element: _Element, names: Counter[str]) -> bool:
    """Whether only a word like "review" calls this a comment, with no list of comments around.

    Args:
        element: the candidate.
        names: how many candidates there are of each first class.
    """
    tokens = tokens_of(element)
    if not any(WEAK.search(token) for token in tokens) or names[tokens[0]] > 1:
        return False
    return not any(is_section(node) for node in element.iterancestors())


def _merge_first(
    children: list[_Element],
    inside: dict[_Element | None, list[_Element]],
    dropped: set[_Element],
) -> None:
    """Let the first of the candidates in a comment, and what is its text, be that comment."""
    dropped.add(children[0])
    dropped.update(child for child in children[1:] if is_text_part(child))
    # The inner one's own children, such as its text part, now are the outer one's.
    dropped.update(child for child in inside.get(children[0], []) if is_text_part(child))


def _alike(elements: list[_Element]) -> bool:
    """Whether the elements are two or more siblings of one shape."""
    if len(elements) < 2:
        return False
    shapes = {
        (node.tag, re.sub(r"\d+", "", " ".join(tokens_of(node)[:1]))) for node in elements[:2]
    }
    return len(shapes) == 1 and elements[0].getparent() is elements[1].getparent()


def _own_words(element: _Element, inner: list[_Element]) -> bool:
    """Whether an element has a comment's words outside the candidates in it."""
    item = Item([element], nested=set(inner))
    return bool(body_lines(item))


def _place(item: Item, by_element: dict[_Element, Item]) -> None:
    """Find what an item answers: the item around it, or the one before its list of replies."""
    element = item.elements[0]
    for node in element.iterancestors():
        if node in by_element:
            item.parent = by_element[node]
            item.parent.nested.add(element)
            return
        if item.parent is None and has_name(node, REPLIES_TOKEN):
            item.parent = _last_item_in(node.getprevious(), by_element)
    item.depth = next(
        (int(found[1]) for token in tokens_of(element) if (found := DEPTH_TOKEN.match(token))), None
    )


def _last_item_in(element: _Element | None, by_element: dict[_Element, Item]) -> Item | None:
    if element is None:
        return None
    inside = [by_element[node] for node in elements_of(element) if node in by_element]
    return inside[0] if inside else None


def _joined_halves(items: list[Item]) -> list[Item]:
    """Join an item without words to its next sibling: ``dt`` has the author, ``dd`` the text."""
    joined: list[Item] = []
    for item in items:
        last = joined[-1] if joined else None
        element = item.elements[0]
        if (
            last is not None
            and element.getprevious() is last.elements[-1]
            and element.tag != last.elements[-1].tag
            and not body_lines(last)
        ):
            last.elements.append(element)
        else:
            joined.append(item)
    return joined


def _widen(item: Item, taken: set[_Element]) -> None:
    """Let an item without an author grow to the nearest element with one and no other comment."""
    if len(item.elements) > 1 or author_of(item) is not None:
        return
    own = {*item.elements, *item.nested}
    for node in item.elements[0].iterancestors():
        if node.tag not in ITEM_TAGS or is_section(node):
            return
        if any(inner.tag == "h1" or (inner in taken and inner not in own) for inner in node.iter()):
            return
        if author_of(Item([node], nested=item.nested)) is not None:
            item.elements = [node]
            if item.parent is not None:
                item.parent.nested.add(node)
            return


def forum_posts(root: _Element) -> list[Item]:
    """The posts of a thread after its first, which is what the page is about."""
    posts = [
        node for node in elements_of(root) if node.tag in ITEM_TAGS and has_name(node, POST_TOKEN)
    ]
    outer = set(posts)
    posts = [post for post in posts if not any(up in outer for up in post.iterancestors())]
    if len(posts) < 2 or not any(_in_thread(post) for post in posts):
        return []
    items = [Item([post]) for post in posts]
    signed = [item for item in items if author_of(item) is not None]
    return signed[1:] if len(signed) == len(items) else []


def _in_thread(post: _Element) -> bool:
    return any(has_name(node, THREAD_TOKEN) for node in post.iterancestors())
