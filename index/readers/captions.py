"""Picture captions: apart from credits and agency notices, and counted once.

An agency's caption often stands twice: as it was sent ("raw", with notices to editors) and as it
was printed ("clean"). The two are compared sentence by sentence by their content words, so that
only one is kept where it says all that the other says. Where each has facts of its own the two are one
passage, as the one is often understood only with the other ("another monument in the city").
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from index.types import Block, Kind

_AGENCIES = (
    r"REUTERS|Reuters|AFP|AP|EPA-EFE|EPA|epa|dpa|DPA|PA|ANSA|TASS|ITAR-TASS|Xinhua|Getty(?: Images)?|Bloomberg|"
    r"ANP|Belga|BELGA|ZUMA(?: Press)?|SIPA|Sipa|Keystone|KEYSTONE|Kyodo|Magnum(?: Photos)?|Alamy|Shutterstock|"
    r"NASA|EFE|APA|Imago|IMAGO|ddp|CP|AAP|PTI|UPI|Anadolu|Corbis|Rex(?: Features)?|Scanpix|TT|NTB|Ritzau"
)
_PHOTO = (
    r"(?:AFP|AP|EPA|PA|UPI|Reuters|REUTERS|Getty|dpa|DPA)\s+(?:PHOTO|Photo|photo|Images?|Picture)"
)
_LABEL = (
    r"(?:Photo|PHOTO|Photograph|Photography|Picture|PICTURE|Image|IMAGE|Foto|FOTO|Bild|Credit|CREDIT|Illustration|"
    r"Handout|HANDOUT|Source|Video still)"
)
_NOTICE = (
    r"ATTENTION EDITORS|EDITORS['’]? NOTE|NOTE TO EDITORS|EDITORIAL USE ONLY|FOR EDITORIAL USE|FOR BEST QUALITY|"
    r"MANDATORY CREDIT|NO RESALES|NO ARCHIVES?|NO SALES|NO THIRD PARTY SALES|TEMPLATE OUT|NOT FOR SALE|"
    r"THIS (?:IMAGE|PICTURE|PHOTO|HANDOUT)|TPX IMAGES|RESTRICTED TO|BEST QUALITY AVAILABLE|"
    r"VISUAL COVERAGE OF"
)
_AGENCY_LIKE = r"\b[A-Z][A-Z0-9&-]{2,}/(?=[A-Z@][\w.'’-]*[a-z]|[A-Z][A-Z.'’-]+ [A-Z]{2})"
"""What may be an agency that is not in the list: "MERIDIAN/Ada Quist", "MERIDIAN/Handout"."""
_PICTURE_ID = r"[-–—]\s?[A-Z]{2,}\d+[A-Z][A-Z0-9]+(?=\W*$)"
_CREDIT = re.compile(
    rf"(?:{_NOTICE})\b"
    rf"|\((?:{_PHOTO}|(?:{_AGENCIES})\s?/|[^()]{{2,60}}(?:/|\bvia\s)\s?(?:{_AGENCIES})\b"
    rf"|(?:{_LABEL})(?:\s+by|\s+credit|\s+courtesy of)?\s*[:/]|(?:Photo|Image|Picture)\s+(?:by|courtesy)\s"
    r"|(?:Additional |Writing |Editing )?[Rr]eporting by |Getty Images\))"
    rf"|(?:{_PHOTO})\s*[/:—–-]"
    r"|REUTERS\s?/|\b(?:[Hh]andout|HANDOUT) via \w|\bvia (?:REUTERS|Reuters|AP|AFP)\b"
    rf"|\b(?:{_AGENCIES})/(?=[A-Z@])"
    rf"|(?:{_LABEL})(?:\s+(?:by|credit|courtesy(?: of)?))?\s*:\s*(?=[\w©@])"
    r"|(?:Photo|PHOTO|Photograph|Image|Picture|Foto)\s+(?:by|von|courtesy of|credit)\s+(?=[A-Z@])"
    rf"|(?:©|\([Cc]\))\s?(?=[\w@])"
    r"|Courtesy of\s|COURTESY\b"
    rf"|[A-Z][\w.'’-]*(?:\s[A-Z][\w.'’-]*){{0,3}}\s?[/|—–]\s?(?:{_AGENCIES})\b"
    rf"|(?:Getty Images|AFP|EPA|dpa|REUTERS)\s*(?=\W*$)"
    r"|[-–]\s?(?:RT|GM|GF|PX|RC|S)[A-Z0-9]{4,}\b"
    r"|\b[A-Z][A-Z0-9&-]{2,}/(?=[Hh]andout\b|HANDOUT\b|[Cc]ourtesy\b|COURTESY\b|[Pp]ool\b|POOL\b)"
    rf"|(?P<guess>{_AGENCY_LIKE}|{_PICTURE_ID})"
)
_TRIGGERS = (
    "/", "REUTERS", "AFP", "EPA", "dpa", "Getty", "EDIT", "NO RES", "MANDATORY", "THIS ", "via ", "hoto", "PHOTO",
    "mage", "IMAGE", "icture", "PICTURE", "Foto", "FOTO", "Bild", "redit", "CREDIT", "©", "(c)", "(C)", "ourtesy",
    "COURTESY", "eporting by", "ource:", "Caption", "CAPTION", "TPX", "- RT", "andout",
)  # fmt: skip
_ENDS_IN_ID = re.compile(rf"{_PICTURE_ID}")
_CAPITALS = re.compile(
    r"(?:(?<=[.!?…\"”’)])\s+|\s{2,})(?P<notice>(?:[^\Wa-z\d_][^\sa-z]*|[-–—&]|\d[^\sa-z]*)"
    r"(?:\s+[^\sa-z]+){3,})\s*\Z"
)
"""Four words or more, all in capitals, behind a sentence or a gap, up to a paragraph's end."""
_DESK_WORDS = re.compile(
    r"\b(?:EDITORS?|EDITORIAL|DESKS?|USE ONLY|RESALES?|RESELL|RESOLD|ARCHIV(?:E|ES|AL|ING)|STORED?|ADVERTISING|"
    r"MARKETING|CREDIT(?:ED)?|PICTURES?|PHOTOS?|PHOTOGRAPHS?|IMAGES?|FRAME|FOOTAGE|HANDOUT|CROP(?:PED)?|"
    r"THIRD PARTY|SUPPLIED|DISTRIBUTED|COPYRIGHT|CLIENTS?|SUBSCRIBERS)\b"
)
"""What notices to editors talk of; capitals alone may be emphasis, or a contract."""
_PREFIX = re.compile(
    r"[*_]{0,3}(?:(?:Photo|Picture|Image|Foto|Bild)?\s?(?:Caption|caption|CAPTION)|Photo|PHOTO|Picture|PICTURE|"
    r"Image|IMAGE|Foto|FOTO|Bild|Pictured|PICTURED|In this photo)[*_]{0,3}\s?:[*_]{0,3}\s*(?=\S)",
)
_CREDIT_WORDS = re.compile(
    r"reuters|afp|ap|epa|dpa|pa|getty|images?|photos?|photographs?|pictures?|pictured|credit|courtesy|handout|via|twitter|"
    r"facebook|instagram|file|taken|shows?|shown|seen|view|general|undated|provided|released|supplied|obtained|image|"
    r"caption|rtr|tpx"
)
_STOPWORDS = re.compile(
    r"an?|the|of|in|on|at|to|for|from|by|with|near|and|or|as|is|are|was|were|be|been|being|it|its|his|her|their|"
    r"this|that|these|those|which|who|after|before|during|following|over|into|has|have|had|there|here|he|she|"
    r"they|s|t|not"
)
_WORD = re.compile(r"@?\w+")
_COURTESY = re.compile(
    r"\b(?:courtesy of|provided by|released by|supplied by)\s+\S+(?:\s+via\s+\S+)?", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s+[\"'“‘(]*[A-Z0-9ÀÁÂÄÅÆÉÈÖØÜ])")
_ABBREVIATION = re.compile(
    r"(?:\b[A-Za-z]|\b(?:Mr|Mrs|Ms|Dr|St|Prof|Gen|Col|Sgt|Lt|Sen|Rep|Gov|Jr|Sr|No|vs|Jan|Feb|Mar|Apr|Jun|Jul|Aug|"
    r"Sept?|Oct|Nov|Dec|U\.S|U\.K|U\.N))\.$"
)
_LONGEST = 4000
_SHORT_CREDIT = 120
"""Characters of a credit, shown with the passage, that may stand between two captions of one picture."""
_LOWER_CREDIT = re.compile(
    r"via|for|by|courtesy|of|the|handout|from|through|in|and|file|van|de|der|von|al|pool|dpa|epa|still|image|"
    r"photos?|picture|video|social|media"
)


@dataclass(frozen=True, slots=True)
class Caption:
    """A paragraph that describes a picture, in the order of the text: notice, description, credit."""

    start: int
    end: int
    description: tuple[int, int]
    """Where the description lies; empty if there is none."""
    prefix: int
    """Where the leading notice or the word "Photo:" ends; the start if there is none."""
    labelled: bool
    """Whether a word such as "Photo:", not a notice, leads."""

    @property
    def credit_length(self) -> int:
        """How many characters are notices and credits."""
        return self.end - self.start - (self.description[1] - self.description[0])


def parse_caption(text: str, start: int, end: int, *, certain: bool = False) -> Caption | None:
    """Split one paragraph into notice, description and credit.

    Args:
        text: the whole text.
        start: where the paragraph begins, without white space.
        end: where it ends.
        certain: whether it is known to be a caption (an image's description).

    Returns:
        The parts, or None where the paragraph is prose.
    """
    if end - start > _LONGEST and not certain:
        return None
    paragraph = text[start:end]
    if not certain and not _may_be_caption(paragraph):
        return None
    begin, labelled = _leading(paragraph)
    stop = _trailing(paragraph, begin)
    if begin == 0 and stop == len(paragraph) and not certain:
        return None
    if labelled and begin < stop and _is_name_like(paragraph[begin:stop]):
        begin = stop = 0  # "Photo: Jane Doe" alone is a credit
        labelled = False
    description = _strip(text, start + begin, start + stop)
    return Caption(start, end, description, start + begin, labelled)


def caption_blocks(
    text: str, paragraphs: Sequence[tuple[int, int]], certain: Container[int] = ()
) -> dict[int, tuple[Block, ...]]:
    """Find the captions among paragraphs and cut them into blocks.

    Args:
        text: the whole text.
        paragraphs: where its paragraphs lie, in order, without white space at their ends.
        certain: the indices of those that are known to be captions.

    Returns:
        For the index of each paragraph that is a caption or a notice its blocks, in order.
    """
    parsed = {
        index: caption
        for index, (start, end) in enumerate(paragraphs)
        if (caption := parse_caption(text, start, end, certain=index in certain))
    }
    result: dict[int, tuple[Block, ...]] = {}
    for index in range(len(paragraphs)):
        caption = parsed.get(index)
        if caption is None or index in result:
            continue
        twin = _twin(text, paragraphs, parsed, index)
        if twin is None:
            result[index] = _blocks(text, caption, _as(caption, Kind.CAPTION))
            continue
        other = parsed.get(twin) or _bare_caption(*paragraphs[twin])
        result[index], result[twin] = _merge(text, caption, other)
    return result


# --- one caption --------------------------------------------------------------------------------


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())


def _leading(paragraph: str) -> tuple[int, bool]:
    """Where a leading notice or label ends, and whether it is a label."""
    label = _PREFIX.match(paragraph)
    if label:
        return label.end(), True
    if re.match(_NOTICE, paragraph) is None:
        return 0, False
    tokens = list(re.finditer(r"\S+", paragraph))
    small = next((i for i, token in enumerate(tokens) if re.search(r"[a-zà-ÿ]", token[0])), None)
    if small is None:
        return len(paragraph), False
    for i in range(small, max(0, small - 5), -1):
        gap = paragraph[tokens[i - 1].end() : tokens[i].start()]
        if len(gap) > 1 or "\n" in gap or tokens[i - 1][0].endswith((".", ":")):
            return tokens[i].start(), False
    alone = tokens[small - 1][0] in ("A", "AN", "THE") if small else False
    return tokens[small - alone].start(), False


def _may_be_caption(paragraph: str) -> bool:
    """Whether a closer look is worth its time."""
    return (
        any(trigger in paragraph for trigger in _TRIGGERS)
        or paragraph[-4:].isupper()
        or _ENDS_IN_ID.search(paragraph[-40:]) is not None
    )


def _trailing(paragraph: str, begin: int) -> int:
    """Where the credit or the notice at the end begins."""
    notice = _notice_at_end(paragraph, begin)
    for found in _CREDIT.finditer(paragraph, begin, notice):
        rest = paragraph[found.start() : notice]
        if not _stands_apart(paragraph, found) or not _is_credit(rest):
            continue
        if found["guess"] is None or _is_names(rest):
            return found.start()
    return notice


def _notice_at_end(paragraph: str, begin: int) -> int:
    """Where a notice in capitals begins whose wording is not known; the end if there is none."""
    if not paragraph[-4:].isupper():
        return len(paragraph)
    small = max(paragraph.rfind(letter) for letter in "abcdefghijklmnopqrstuvwxyz")
    found = _CAPITALS.search(paragraph, max(begin, small))
    if found is None or small < begin:
        return len(paragraph)
    apart = found.start("notice") - found.start() > 1
    words = {word[:5] for word in _DESK_WORDS.findall(found["notice"])}
    return found.start("notice") if len(words) >= (1 if apart else 2) else len(paragraph)


def _stands_apart(paragraph: str, found: re.Match[str]) -> bool:
    """Whether a sentence, or a gap, ends before the credit: "a Reuters/Ipsos poll" is prose."""
    before = paragraph[: found.start()]
    if not before.strip() or found[0][0] in "(©" or re.match(_NOTICE, found[0]):
        return True
    gap = before[len(before.rstrip()) :]
    if len(gap) > 1 or "\n" in gap or before.rstrip()[-1] in '.!?…"”’)]|—–/*_':
        return True
    return found[0].startswith("REUTERS") or (before.rstrip()[-1] == "-" and gap != "")


def _is_credit(rest: str) -> bool:
    """Whether words are names and notices only, not prose."""
    words = rest.split()
    small = [word for word in words if word[:1].islower()]
    prose = [word for word in small if not _LOWER_CREDIT.fullmatch(word.strip(".,;()/"))]
    mixed = [word for word in words if any(c.islower() for c in word)]
    if rest.startswith("(") and "eporting by" in rest[:30]:
        return len(rest) < 400
    return len(prose) <= 1 and len(mixed) <= 16


def _is_names(rest: str) -> bool:
    """Whether words are names and capitals without any prose: "NATO/Russia talks" has some."""
    words = re.split(r"[\s/]+", rest)
    mixed = [word for word in words if any(c.islower() for c in word)]
    return len(mixed) <= 10 and all(
        word[0].isupper() or _LOWER_CREDIT.fullmatch(word.strip(".,;()")) or word[0] in "@©("
        for word in mixed
    )


def _is_name_like(words: str) -> bool:
    parts = words.split()
    return len(parts) <= 5 and all(
        part[0].isupper() or part[0] in "@©/(" or _LOWER_CREDIT.fullmatch(part) for part in parts
    )


def _bare_caption(start: int, end: int) -> Caption:
    return Caption(start, end, (start, end), start, False)


def _blocks(
    text: str, caption: Caption, middle: Sequence[tuple[Kind, int, int]]
) -> tuple[Block, ...]:
    """Put the label or notice, the description's pieces and the credit together."""
    if not middle:
        return (Block(Kind.CREDIT, caption.start, caption.end),)
    blocks = [Block(kind, start, end) for kind, start, end in middle]
    start, end = caption.description
    if caption.start < start:
        kind = Kind.BOILERPLATE if caption.labelled else Kind.CREDIT
        blocks.insert(0, Block(kind, *_strip(text, caption.start, start)))
    if end < caption.end:
        blocks.append(Block(Kind.CREDIT, *_strip(text, end, caption.end)))
    return tuple(blocks)


# --- two captions of one picture ----------------------------------------------------------------


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    found, begin = [], start
    for stop in _SENTENCE_END.finditer(text[start:end]):
        if _ABBREVIATION.search(text[max(begin, start + stop.end() - 8) : start + stop.end()]):
            continue
        found.append(_strip(text, begin, start + stop.end()))
        begin = start + stop.end()
    found.append(_strip(text, begin, end))
    return [(first, last) for first, last in found if first < last]


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            return word.removesuffix(ending)
    return word


def _content(words: str) -> frozenset[str]:
    """The words that carry facts."""
    return frozenset(
        _stem(word)
        for word in _WORD.findall(_COURTESY.sub(" ", words).lower())
        if word[0] != "@" and not _STOPWORDS.fullmatch(word) and not _CREDIT_WORDS.fullmatch(word)
    )


def _twin(
    text: str, paragraphs: Sequence[tuple[int, int]], parsed: dict[int, Caption], index: int
) -> int | None:
    """The neighbour, if it describes the same picture; the one above only if it has no credit."""
    mine = parsed[index].description
    for neighbour in (index + 1, index - 1):
        if not 0 <= neighbour < len(paragraphs) or (neighbour < index and neighbour in parsed):
            continue
        start, end = paragraphs[neighbour]
        other = parsed.get(neighbour)
        if other is not None and _of_one_picture(text, mine, other.description):
            return neighbour
        if other is None and end - start <= 600 and _in_common(text, mine, (start, end)) >= 0.8:
            return neighbour
    return None


def _of_one_picture(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two captions have most of their facts in common, or begin with the same sentence."""
    if _in_common(text, one, other) >= 0.6:
        return True
    openings = [sentences[0] for each in (one, other) if (sentences := _sentences(text, *each))]
    return len(openings) == 2 and _in_common(text, *openings) >= 0.8


def _in_common(text: str, one: tuple[int, int], other: tuple[int, int]) -> float:
    """The share of the facts of the one that has fewer that the other has, too; 0 of less than three."""
    mine, theirs = _content(text[slice(*one)]), _content(text[slice(*other)])
    fewer = min(len(mine), len(theirs))
    return len(mine & theirs) / fewer if fewer >= 3 else 0.0


def _merge(
    text: str, first: Caption, second: Caption
) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Keep of two captions what is needed to say all that both say."""
    raw_is_first = first.credit_length >= second.credit_length
    raw, clean = (first, second) if raw_is_first else (second, first)
    raw_new, clean_new = _novel(text, raw, clean), _novel(text, clean, raw)
    pieces = _as(raw, Kind.CAPTION), _as(clean, Kind.CAPTION)
    one_passage = False
    if not any(new for _, new in raw_new):
        pieces = _as(raw, Kind.BOILERPLATE), pieces[1]
    elif not any(new for _, new in clean_new):
        pieces = pieces[0], _as(clean, Kind.BOILERPLATE)
    elif _is_near(raw, clean):
        one_passage = True
    else:
        pieces = _runs(raw_new), pieces[1]
    blocks = _blocks(text, raw, pieces[0]), _blocks(text, clean, pieces[1])
    upper, lower = blocks if raw.start < clean.start else blocks[::-1]
    if one_passage:
        lower = tuple(replace(each, continues=each.kind is Kind.CAPTION) for each in lower)
    return (upper, lower) if first.start < second.start else (lower, upper)


def _is_near(one: Caption, other: Caption) -> bool:
    """Whether no more than a short credit stands between two descriptions."""
    upper, lower = sorted((one.description, other.description))
    return lower[0] - upper[1] <= _SHORT_CREDIT


def _as(caption: Caption, kind: Kind) -> list[tuple[Kind, int, int]]:
    start, end = caption.description
    return [(kind, start, end)] if start < end else []


def _novel(text: str, caption: Caption, other: Caption) -> list[tuple[tuple[int, int], bool]]:
    """Each sentence, and whether it says something that the other caption does not."""
    known = _content(text[slice(*other.description)])
    return [
        (sentence, not _content(text[slice(*sentence)]) <= known)
        for sentence in _sentences(text, *caption.description)
    ]


def _runs(sentences: Sequence[tuple[tuple[int, int], bool]]) -> list[tuple[Kind, int, int]]:
    """Join neighbouring sentences that are all new, or all known."""
    found = []
    for new, run in groupby(sentences, key=lambda sentence: sentence[1]):
        spans = [span for span, _ in run]
        kind = Kind.CAPTION if new else Kind.BOILERPLATE
        found.append((kind, spans[0][0], spans[-1][1]))
    return found
