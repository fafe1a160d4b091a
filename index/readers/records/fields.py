"""What programs call the parts of a comment or an article in JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from index.readers.office.properties import moment
from index.readers.records.markup import plain_text
from index.readers.records.parsing import Number

BODIES = (
    "text body comment content message selftext html articleBody article_body comment_text"
    " commentText body_html text_html rawMessage msg review reviewText review_text full_text"
    " textOriginal textDisplay"
).split()
AUTHORS = (
    "author_name authorName authorDisplayName display_name displayName user_profile author user"
    " username user_name userName creator by name from sender commenter reviewer screen_name"
    " nickname byline authors"
).split()
DATES = (
    "date created_at createdAt created created_utc timestamp time published published_at"
    " publishedAt posted_at postedAt dateCreated datePublished created_time pubDate ts updated_at"
).split()
PARENTS = (
    "parent parent_id parentId parentID reply_to replyTo reply_to_id in_reply_to inReplyTo"
    " in_reply_to_id in_reply_to_status_id in_reply_to_status_id_str parent_comment_id"
).split()
IDS = "id _id comment_id commentId id_str uuid guid".split()
REPLIES = "replies children comments responses answers kids thread reactions reviews posts".split()
TITLES = "title headline".split()

_WEAK_AUTHORS = ("name", "by", "from", "authors", "byline")
"""Names that fields of other things have, too."""

_NAMES = (
    "name display_name displayName username userName user_name login screen_name nickname".split()
)
_NO_AUTHORS = ("[deleted]", "[removed]", "null", "none", "")
_REDDIT = re.compile(r"t\d_(?=\w+$)")
"""What Reddit puts in front of an id that refers."""

_SECONDS = (10**8, 10**11)
"""Seconds since 1970 from 1973 to 5138; a thousand times as much are milliseconds."""

Record = Mapping[str, object]


def unwrapped(value: object) -> object:
    """A value without the envelope that Reddit's listings have around everything."""
    while isinstance(value, dict) and "data" in value and set(value) <= {"kind", "data"}:
        value = value["data"]
    if isinstance(value, dict) and isinstance(value.get("children"), list) and "after" in value:
        return value["children"]
    return value


def first(record: Record, names: Iterable[str]) -> object:
    """The first of the fields that is there and has something."""
    return next(
        (record[name] for name in names if record.get(name) not in (None, "", [], {})), None
    )


def body_of(record: Record) -> str:
    """What a comment or article says; an empty string where it has no such field."""
    return plain_text(_stored_body(record))


def has_body(record: Record) -> bool:
    """Whether it says anything: told without the work of taking mark-up away."""
    return bool(_stored_body(record))


def _stored_body(record: Record) -> str:
    for name in BODIES:
        value = record.get(name)
        if value is None:
            continue
        if isinstance(value, dict):  # {"content": {"rendered": "<p>…"}}
            value = first(value, ("rendered", "plain", "text", "raw", "html"))
        if isinstance(value, list) and value and all(type(part) is str for part in value):
            value = "\n\n".join(value)
        if isinstance(value, str) and not isinstance(value, Number) and value.strip():
            return value
    return ""


def author_of(record: Record, names: Iterable[str] = AUTHORS) -> str | None:
    """Who wrote it."""
    for field in names:
        value = record.get(field)
        if value is None:
            continue
        several = value[:10] if isinstance(value, list) else [value]
        said = [name for name in map(_name, several) if name]
        if said:
            return ", ".join(said)
    return None


def _name(value: object) -> str | None:
    if isinstance(value, dict):
        value = first(value, _NAMES)
    if not isinstance(value, str) or isinstance(value, Number):
        return None
    name = plain_text(value)
    return name if name.casefold() not in _NO_AUTHORS and len(name) <= 200 else None


def title_of(record: Record) -> str:
    """Its title, on one line."""
    value = first(record, TITLES)
    if isinstance(value, dict):
        value = first(value, ("rendered", "plain", "text"))
    return " ".join(plain_text(value).split()) if isinstance(value, str) else ""


def date_of(record: Record) -> str | None:
    """When it was written: a day, with the time of day where the file says it as text."""
    value = first(record, DATES)
    if isinstance(value, dict):  # MongoDB
        value = first(value, ("$date", "iso", "date"))
    if not isinstance(value, str):
        return None
    text = value.strip()
    day = _from_seconds(text)
    return day or moment(text) or (text[:60] or None)


def _from_seconds(text: str) -> str | None:
    whole = text.partition(".")[0]
    if not whole.isdecimal() or len(whole) > 15:
        return None
    seconds = int(whole)
    if seconds >= _SECONDS[1]:
        seconds //= 1000
    if not _SECONDS[0] <= seconds < _SECONDS[1]:
        return None
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def id_of(record: Record) -> str | None:
    """What other records refer to it by."""
    return _reference(first(record, IDS))


def parent_of(record: Record) -> str | None:
    """The id, or the name, of what it answers."""
    value = first(record, PARENTS)
    if isinstance(value, dict):
        value = first(value, (*IDS, *_NAMES))
    return _reference(value)


def _reference(value: object) -> str | None:
    if isinstance(value, dict):
        value = first(value, ("$oid",))
    return _REDDIT.sub("", value.strip()) if isinstance(value, str) else None


def is_comment(record: Record) -> bool:
    """Whether a record is what somebody said: words, and who said them."""
    if not has_body(record) or (title_of(record) and "rating" not in record):
        return False
    strong = [name for name in AUTHORS if name not in _WEAK_AUTHORS]
    if any(isinstance(record.get(name), (str, dict)) and record[name] for name in strong):
        return True
    weak = any(isinstance(record.get(name), (str, dict)) and record[name] for name in _WEAK_AUTHORS)
    dated = first(record, DATES) is not None
    return (weak and (dated or any(name in record for name in (*PARENTS, "replies")))) or (
        dated and first(record, PARENTS) is not None
    )


def is_article(record: Record) -> bool:
    """Whether a record is a text with a title."""
    return bool(title_of(record)) and (has_body(record) or bool(replies_of(record)))


def replies_of(record: Record) -> list[Record]:
    """The comments below a comment or an article."""
    found: list[Record] = []
    for name in REPLIES:
        value = unwrapped(record.get(name))
        if isinstance(value, dict):  # by their ids, or with a count
            within = first(value, (*REPLIES, "data", "items", "nodes"))
            value = within if isinstance(within, list) else list(value.values())
        if isinstance(value, list):
            inner = [unwrapped(part) for part in value]
            found += [part for part in inner if isinstance(part, dict) and is_comment(part)]
    return found
