"""A piece of main text: what it is made of, and its kind by its wording."""

from __future__ import annotations

import re

from index.types import Kind

Piece = tuple[Kind, str, int | None]
"""A block before it has a place: its kind, text, and level for a heading."""

WORDS_OF_A_PAGE = (Kind.TITLE, Kind.HEADING, Kind.PARAGRAPH, Kind.CAPTION, Kind.COMMENT)
"""What a page must have some of: a byline and a share button are no text."""

SHORT_LIST = 600
"""Characters of a list that is one block; a longer one is a block per item.

About the passage length of the index (see ``index/chunker.py``), so that a short list stays
together with what it enumerates.
"""

SAMPLE = 60
"""Letters by which a piece is found again: enough to be unique in an article."""

_CREDIT = re.compile(
    r"^\W*(?:(?:photos?|pictures?|images?|fotos?|bild(?:er)?|bildnachweis|bildquellen?|crédits?"
    r"(?:\sphoto)?|credits?|photo credit|image credit|photo by|quelle|source|titelbild|beitragsbild)\s?[:©]"
    r"|©|\(c\)\s|cc(?:[\s-]by.{0,20})?$|(?:all rights reserved|alle rechte vorbehalten|tous droits réservés)).{0,160}$",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    r"^\W*(?:share(?: this| on .{1,30})?|teilen(?: mit)?|partager|tweet|print|drucken|e-?mail"
    r"|like this|gefällt mir|loading\.*|lade\.*|wird geladen\.*|read more|weiterlesen|lire la suite"
    r"|related(?: posts| articles)?|ähnliche (?:beiträge|artikel)|das könnte dich auch interessieren"
    r"|(?:advertisement|werbung|anzeige|publicité)|comments are closed|kommentare sind geschlossen"
    r"|leave a (?:comment|reply)|schreibe? (?:einen|deinen) kommentar"
    r"|laisser un commentaire|kommentar (?:schreiben|hinterlassen)|post a comment"
    r"|post your comments?|\d+ (?:comments?|kommentare?|commentaires?|shares?|likes?)"
    r"|(?:die )?kommentarfunktion ist geschlossen|back to top|nach oben|advertising"
    r"|your email address will not be published.{0,80}|deine e-mail-adresse wird nicht.{0,80}"
    r"|veröffentlicht in|posted in|filed under|tagged(?: with)?|tags|schlagwörter|kategorien?"
    r"|categories|mehr zum thema|lesen sie (?:auch|dazu)|auch interessant|(?:à )?lire aussi"
    r"|read also|see also)\W*$"
    r"|^\W*(?:à lire aussi|lesen sie auch|read also|lire aussi)\s?:.{0,150}$"
    r"|^(?=.{0,150}$)(?=.*(?:comment|kommentar|antwort|bewert))"
    r".*\b(?:log(?:ged)? ?in|sign in|eingeloggt|einloggen|angemeldet|anmelden|connecter|connecté)\b",
    re.IGNORECASE,
)


def classified(text: str, otherwise: Kind = Kind.PARAGRAPH) -> Piece:
    """A text as a piece: boilerplate or a credit by its wording, and otherwise what is given."""
    if _BOILERPLATE.match(text):
        return Kind.BOILERPLATE, text, None
    if _CREDIT.match(text):
        return Kind.CREDIT, text, None
    return otherwise, text, None


def unspaced(text: str) -> str:
    """A text without white space, to be found again by."""
    return "".join(text.split())
