"""What class, id and microdata say of an element: section, comment, its text, author or date."""

from __future__ import annotations

import re

from lxml.etree import _Element

from index.readers.html.dom import GROUP_TAGS, ITEM_TAGS, has_name, itemprops_of, tokens_of

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
WEAK = re.compile(r"opinion|meinung|kommentar(?!e)|review|rezension|bewertung|answer")
"""Words that also name a kind of article, so that one such element alone is no comment."""
_ITEM_TOKEN = re.compile(
    rf"^(?!{_NOT_ONE}-)(?:[a-z0-9]+-){{0,3}}?(?:{_WORDS})"
    r"(?:-(?:item|entry|single|box|block|wrapper|wrap|container|card|body|post|node|row|default"
    r"|content|text|texte|message|inner|main|holder|view|element|[a-z]?\d+))*$"
)
_TEXT_TOKEN = re.compile(
    rf"^(?:[a-z0-9]+-){{0,3}}?(?:{_WORDS}|post|message|review|answer|reply|user|usertext|entry)s?"
    r"-(?:content|text|texte|message|body|copy|story|inner-text|description)(?:-\d+)?$"
)
PLAIN_TEXT_TOKEN = re.compile(r"^(?:content|text|message|body|postbody|bbwrapper|s-prose|copy)$")
_SECTION_TOKEN = re.compile(
    rf"^(?:[a-z0-9]+-){{0,3}}?(?:(?:{_PLURALS})(?:-(?:{_GROUP}|content|inner|main|\d+))*"
    rf"|(?:{_WORDS})-?(?:{_GROUP}|page)(?:-\d+)?|disqus-thread)$"
)
_SURE_TOKEN = re.compile(r"comment(?!ary)|kommentar(?:e|list|bereich)|comentario|disqus|guestbook")
REPLIES_TOKEN = re.compile(
    r"^(?:children|indented|(?:[a-z0-9]+-)*(?:replies|answers|responses|antworten|reponses|thread))$"
)
DEPTH_TOKEN = re.compile(r"^(?:[a-z]+-)*(?:depth|level|indent)-?(\d{1,2})$")
POST_TOKEN = re.compile(
    r"^(?:(?:forum|topic|thread|bbp|bb|phpbb)-)?(?:post|message|reply|postbit|postcontainer"
    r"|post-container|post-wrapper|message--post|postbitlegacy)$"
)
THREAD_TOKEN = re.compile(
    r"^(?:[a-z0-9]+-)*(?:forum|forums|topic|thread|viewtopic|showthread|postlist|posts-list"
    r"|messagelist|message-list|phpbb|vbulletin|xenforo|bbpress)(?:-[a-z0-9]+)*$"
)
WIDGET_TOKEN = re.compile(r"^(?:widget|widgets|sidebar|widget-area|recentcomments)$")
NOISE_TOKEN = re.compile(
    r"^(?:(?:[a-z0-9]+-)*(?:reply|replylink|repondre|respond|vote|votes|voting|like|likes|dislike"
    r"|share|sharing|report|alert|alerter|flag|avatar|gravatar|moderation|permalink|edit|edit-link"
    r"|editsection|rating|stars|star-rating|score|count|counter|badge|button|buttons|btn|toolbar"
    r"|actions|controls|signature|says|nav|navigation|pagination|pager|awaiting-moderation"
    r"|screen-reader-text|sr-only|visually-hidden|tooltip|menu|form|quotelink)"
    r"|(?:reply|report|share|vote|like|flag|edit)-(?:link|button|btn|to|area|box|comment|wrap)"
    rf"|(?:{_WORDS})-(?:reply|report|form|actions|links?|footer|tools|options|select|alert)"
    r"(?:-[a-z]+)*)$"
)
AUTHOR_TOKEN = re.compile(
    r"^(?:[a-z0-9]+-)*(?:author|author-?name|authorname|fn|username|user-?name|nick|nickname"
    r"|poster|benutzer|benutzername|auteur|autor|pseudo|pseudonyme|commenter|commentator|byline"
    r"|user|from|name|display-?name|screen-?name|verfasser|by|owner)$"
)
DATE_TOKEN = re.compile(
    r"^(?:[a-z0-9]+-)*(?:date|datetime|time|timestamp|datum|zeit|published|posted|posted-on"
    r"|ago|relativetime|when|dateline|post-date|created|fecha|data)$"
)
META_TOKEN = re.compile(
    rf"^(?:(?:{_WORDS}|post|message|user|author)-?(?:meta|metadata|info|header|head|details)"
    r"|meta|metas|metadata|commentmetadata|info|infos)$"
)


def is_item(element: _Element) -> bool:
    """Whether class, id or microdata says that this is one comment (or the text of one)."""
    if element.tag not in ITEM_TAGS:
        return False
    kind = (element.get("itemtype") or "").rstrip("/").rsplit("/", 1)[-1]
    if kind in {"Comment", "UserComments", "Answer"}:
        return True
    if {"comment", "review", "suggestedAnswer", "acceptedAnswer"} & set(itemprops_of(element)):
        return True
    return has_name(element, _ITEM_TOKEN) or (
        element.tag == "div" and "answer" in tokens_of(element)
    )


def is_listed_post(element: _Element) -> bool:
    """Whether this is a "post" or "message" in a container that says comments, as Disqus has it."""
    if element.tag not in ITEM_TAGS or not has_name(element, POST_TOKEN):
        return False
    around = list(element.iterancestors())
    listed = any(is_section(node) and says_comments_surely(node) for node in around)
    return listed and not any(is_item(node) for node in around)


def is_text_part(element: _Element) -> bool:
    """Whether class, id or microdata says that this is the text of a comment."""
    return has_name(element, _TEXT_TOKEN) or bool(
        {"text", "reviewBody", "commentText"} & set(itemprops_of(element))
    )


def holds_text_part(form: _Element) -> bool:
    """Whether a form is put around the words of a comment, as old Reddit does, not for writing one."""
    return any(
        node.tag in ITEM_TAGS
        and is_text_part(node)
        and next(node.iter("textarea", "input"), None) is None
        and any(text.strip() for text in node.itertext())
        for node in form.iter()
    )


def is_section(element: _Element) -> bool:
    """Whether class or id says that this is a container of comments."""
    return element.tag in GROUP_TAGS and has_name(element, _SECTION_TOKEN)


def says_comments_surely(element: _Element) -> bool:
    """Whether the word comments itself is in class or id, which articles do not have."""
    return any(_SURE_TOKEN.search(token) for token in tokens_of(element))
