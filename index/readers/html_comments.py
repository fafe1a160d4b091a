"""Readers' comments in the DOM of a saved web page, whatever system wrote it.

No content management system is asked for by name. What they share is used instead:

1. *Sections*: containers whose class, id or heading says comments (Kommentare, commentaires, …).
2. *Items*: elements whose class, id or microdata says one comment; failing that, the parts of a
   section that each carry one date or author.
3. *Parts* of an item: author, date, text; links to reply, vote or report are dropped.
4. *Threads*: an item inside another one, or in a list of replies after it, answers it.

The functions change the tree they are given: what was taken as a comment is removed from it.
"""

from __future__ import annotations

import functools
import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from lxml.etree import _Element

_WORDS = (
    "comment|kommentar|commentaire|comentario|comentário|commento|komentar|komentarz|reactie"
    "|opinion|meinung|review|rezension|bewertung|guestbook|gaestebuch|gästebuch|dsq-comment"
)
_PLURALS = (
    "comments|kommentare|commentaires|comentarios|comentários|commenti|komentarze|reacties"
    "|opinions|meinungen|reviews|rezensionen|bewertungen|responses|replies|reactions|réactions"
    "|discussion|discussions|answers|disqus|guestbook|gaestebuch|gästebuch|leserbriefe|reader-comments"
)
_GROUP = "list|list-wrapper|area|section|thread|threads|wrapper|wrap|container|holder|block|box"

_NOT_ONE = r"(?:no|add|post|write|leave|new|show|hide|has|view|cancel|load|submit|send|login)"
"""Words before "comment" that make it a button or a state: "add-comment", "has-comment"."""

_WEAK = re.compile(r"opinion|meinung|kommentar(?!e)|review|rezension|bewertung|answer")
"""Words that also name a kind of article, so that one such element alone is no comment."""

_ITEM_TOKEN = re.compile(
    rf"^(?!{_NOT_ONE}-)(?:[a-z0-9]+-){{0,3}}?(?:{_WORDS})"
    r"(?:-(?:item|entry|single|box|block|wrapper|wrap|container|card|body|post|node|row|default"
    r"|content|text|texte|message|inner|main|holder|view|element|[a-z]?\d+))*$"
)
_TEXT_TOKEN = re.compile(
    rf"^(?:[a-z0-9]+-){{0,3}}?(?:{_WORDS}|post|message|review|answer|reply|user|entry)s?"
    r"-(?:content|text|texte|message|body|copy|story|inner-text|description)(?:-\d+)?$"
)
_PLAIN_TEXT_TOKEN = re.compile(r"^(?:content|text|message|body|postbody|bbwrapper|s-prose|copy)$")
_SECTION_TOKEN = re.compile(
    rf"^(?:[a-z0-9]+-){{0,3}}?(?:(?:{_PLURALS})(?:-(?:{_GROUP}|content|inner|main|\d+))*"
    rf"|(?:{_WORDS})-?(?:{_GROUP}|page)(?:-\d+)?|disqus-thread)$"
)
_SURE_TOKEN = re.compile(r"comment(?!ary)|kommentar(?:e|list|bereich)|comentario|disqus|guestbook")
_REPLIES_TOKEN = re.compile(
    r"^(?:children|(?:[a-z0-9]+-)*(?:replies|answers|responses|antworten|reponses|thread))$"
)
_DEPTH_TOKEN = re.compile(r"^(?:[a-z]+-)*(?:depth|level|indent)-?(\d{1,2})$")
_POST_TOKEN = re.compile(
    r"^(?:(?:forum|topic|thread|bbp|bb|phpbb)-)?(?:post|message|reply|postbit|postcontainer"
    r"|post-container|post-wrapper|message--post|postbitlegacy)$"
)
_THREAD_TOKEN = re.compile(
    r"^(?:[a-z0-9]+-)*(?:forum|forums|topic|thread|viewtopic|showthread|postlist|posts-list"
    r"|messagelist|message-list|phpbb|vbulletin|xenforo|bbpress)(?:-[a-z0-9]+)*$"
)
_WIDGET_TOKEN = re.compile(r"^(?:widget|widgets|sidebar|widget-area|recentcomments)$")
_NOISE_TOKEN = re.compile(
    r"^(?:(?:[a-z0-9]+-)*(?:reply|replylink|repondre|respond|vote|votes|voting|like|likes|dislike"
    r"|share|sharing|report|alert|alerter|flag|avatar|gravatar|moderation|permalink|edit|edit-link"
    r"|editsection|rating|stars|star-rating|score|count|counter|badge|button|buttons|btn|toolbar"
    r"|actions|controls|signature|says|nav|navigation|pagination|pager|awaiting-moderation"
    r"|screen-reader-text|sr-only|visually-hidden|tooltip|menu|form|quotelink)"
    r"|(?:reply|report|share|vote|like|flag|edit)-(?:link|button|btn|to|area|box|comment|wrap)"
    rf"|(?:{_WORDS})-(?:reply|report|form|actions|links?|footer|tools|options|select|alert)"
    r"(?:-[a-z]+)*)$"
)
_AUTHOR_TOKEN = re.compile(
    r"^(?:[a-z0-9]+-)*(?:author|author-?name|authorname|fn|username|user-?name|nick|nickname"
    r"|poster|benutzer|benutzername|auteur|autor|pseudo|pseudonyme|commenter|commentator|byline"
    r"|user|from|name|display-?name|screen-?name|verfasser|by|owner)$"
)
_DATE_TOKEN = re.compile(
    r"^(?:[a-z0-9]+-)*(?:date|datetime|time|timestamp|datum|zeit|published|posted|posted-on"
    r"|ago|relativetime|when|dateline|post-date|created|fecha|data)$"
)
_META_TOKEN = re.compile(
    rf"^(?:(?:{_WORDS}|post|message|user|author)-?(?:meta|metadata|info|header|head|details)"
    r"|meta|metas|metadata|commentmetadata|info|infos)$"
)

_MONTHS = (
    "jan|feb|fév|fev|mar|mär|maa|apr|avr|abr|may|mai|mei|mag|jun|juin|jul|juil|lug|giu|aug|aoû|ago"
    "|sep|set|okt|oct|ott|nov|dec|dez|déc|dic"
)
_DATE = re.compile(
    r"\b\d{1,2}[./]\s?\d{1,2}[./]\s?(?:\d{4}|\d{2})\b|\b\d{4}-\d{2}-\d{2}\b"
    rf"|\b\d{{1,2}}(?:\.|st|nd|rd|th|er)?\s(?:de\s)?(?:{_MONTHS})\w*\.?,?\s(?:de\s)?\d{{4}}\b"
    rf"|\b(?:{_MONTHS})\w*\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}\b"
    r"|\b\d+\s(?:second|minute|hour|day|week|month|year)s?\sago\b"
    r"|\bvor\s\d+\s(?:Sekunde|Minute|Stunde|Tag|Woche|Monat|Jahr)e?n?\b"
    r"|\bil\sy\sa\s\d+\s\w+",
    re.IGNORECASE,
)
_TIME_AFTER = re.compile(
    r"^[\s,|–-]*(?:(?:at|um|à|a las|alle|kl\.?)\s)?\d{1,2}[:.h]\d{2}(?::\d{2})?"
    r"(?:\s?(?:[ap]\.?m\.?|uhr))?",
    re.IGNORECASE,
)
_NOISE_LINE = re.compile(
    r"^[\W\d]*$|^\W*(?:#\s?\d+|(?:reply|quote|permalink|link|report(?: as)?(?: abusive| abuse| spam| comment)?"
    r"|like|likes|dislike|share|edit|delete|flag|upvote|downvote|vote up|vote down|helpful"
    r"|antworten?|zitieren|melden|kommentar melden|teilen|bearbeiten|löschen|gefällt mir"
    r"|daumen (?:hoch|runter)|auf diesen kommentar antworten|répondre|signaler|alerter|partager"
    r"|citer|modérer|j'aime|recommander|responder|rispondi|segnala|reageer|beantwoorden"
    r"|reply to this comment|log in to (?:reply|leave a comment)|loading|verified(?: buyer)?"
    r"|says|sagt|sagte|said|schreibt|schrieb|meint|meinte|a dit|dit|wrote|member|guest|gast"
    r"|moderator|admin|author|autor|op)(?:\s+\d+|\s*\(\d+\))?\W*)$",
    re.IGNORECASE,
)
_REPORT_LINE = re.compile(
    r"^posted by (?P<author>.{1,60}?)\s*[|·•-]\s*report (?:as )?abus\w+$", re.IGNORECASE
)
_VERBS = (
    r"(?:says|said|wrote|sagt|sagte|schreibt|schrieb|meint|meinte|a dit|a écrit|dit|dice|scrive)"
)
_BYLINE = re.compile(
    r"^(?:[#\d.\s]*)(?:(?:posted|written|comment|kommentar|beitrag|commentaire|review)?\s*"
    r"(?:by|von|par|por|di|door)\s+)(?P<author>[^|\n]{1,60}?)"
    r"(?:,?\s+(?:on|at|am|um|le|el|il|-|–|\|).*)?$",
    re.IGNORECASE,
)
_SAYS = re.compile(rf"^(?P<author>[^|\n]{{1,60}}?)\s+(?:{_VERBS})\b[\s:,.]*", re.IGNORECASE)
_IN_REPLY = re.compile(
    r"^\W*(?:in reply to|replying to|antwort an|als antwort auf|en réponse à|in risposta a"
    r"|en respuesta a)\s*:?\s*(?P<author>[^\n:]{1,60}?)\s*:?$",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(r"^@\s?(?P<author>[^\n:,]{1,60}?)\s*(?:[:,\n]|$)")
_SURE = (
    "comments|kommentare|leserkommentare|nutzerkommentare|commentaires|comentarios|comentários"
    "|commenti|komentarze|reacties|vos réactions|leserbriefe|leserzuschriften|gästebuch|guestbook"
    "|kundenbewertungen|kundenrezensionen|customer reviews|reader comments|user comments"
    "|user reviews|join the discussion|join the conversation"
)
"""Headings of comments without a number; "Discussion" alone is also a part of a paper."""
_COUNTED = (
    "comments?|kommentare?|commentaires?|comentarios?|comentários?|comment[oi]|reacties?"
    "|responses?|replies|reply|answers?|antworten?|réponses?|réactions?|reviews?|bewertung(?:en)?"
    "|rezension(?:en)?|opinions?|meinung(?:en)?|thoughts?|gedanken?"
)
_HEADING = re.compile(
    rf"^\W*(?:(?:{_SURE})|\d+\s(?:{_COUNTED}))"
    r"(?:\s(?:on|to|zu|zum|zur|sur|von|for)\b.{0,120})?[\W\d]*$",
    re.IGNORECASE,
)

_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    }
)
_ITEM_TAGS = frozenset(
    {
        "article",
        "blockquote",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "li",
        "p",
        "section",
        "table",
        "td",
        "tr",
    }
)
_GROUP_TAGS = frozenset(
    {"article", "aside", "details", "div", "dl", "main", "ol", "section", "table", "tbody", "ul"}
)
_DROPPED_TAGS = frozenset(
    {
        "button",
        "form",
        "iframe",
        "img",
        "input",
        "label",
        "link",
        "meta",
        "nav",
        "noscript",
        "object",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "video",
        "audio",
        "canvas",
    }
)
_HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

_PROSE = 200
"""Characters: a paragraph or part from this length on is somebody's words, not a label."""

_LONGEST_NAME = 60
"""Characters: longer text in an element called author is a biography or the comment itself."""


@dataclass(frozen=True, slots=True)
class PageComment:
    """A reader's comment found on a page."""

    text: str
    """Paragraphs joined by a blank line."""
    author: str | None
    date: str | None
    reply_to: str | None


@dataclass(slots=True, eq=False)
class _Item:
    """A comment while it is being read: the elements it lies in, and the one it answers."""

    elements: list[_Element]
    parent: _Item | None = None
    depth: int | None = None
    author: str | None = None
    date: str | None = None
    text: str = ""
    reply_to: str | None = None
    nested: set[_Element] = field(default_factory=set)


def take_comments(root: _Element) -> list[PageComment]:
    """Find the comments of a page and remove them from its tree.

    Args:
        root: the page's ``html`` element; it is changed.

    Returns:
        The comments in the order of the page, then those that only JSON-LD gives.
    """
    described = list(_json_ld_comments(root))
    _drop_widgets(root)
    _drop_hidden_forms(root)
    items = _read_items(_marked_items(root))
    within = {up for item in items for element in item.elements for up in element.iterancestors()}
    sections = [node for node in _sections(root) if node in within or _sure(node)]
    _taken(items)
    items += _taken(_read_items(_forum_posts(root)))
    for section in sections:
        items += _taken(_read_items(_unmarked_items(section)))
    for region in _headed_regions(root):
        found = _taken(_read_items(_unmarked_items(region)))
        items += found
        held = any(node in within for node in region.iter())
        _close_region(region, bool(found) or held)
    _drop_emptied(sections)
    comments = _without_stray(_finished(items))
    return comments + _unseen(described, comments)


def lines_of(element: _Element, skip: Iterable[_Element] = ()) -> list[str]:
    """The paragraphs of an element as plain text.

    Args:
        element: what to read.
        skip: descendants to leave out, with all that is in them.

    Returns:
        One string a paragraph, white space collapsed; a single line break within a paragraph
        stays one, two of them end it.
    """
    pieces: list[str] = []
    _collect(element, set(skip), pieces)
    paragraphs = re.split(r"\n\s*\n", "".join(pieces))
    tidy = (
        "\n".join(filter(None, (" ".join(line.split()) for line in paragraph.split("\n"))))
        for paragraph in paragraphs
    )
    return [paragraph for paragraph in tidy if paragraph]


def _collect(element: _Element, skip: set[_Element], pieces: list[str]) -> None:
    """Write an element's text with its block boundaries; the parser bounds the depth to 256."""
    tag = element.tag
    if element in skip or not isinstance(tag, str) or tag in _DROPPED_TAGS:
        return
    if tag == "br":
        pieces.append("\n")
        return
    boundary = "\n\n" if tag in _BLOCKS else ""
    flatten = str if tag in {"pre", "code"} else _one_line
    pieces.append(boundary)
    pieces.append(flatten(element.text or ""))
    for child in element:
        _collect(child, skip, pieces)
        pieces.append(flatten(child.tail or ""))
    pieces.append(boundary)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _tokens(element: _Element) -> tuple[str, ...]:
    """An element's classes and id, in lower case with hyphens: "commentBody" is "comment-body"."""
    return _split_names(f"{element.get('class') or ''} {element.get('id') or ''}")


@functools.lru_cache(maxsize=4096)
def _split_names(names: str) -> tuple[str, ...]:
    names = re.sub(r"(?<=[a-zäöü])(?=[A-Z])", "-", names).replace("_", "-").lower()
    return tuple(re.sub(r"-{2,}", "-", name).strip("-") for name in names.split())


def _has(element: _Element, pattern: re.Pattern[str]) -> bool:
    return any(map(pattern.match, _tokens(element)))


def _elements(element: _Element) -> Iterator[_Element]:
    """An element and its descendants, without processing instructions."""
    return (node for node in element.iter() if isinstance(node.tag, str))


def _itemprops(element: _Element) -> list[str]:
    return (element.get("itemprop") or "").split()


def _drop_widgets(root: _Element) -> None:
    """Remove side bars: they list the latest comments on other pages.

    Some systems call the part of the page with the article a widget too, so one that holds most
    of the page's text stays.
    """
    whole = _length(root)
    for node in list(_elements(root)):
        if (
            _has(node, _WIDGET_TOKEN)
            and node.tag not in {"body", "html"}
            and _length(node) < whole / 2
            and next(node.iter("h1"), None) is None
        ):
            _drop(node)


def _length(element: _Element) -> int:
    return sum(len(line) for line in lines_of(element))


def _drop_hidden_forms(root: _Element) -> None:
    """Empty the forms that ask for a comment, so that their labels are nobody's words.

    A form that holds paragraphs or comments is the page's frame and stays.
    """
    for form in list(root.iter("form")):
        asks = next(form.iter("textarea", "input"), None) is not None
        tells = any(len(line) > _PROSE for line in lines_of_form(form))
        if asks and not tells and not any(_is_item(node) for node in form.iter("*")):
            _drop(form)


def lines_of_form(form: _Element) -> list[str]:
    """The paragraphs inside a form, which :func:`lines_of` leaves out elsewhere."""
    return [line for child in form for line in lines_of(child)]


def _drop(element: _Element) -> None:
    """Remove an element and keep the text after it."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail
    previous = element.getprevious()
    parent.remove(element)
    if tail and previous is not None:
        previous.tail = (previous.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail


# Items that say what they are


def _is_item(element: _Element) -> bool:
    """Whether class, id or microdata says that this is one comment (or the text of one)."""
    if element.tag not in _ITEM_TAGS:
        return False
    kind = (element.get("itemtype") or "").rstrip("/").rsplit("/", 1)[-1]
    if kind in {"Comment", "UserComments", "Answer"}:
        return True
    if {"comment", "review", "suggestedAnswer", "acceptedAnswer"} & set(_itemprops(element)):
        return True
    return _has(element, _ITEM_TOKEN) or (element.tag == "div" and "answer" in _tokens(element))


def _is_listed_post(element: _Element) -> bool:
    """Whether this is a "post" or "message" in a container that says comments, as Disqus has it."""
    if element.tag not in _ITEM_TAGS or not _has(element, _POST_TOKEN):
        return False
    around = list(element.iterancestors())
    listed = any(_is_section(node) and _sure(node) for node in around)
    return listed and not any(_is_item(node) for node in around)


def _is_text_part(element: _Element) -> bool:
    return _has(element, _TEXT_TOKEN) or bool(
        {"text", "reviewBody", "commentText"} & set(_itemprops(element))
    )


def _is_section(element: _Element) -> bool:
    return element.tag in _GROUP_TAGS and _has(element, _SECTION_TOKEN)


def _marked_items(root: _Element) -> list[_Item]:
    """The items that class, id or microdata marks, threads resolved."""
    candidates = [
        node
        for node in _elements(root)
        if (_is_item(node) or _is_listed_post(node)) and next(node.iter("h1"), None) is None
    ]
    names = Counter(_tokens(node)[0] for node in candidates if _tokens(node))
    chosen = [node for node in _outer_candidates(candidates) if not _may_be_article(node, names)]
    items = [_Item([element]) for element in chosen]
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
            dropped.update(child for child in children if _is_text_part(child))
        elif _alike(children) or _is_section(outer):
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
    tokens = _tokens(element)
    if not any(_WEAK.search(token) for token in tokens) or names[tokens[0]] > 1:
        return False
    return not any(_is_section(node) for node in element.iterancestors())


def _merge_first(
    children: list[_Element],
    inside: dict[_Element | None, list[_Element]],
    dropped: set[_Element],
) -> None:
    """Let the first of the candidates in a comment, and what is its text, be that comment."""
    dropped.add(children[0])
    dropped.update(child for child in children[1:] if _is_text_part(child))
    # The inner one's own children, such as its text part, now are the outer one's.
    dropped.update(child for child in inside.get(children[0], []) if _is_text_part(child))


def _alike(elements: list[_Element]) -> bool:
    """Whether the elements are two or more siblings of one shape."""
    if len(elements) < 2:
        return False
    shapes = {(node.tag, re.sub(r"\d+", "", " ".join(_tokens(node)[:1]))) for node in elements[:2]}
    return len(shapes) == 1 and elements[0].getparent() is elements[1].getparent()


def _own_words(element: _Element, inner: list[_Element]) -> bool:
    """Whether an element has a comment's words outside the candidates in it."""
    item = _Item([element], nested=set(inner))
    return bool(_body_lines(item))


def _place(item: _Item, by_element: dict[_Element, _Item]) -> None:
    """Find what an item answers: the item around it, or the one before its list of replies."""
    element = item.elements[0]
    for node in element.iterancestors():
        if node in by_element:
            item.parent = by_element[node]
            item.parent.nested.add(element)
            return
        if item.parent is None and _has(node, _REPLIES_TOKEN):
            item.parent = _last_item_in(node.getprevious(), by_element)
    item.depth = next(
        (int(found[1]) for token in _tokens(element) if (found := _DEPTH_TOKEN.match(token))), None
    )


def _last_item_in(element: _Element | None, by_element: dict[_Element, _Item]) -> _Item | None:
    if element is None:
        return None
    inside = [by_element[node] for node in _elements(element) if node in by_element]
    return inside[0] if inside else None


def _joined_halves(items: list[_Item]) -> list[_Item]:
    """Join an item without words to its next sibling: ``dt`` has the author, ``dd`` the text."""
    joined: list[_Item] = []
    for item in items:
        last = joined[-1] if joined else None
        element = item.elements[0]
        if (
            last is not None
            and element.getprevious() is last.elements[-1]
            and element.tag != last.elements[-1].tag
            and not _body_lines(last)
        ):
            last.elements.append(element)
        else:
            joined.append(item)
    return joined


def _widen(item: _Item, taken: set[_Element]) -> None:
    """Let an item without an author grow to the nearest element with one and no other comment."""
    if len(item.elements) > 1 or _author(item) is not None:
        return
    own = {*item.elements, *item.nested}
    for node in item.elements[0].iterancestors():
        if node.tag not in _ITEM_TAGS or _is_section(node):
            return
        if any(inner.tag == "h1" or (inner in taken and inner not in own) for inner in node.iter()):
            return
        if _author(_Item([node], nested=item.nested)) is not None:
            item.elements = [node]
            if item.parent is not None:
                item.parent.nested.add(node)
            return


# Threads of a forum


def _forum_posts(root: _Element) -> list[_Item]:
    """The posts of a thread after its first, which is what the page is about."""
    posts = [node for node in _elements(root) if node.tag in _ITEM_TAGS and _has(node, _POST_TOKEN)]
    outer = set(posts)
    posts = [post for post in posts if not any(up in outer for up in post.iterancestors())]
    if len(posts) < 2 or not any(_in_thread(post) for post in posts):
        return []
    items = [_Item([post]) for post in posts]
    signed = [item for item in items if _author(item) is not None]
    return signed[1:] if len(signed) == len(items) else []


def _in_thread(post: _Element) -> bool:
    return any(_has(node, _THREAD_TOKEN) for node in post.iterancestors())


# Sections whose items say nothing


def _sure(element: _Element) -> bool:
    return any(_SURE_TOKEN.search(token) for token in _tokens(element))


def _sections(root: _Element) -> list[_Element]:
    """The outermost containers of comments."""
    found: list[_Element] = []
    inside: set[_Element] = set()
    for node in _elements(root):
        if node.getparent() in inside:
            inside.add(node)
        elif _is_section(node) and next(node.iter("h1"), None) is None:
            inside.add(node)
            found.append(node)
    return found


def _headed_regions(root: _Element) -> list[_Element]:
    """What follows a heading that says comments, gathered under a new element each."""
    regions: list[_Element] = []
    for node in list(_elements(root)):
        if node.tag in _HEADING_TAGS | {"div", "p", "span", "strong", "b"} and _says_comments(node):
            region = _after(node)
            if region is not None:
                regions.append(region)
    return regions


def _says_comments(element: _Element) -> bool:
    text = "".join(cast("Iterator[str]", element.itertext()))
    return len(text) < 160 and _HEADING.match(" ".join(text.split())) is not None


def _after(heading: _Element) -> _Element | None:
    """Move the siblings after a heading into a new section, up to the next heading of its rank."""
    while heading.getparent() is not None and heading.getnext() is None:
        heading = cast(_Element, heading.getparent())
        if heading.tag in {"body", "html", "a", "nav", "ul"} or not _says_comments(heading):
            return None
    parent = heading.getparent()
    if parent is None or parent.tag in {"ul", "nav", "tr"}:
        return None
    following = []
    for sibling in heading.itersiblings():
        if sibling.tag == heading.tag and (heading.tag in _HEADING_TAGS or _same(sibling, heading)):
            break
        following.append(sibling)
    if not following or any(next(node.iter("h1"), None) is not None for node in following):
        return None
    region = parent.makeelement("section", {"class": "comments"})
    heading.addnext(region)
    for sibling in following:
        region.append(sibling)
    return region


def _same(one: _Element, other: _Element) -> bool:
    return bool(_tokens(one)) and _tokens(one) == _tokens(other)


def _unmarked_items(section: _Element) -> list[_Item]:
    """Split a section by its dates, one to a comment; a date is what every system prints."""
    marks = {node for node in _elements(section) if _is_date_mark(node)}
    inner = [node for node in _elements(section) if node in marks]
    inner = [node for node in inner if not any(up in marks for up in node.iterancestors())]
    marked = set(inner)
    items: list[_Item] = []
    for mark in inner:
        element = mark
        for node in mark.iterancestors():
            if node is section or any(n in marked and n is not mark for n in node.iter()):
                break
            element = node
        if element.tag in _ITEM_TAGS:
            items.append(_Item([element]))
    return [item for item in items if _author(item) is not None and _body_lines(item)]


def _is_date_mark(element: _Element) -> bool:
    """Whether an element is a date, or directly holds a short text that has one."""
    if element.tag in _DROPPED_TAGS or element.tag in {"html", "body"}:
        return False
    if element.tag == "time" or _has(element, _DATE_TOKEN):
        return _date_in(" ".join(lines_of(element))) is not None
    own = " ".join([element.text or "", *(child.tail or "" for child in element)]).strip()
    return len(own) < _LONGEST_NAME and _date_in(own) is not None


# The parts of an item


def _read_items(items: list[_Item]) -> list[_Item]:
    """Read author, date and text of items; those without words are left out."""
    by_depth: dict[int, _Item] = {}
    read: list[_Item] = []
    for item in items:
        lines = _body_lines(item)
        item.author = _author(item)
        item.date = _date(item)
        lines = _without_markers(item, lines)
        item.text = "\n\n".join(lines)
        if not item.text or (item.author is None and item.date is None and _is_label(item)):
            continue
        if item.parent is None and item.depth is not None:
            item.parent = by_depth.get(item.depth - 1)
        if item.depth is not None:
            by_depth[item.depth] = item
        read.append(item)
    return read


def _is_label(item: _Item) -> bool:
    """Whether an item without author and date is a button or link, not a comment.

    Lists of the latest comments on other pages are such links, in the markup of comments.
    """
    if _LOGIN.search(item.text) and len(item.text) < 2 * _LONGEST_NAME:
        return True
    linked = [_squeezed(" ".join(lines_of(node))) for node in _own(item) if node.tag == "a"]
    return _squeezed("".join(linked)) == _squeezed(item.text)


_LOGIN = re.compile(
    r"\b(?:sign(?:ed)? (?:in|up)|log(?:ged)? ?in|einloggen|eingeloggt|anmelden|angemeldet|registrier"
    r"|connecter|connecté|inscrire|iniciar sesión|accedi|load more|show more|weitere laden"
    r"|mehr anzeigen|tous les commentaires|alle kommentare|all comments|voir plus)",
    re.IGNORECASE,
)


def _without_markers(item: _Item, lines: list[str]) -> list[str]:
    """Take "in reply to X", "X says:" and "Posted by X | Report as abusive" out of the lines."""
    kept = []
    for line in lines:
        if _is_head(line, item):
            continue
        if found := _REPORT_LINE.match(line):
            item.author = item.author or found["author"]
        elif (found := _IN_REPLY.match(line)) and len(lines) > 1:
            item.reply_to = found["author"]
        else:
            kept.append(line)
    return kept


def _is_head(line: str, item: _Item) -> bool:
    """Whether a line holds nothing but the author, or the author and the date."""
    if item.author is None or not line.startswith(item.author):
        return False
    rest = line.removeprefix(item.author).replace(item.date or "\n", "").strip(" ,:;|·•–-")
    return len(rest) <= len("schrieb am") and (rest == "" or (item.date or "\n") in line)


def _finished(items: list[_Item]) -> list[PageComment]:
    """The comments, with the author that each answers: as it says, else by the thread."""
    authors = {item.author for item in items if item.author is not None}
    comments = []
    for item in items:
        reply_to, parent = item.reply_to, item.parent
        while reply_to is None and parent is not None:
            reply_to, parent = parent.author, parent.parent
        addressed = _ADDRESSED.match(item.text)
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


def _own(item: _Item) -> Iterator[_Element]:
    """The elements of an item, without those of the comments nested in it."""
    for element in item.elements:
        yield from _outside(element, item.nested)


def _outside(element: _Element, barred: set[_Element]) -> Iterator[_Element]:
    yield element
    for child in element:
        if isinstance(child.tag, str) and child not in barred:
            yield from _outside(child, barred)


def _body_lines(item: _Item) -> list[str]:
    """The words of a comment: its text part when one is marked, else all but its trimmings."""
    trimmings = set(item.nested)
    texts: list[_Element] = []
    plain: list[_Element] = []
    for node in _own(item):
        if _is_trimming(node):
            trimmings.add(node)
        elif _is_text_part(node) and not _holds_author(node, item):
            texts.append(node)
        elif _has(node, _PLAIN_TEXT_TOKEN) and not _holds_author(node, item):
            plain.append(node)
    for chosen in (texts, plain, item.elements):
        lines = [line for part in _outermost(chosen) for line in lines_of(part, trimmings)]
        lines = [line for line in lines if not _is_trimming_line(line)]
        if lines:
            return lines
    return []


def _outermost(elements: list[_Element]) -> list[_Element]:
    known = set(elements)
    return [node for node in elements if not any(up in known for up in node.iterancestors())]


def _is_trimming(element: _Element) -> bool:
    """Whether an element of a comment is something else than its words."""
    if element.tag in {"time", "cite", "button", "form", "footer", "header", "nav"}:
        # Some systems set the words themselves in a footer or header; a long one is kept.
        return sum(map(len, lines_of(element))) < _PROSE
    if element.get("aria-hidden") == "true":
        return True
    if _has(element, _NOISE_TOKEN) and not _is_item(element):
        return True
    names = _AUTHOR_TOKEN, _DATE_TOKEN, _META_TOKEN
    props = {"author", "name", "datePublished", "dateCreated", "upvoteCount"}
    called = any(_has(element, pattern) for pattern in names) and not _is_text_part(element)
    if not called and not props & set(_itemprops(element)):
        return False
    return sum(map(len, lines_of(element))) <= 2 * _LONGEST_NAME


def _is_trimming_line(line: str) -> bool:
    """Whether a line is a link to reply, a counter, a date or "X says", not a comment's words."""
    if _NOISE_LINE.match(line):
        return True
    if len(line) > 2 * _LONGEST_NAME or "\n" in line:
        return False
    if _HEADING.match(line):
        return True
    found = _DATE.search(line)
    if found is not None and len(line) < len(found[0]) + _LONGEST_NAME // 2:
        return True
    says = _SAYS.match(line)
    return says is not None and says.end() == len(line)


def _holds_author(element: _Element, item: _Item) -> bool:
    """Whether a part called text holds the author too, so that it is the whole comment."""
    return any(
        node is not element and (_has(node, _AUTHOR_TOKEN) or node.tag in {"time", "cite"})
        for node in _outside(element, item.nested)
    )


_BY_ITEMPROP, _BY_CLASS, _BY_TAG, _BY_LINK = range(4)


def _author(item: _Item) -> str | None:
    """Who wrote an item: the best marked name, else the words around its date."""
    best: tuple[int, str] | None = None
    for node in _own(item):
        rank = _author_rank(node)
        if rank is None or (best is not None and rank >= best[0]):
            continue
        name = _clean_name(_name_text(node))
        if name:
            best = rank, name
    if best is not None:
        return best[1]
    return _author_in_lines(item)


def _author_rank(element: _Element) -> int | None:
    """How surely an element names an author, 0 the surest; None when it does not."""
    if element.tag in _DROPPED_TAGS or element.tag in {"i", "body"}:
        return None
    props = set(_itemprops(element))
    if {"author", "creator"} & props or "fn" in _tokens(element):
        return _BY_ITEMPROP
    if _has(element, _AUTHOR_TOKEN) and not _is_item(element):
        return _BY_CLASS
    if element.tag == "cite" or "author" in (element.get("rel") or "").split():
        return _BY_TAG
    if element.tag == "a" and re.search(
        r"/(?:users?|profiles?|members?|profil|autor|author)\b|[?&](?:userid|uid|u)=",
        element.get("href") or "",
    ):
        return _BY_LINK
    return None


def _name_text(element: _Element) -> str:
    """The words of an element called author: the name marked in it, its link, or all of it."""
    for inner in element.iter("*"):
        if "name" in _itemprops(inner) or "fn" in _tokens(inner):
            return " ".join(lines_of(inner))
    for link in element.iter("a"):
        if text := " ".join(lines_of(link)):
            return text
    return " ".join(lines_of(element))


def _clean_name(text: str) -> str | None:
    """A name without "by", "says:" and dates; None when what is left is no name."""
    text = text.strip()
    if found := _DATE.search(text):
        text = text[: found.start()]
    if found := _SAYS.match(text):
        text = found["author"]
    text = re.sub(r"^(?:posted by|by|von|par|por|from|author|autor)\b:?\s+", "", text, flags=re.I)
    text = text.strip(" \t\n,:;|·•–-")
    text = re.sub(r"[\s,]+(?:on|at|am|vom|um|le|el|den)$", "", text, flags=re.I)
    if not text or len(text) > _LONGEST_NAME or not re.search(r"\w", text):
        return None
    return None if _NOISE_LINE.match(text) else text


def _author_in_lines(item: _Item) -> str | None:
    """A name told by its place: "Comment by X on …", "X says:", or "X" before the date."""
    lines = [line for element in item.elements for line in lines_of(element, item.nested)]
    heads = [line.replace("\n", " ") for line in (*lines[:4], *lines[-2:])]
    short = [line for line in heads if len(line) <= 2 * _LONGEST_NAME]
    for line in short:
        if found := _BYLINE.match(line) or _SAYS.match(line) or _REPORT_LINE.match(line):
            return _clean_name(found["author"])
    for line in short:
        date = _DATE.search(line)
        if date is not None and (name := _clean_name(line[: date.start()])):
            return name
    return None


def _date(item: _Item) -> str | None:
    """When an item was written, as the page spells it."""
    fallback = None
    for node in _own(item):
        if node.tag == "time" or _has(node, _DATE_TOKEN) or _has(node, _META_TOKEN):
            text = " ".join(lines_of(node))
            if found := _date_in(text):
                return found
            fallback = fallback or node.get("datetime")
        if {"datePublished", "dateCreated"} & set(_itemprops(node)):
            fallback = fallback or node.get("content") or node.get("datetime")
    for element in item.elements:
        for line in lines_of(element, item.nested):
            if len(line) <= 2 * _LONGEST_NAME and (found := _date_in(line)):
                return found
    return fallback


def _date_in(text: str) -> str | None:
    """The first date in a text, with the time of day that follows it."""
    text = " ".join(text.split())
    found = _DATE.search(text)
    if found is None:
        return None
    time = _TIME_AFTER.match(text[found.end() :])
    return found[0] + (time[0] if time else "")


# Taking away


def _taken(items: list[_Item]) -> list[_Item]:
    """Remove items from their page."""
    for item in items:
        for element in item.elements:
            _drop(element)
    return items


def _drop_emptied(sections: list[_Element]) -> None:
    """Remove the sections of which little but trimmings is left."""
    for section in sections:
        left = sum(len(line) for line in lines_of(section) if len(line) > 2 * _LONGEST_NAME)
        if left < _MOST_LEFT:
            _drop(section)


def _close_region(region: _Element, found: bool) -> None:
    """Remove what is left under a heading of comments; without comments it was no such heading."""
    if found:
        _drop_emptied([region])
    else:
        cast(Any, region).drop_tag()


_MOST_LEFT = 1000
"""Characters of prose in a section of comments without its items: rules of conduct, a form.

More is taken to be the article in an element with a misleading class."""


# JSON-LD


_LD_LISTS = ("comment", "comments", "review", "suggestedAnswer", "acceptedAnswer")
_LD_TYPES = {"Comment", "UserComments", "Answer", "Review"}
_LD_DEEPEST = 40
"""Levels of JSON-LD that are followed; a deeper one is no description of a page."""


def _json_ld_comments(root: _Element) -> Iterator[PageComment]:
    """The comments that the page's JSON-LD describes (schema.org Comment, Answer, Review)."""
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "") or not script.text:
            continue
        try:
            data = json.loads(script.text, strict=False)
        except (ValueError, RecursionError):
            continue  # A broken description is common and takes nothing from the page itself.
        yield from _ld_walk(data, None, 0)


def _ld_walk(data: Any, reply_to: str | None, depth: int) -> Iterator[PageComment]:
    if depth > _LD_DEEPEST:
        return
    if isinstance(data, list):
        for entry in data:
            yield from _ld_walk(entry, reply_to, depth + 1)
    elif isinstance(data, dict):
        comment = _ld_comment(data, reply_to)
        if comment is not None:
            yield comment
        author = comment.author if comment is not None else None
        for key, value in data.items():
            inner = author if key in _LD_LISTS else None
            yield from _ld_walk(value, inner, depth + 1)


def _ld_comment(data: dict[str, Any], reply_to: str | None) -> PageComment | None:
    kinds = data.get("@type")
    if not _LD_TYPES & set(kinds if isinstance(kinds, list) else [kinds] if kinds else []):
        return None
    words = data.get("text") or data.get("commentText") or data.get("reviewBody")
    if not isinstance(words, str) or not words.strip():
        return None
    author = data.get("author") or data.get("creator")
    if isinstance(author, list):
        author = author[0] if author else None
    if isinstance(author, dict):
        author = author.get("name")
    date = data.get("dateCreated") or data.get("datePublished") or data.get("commentTime")
    return PageComment(
        _plain(words),
        author.strip() or None if isinstance(author, str) else None,
        date if isinstance(date, str) else None,
        reply_to,
    )


def _plain(words: str) -> str:
    """JSON-LD text as plain text: markup and character references are allowed in it."""
    words = html.unescape(words)
    words = re.sub(r"<(?:br|/p|/div|/li)\b[^>]*>", "\n\n", words)
    words = html.unescape(re.sub(r"<[a-zA-Z/][^>]*>", "", words))
    return "\n\n".join(
        filter(None, (" ".join(part.split()) for part in re.split(r"\n\s*\n", words)))
    )


def _unseen(described: list[PageComment], comments: list[PageComment]) -> list[PageComment]:
    """The described comments that the page does not show itself."""
    shown = "\n".join(_squeezed(comment.text) for comment in comments)
    unseen = []
    for comment in described:
        start = _squeezed(comment.text)[:_LONGEST_NAME]
        if start and start not in shown:
            unseen.append(comment)
            shown += "\n" + _squeezed(comment.text)
    return unseen


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()
