"""Questions and paragraphs that differ in one word that matters.

The reader must compare a question with a paragraph, and not judge either by its looks. So a name, a
number or a word with an opposite that both have in common is exchanged in the paragraph, or in the
question, or in both; or what both say is denied:

====================  ==============  ====================
..                    paragraph       paragraph, exchanged
====================  ==============  ====================
question              answers it      does not
question, exchanged   does not        answers it
====================  ==============  ====================

Each question and each paragraph stands once on either side: clumsiness gives nothing away.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from index.sentences import sentence_spans

Span = tuple[int, int, int]
"""Start and end in a text, and how many people marked it."""

_OPPOSITES = (
    ("first", "last"), ("before", "after"), ("most", "least"), ("largest", "smallest"),
    ("highest", "lowest"), ("more", "fewer"), ("north", "south"), ("east", "west"),
    ("northern", "southern"), ("eastern", "western"), ("increase", "decrease"), ("oldest", "newest"),
    ("earliest", "latest"), ("begin", "end"), ("began", "ended"), ("start", "stop"),
    ("started", "stopped"), ("win", "lose"), ("won", "lost"), ("male", "female"),
    ("high", "low"), ("large", "small"), ("best", "worst"), ("good", "bad"), ("open", "close"),
    ("opened", "closed"), ("public", "private"), ("major", "minor"), ("old", "new"),
    ("same", "different"), ("inside", "outside"), ("above", "below"), ("always", "never"),
    ("add", "remove"), ("added", "removed"), ("allow", "forbid"), ("allowed", "forbidden"),
    ("include", "exclude"), ("included", "excluded"), ("strong", "weak"), ("rich", "poor"),
    ("success", "failure"), ("support", "oppose"), ("supported", "opposed"), ("early", "late"),
    ("long", "short"), ("men", "women"), ("king", "queen"), ("father", "mother"),
    ("son", "daughter"), ("brother", "sister"), ("left", "right"), ("top", "bottom"),
    ("summer", "winter"), ("day", "night"), ("buy", "sell"), ("bought", "sold"), ("import", "export"),
    ("second", "third"), ("majority", "minority"), ("maximum", "minimum"), ("higher", "lower"),
    ("larger", "smaller"), ("positive", "negative"), ("advantage", "disadvantage"),
    ("friend", "enemy"), ("victory", "defeat"), ("hot", "cold"), ("upper", "lower"), ("rise", "fall"),
    ("rose", "fell"), ("increased", "decreased"), ("increases", "decreases"), ("gain", "lose"),
    ("gained", "lost"), ("accept", "reject"), ("accepted", "rejected"), ("attack", "defend"),
    ("attacked", "defended"), ("arrive", "depart"), ("arrived", "departed"), ("enter", "leave"),
    ("entered", "left"), ("create", "destroy"), ("created", "destroyed"), ("built", "demolished"),
    ("cause", "prevent"), ("caused", "prevented"), ("agree", "disagree"), ("agreed", "disagreed"),
    ("approve", "oppose"), ("approved", "opposed"), ("borrow", "lend"), ("give", "take"),
    ("gave", "took"), ("given", "taken"), ("push", "pull"), ("raise", "lower"), ("raised", "lowered"),
    ("expand", "shrink"), ("expanded", "shrank"), ("improve", "worsen"), ("improved", "worsened"),
    ("succeed", "fail"), ("succeeded", "failed"), ("successful", "unsuccessful"), ("find", "lose"),
    ("found", "lost"), ("join", "leave"), ("joined", "left"), ("appoint", "dismiss"),
    ("appointed", "dismissed"), ("employ", "dismiss"), ("born", "died"), ("birth", "death"),
    ("marry", "divorce"), ("married", "divorced"), ("husband", "wife"), ("boys", "girls"),
    ("man", "woman"), ("kings", "queens"), ("uncle", "aunt"), ("parents", "children"),
    ("mother", "daughter"), ("teacher", "student"), ("teachers", "students"), ("buyer", "seller"),
    ("employer", "employee"), ("employers", "employees"), ("owner", "tenant"), ("winner", "loser"),
    ("predecessor", "successor"), ("preceded", "followed"), ("ancestor", "descendant"),
    ("ancestors", "descendants"), ("beginning", "end"), ("origin", "destination"),
    ("domestic", "foreign"), ("local", "national"), ("urban", "rural"), ("city", "village"),
    ("ancient", "modern"), ("natural", "artificial"), ("direct", "indirect"), ("simple", "complex"),
    ("easy", "difficult"), ("common", "rare"), ("popular", "unpopular"), ("legal", "illegal"),
    ("formal", "informal"), ("permanent", "temporary"), ("primary", "secondary"), ("internal", "external"),
    ("liquid", "solid"), ("gas", "liquid"), ("wet", "dry"), ("heavy", "light"), ("fast", "slow"),
    ("faster", "slower"), ("longer", "shorter"), ("longest", "shortest"), ("older", "younger"),
    ("youngest", "oldest"), ("earlier", "later"), ("cheap", "expensive"), ("dark", "bright"),
    ("black", "white"), ("red", "blue"), ("green", "yellow"), ("front", "back"), ("near", "far"),
    ("nearest", "farthest"), ("within", "beyond"), ("under", "over"), ("up", "down"), ("into", "out of"),
    ("with", "without"), ("all", "none"),
    ("most", "few"), ("many", "few"), ("every", "no"), ("only", "never"), ("still", "no longer"),
    ("life", "death"), ("war", "peace"), ("army", "navy"), ("land", "sea"), ("earth", "moon"),
    ("morning", "evening"), ("spring", "autumn"), ("monday", "friday"), ("january", "october"),
    ("march", "november"), ("april", "september"), ("june", "december"), ("century", "decade"),
    ("million", "billion"), ("thousand", "million"), ("miles", "kilometres"), ("feet", "metres"),
    ("percent", "per mille"), ("exports", "imports"), ("demand", "supply"), ("profit", "loss"),
    ("profits", "losses"), ("income", "expenses"), ("benefit", "harm"), ("benefits", "drawbacks"),
    ("advantages", "disadvantages"), ("strength", "weakness"), ("strengths", "weaknesses"),
    ("cause", "effect"), ("causes", "effects"), ("question", "answer"), ("theory", "practice"),
    ("christian", "muslim"), ("catholic", "protestant"), ("democrats", "republicans"),
    ("liberal", "conservative"), ("offensive", "defensive"),
    ("active", "passive"), ("minimum", "average"), ("official", "unofficial"), ("required", "forbidden"),
    ("third", "fourth"), ("fifth", "sixth"), ("one", "two"), ("three", "four"), ("five", "seven"),
    ("twice", "once"), ("half", "quarter"), ("plural", "singular"), ("author", "publisher"),
    ("actor", "director"), ("president", "vice president"), ("mayor", "governor"), ("player", "coach"),
    ("singer", "drummer"), ("discovered", "forgot"), ("invented", "banned"), ("like", "dislike"),
    ("liked", "disliked"), ("love", "hate"), ("loved", "hated"), ("recommend", "warn against"),
)  # fmt: skip
_OPPOSITE: dict[str, list[str]] = {}
for _one, _other in _OPPOSITES:
    _OPPOSITE.setdefault(_one, []).append(_other)
    _OPPOSITE.setdefault(_other, []).append(_one)
_ASKING = frozenset(
    "what which who whom whose when where why how in on at of for to by from the a an is are was were"
    " did do does during after before name according i".split()
)
_NAME = re.compile(r"\b[A-Z][\w'-]*\w(?: (?:of the |of |the )?[A-Z][\w'-]*\w)*")
_NUMBER = re.compile(r"(?<![\w.,])\d[\d,.]*\d\b|(?<![\w.,])\d\b")
_WORD = re.compile(r"\w+")
_DENIABLE = frozenset(
    "is are was were can could will would should must may might has have had".split()
)
_DENIALS = frozenset("not never no nobody nothing without neither nor cannot".split())
DENIED = 0.5
"""How many of the chances to deny something are taken: other changes say more."""
ELSEWHERE = 0.7
"""How many names come from another paragraph of the article; the others are exchanged with one of the
same paragraph, which is harder to notice and now and then makes a true answer."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A question and a paragraph after the exchange, and where the answers are in it now."""

    question: str
    text: str
    answers: tuple[Span, ...]


def names(text: str) -> set[str]:
    """The names in a text: runs of capitalised words, but those that only begin a sentence."""
    found = set()
    for match in _NAME.finditer(text):
        words = match.group().split()
        if words[0].lower() in _ASKING:
            words = words[1:]
        if words and (
            len(words) > 1 or (match.start() > 1 and text[match.start() - 2] not in ".?!")
        ):
            found.add(" ".join(words))
    return found


def exchanged(
    question: str,
    text: str,
    answers: Sequence[Span],
    *,
    title: str,
    others: Collection[str],
    chance: random.Random,
) -> Exchanged | None:
    """Exchange a word that question and paragraph have in common; None when they have none.

    Args:
        question: one that the paragraph answers.
        text: the paragraph.
        answers: their places. No word of theirs is exchanged.
        title: of the article. What it has in common with the question tells nothing apart.
        others: names of the article's other paragraphs.
        chance: chooses.
    """
    fixed = {word.lower() for a, b, _ in answers for word in _WORD.findall(text[a:b])}
    fixed |= {word.lower() for word in _WORD.findall(title)}
    near = " ".join(
        text[a:b]
        for a, b in sentence_spans(text, 0, len(text))
        if any(a < end and start < b for start, end, _ in answers)
    )
    ways: list[Callable[[], dict[str, str] | None]] = [
        lambda: _other_name(question, text, fixed, others, chance),
        lambda: _other_number(question, text, near, fixed, chance),
        lambda: _opposite(question, near, fixed, chance),
        lambda: _denied(question, near, fixed, chance),
    ]
    for way in chance.sample(ways, len(ways)):
        exchange = way()
        if exchange:
            changed, places = _replaced(text, exchange, answers)
            asked, _ = _replaced(question, exchange, ())
            if asked != question and changed != text:
                return Exchanged(asked, changed, places)
    return None


def _other_name(
    question: str, text: str, fixed: set[str], others: Collection[str], chance: random.Random
) -> dict[str, str] | None:
    here = names(text)
    common = sorted(
        name
        for name in names(question)
        if f" {name} " in f" {' '.join(_WORD.findall(text))} "
        and not {word.lower() for word in _WORD.findall(name)} & fixed
    )
    if not common:
        return None
    name = chance.choice(common)
    size = len(name.split())
    inside = chance.random() >= ELSEWHERE
    found = sorted(
        other
        for other in (here if inside else others)
        if len(other.split()) == size
        and not {w.lower() for w in _WORD.findall(other)}
        & (
            {w.lower() for w in _WORD.findall(question if inside else question + " " + text)}
            | fixed
        )
    )
    if not found:
        return None
    other = chance.choice(found)
    exchange = dict(zip(name.split(), other.split(), strict=True))
    if inside:
        exchange |= dict(zip(other.split(), name.split(), strict=True))
    return exchange


def _other_number(
    question: str, text: str, near: str, fixed: set[str], chance: random.Random
) -> dict[str, str] | None:
    common = sorted(set(_NUMBER.findall(question)) & set(_NUMBER.findall(near)))
    common = [number for number in common if not set(_WORD.findall(number)) & fixed]
    if not common:
        return None
    number = chance.choice(common)
    if re.fullmatch(r"1\d{3}|20[012]\d", number):
        other = str(int(number) + chance.choice((-40, -20, -11, -7, -3, -2, -1, 1, 2, 3, 5, 9, 30)))
    else:
        other = re.sub(r"\d", lambda _: str(chance.randrange(1, 10)), number)
    return {number: other} if other != number and other not in text else None


def _opposite(
    question: str, near: str, fixed: set[str], chance: random.Random
) -> dict[str, str] | None:
    there = set(_WORD.findall(near.lower()))
    common = sorted(set(_WORD.findall(question.lower())) & there & _OPPOSITE.keys() - fixed)
    pairs = [(word, other) for word in common for other in _OPPOSITE[word] if other not in fixed]
    if not pairs:
        return None
    word, other = chance.choice(pairs)
    return {word: other, word.title(): other.title(), other: word, other.title(): word.title()}


def _denied(
    question: str, near: str, fixed: set[str], chance: random.Random
) -> dict[str, str] | None:
    """A "not" or "never" behind a verb that both have, where neither has one."""
    there, asked = (_WORD.findall(each.lower()) for each in (near, question))
    if chance.random() > DENIED or not _DENIALS.isdisjoint((*there, *asked)):
        return None
    common = sorted((set(there) & set(asked) & _DENIABLE) - fixed)
    if not common:
        return None
    verb = chance.choice(common)
    return {verb: f"{verb} {chance.choice(('not', 'never', 'not'))}"}


def _replaced(
    text: str, exchange: dict[str, str], answers: Iterable[Span]
) -> tuple[str, tuple[Span, ...]]:
    """A text with its words exchanged, and where its answers are then."""
    pattern = re.compile(
        rf"(?<!\w)(?:{'|'.join(re.escape(w) for w in sorted(exchange, key=len, reverse=True))})(?!\w)"
    )
    pieces, last, shift = [], 0, 0
    moved, shifts = [], []
    for found in pattern.finditer(text):
        other = exchange[found.group()]
        pieces += [text[last : found.start()], other]
        last = found.end()
        shift += len(other) - len(found.group())
        shifts.append((found.end(), shift))
    pieces.append(text[last:])
    for start, end, count in answers:
        by = max((entry for entry in shifts if entry[0] <= start), default=(0, 0))[1]
        moved.append((start + by, end + by, count))
    return "".join(pieces), tuple(moved)


def lacks_subject(question: str, text: str, title: str) -> bool:
    """Whether only the title says that the text is about what the question is about."""
    asked = set(_WORD.findall(question.lower()))
    about = {word for word in _WORD.findall(title.lower()) if len(word) > 3} & asked
    return bool(about) and about.isdisjoint(_WORD.findall(text.lower()))


# -- passages of another subject -------------------------------------------------------------------

_TYPES = {
    "when": re.compile(r"\b(?:1\d{3}|20[012]\d)\b"),
    "how": re.compile(r"\b\d[\d,.]*\b"),
    "who": _NAME,
}


class Strangers:
    """Passages of other articles that hold the type of thing that a question asks for."""

    def __init__(self, passages: Iterable[tuple[str, str, str]]) -> None:
        """``passages``: each one's article, what stands in front of it, and its text."""
        self._passages = list(passages)
        self._of_type: dict[str, set[int]] = {
            kind: {n for n, (_, _, text) in enumerate(self._passages) if pattern.search(text)}
            for kind, pattern in _TYPES.items()
        }
        self._with_word: dict[str, list[int]] = {}
        for number, (_, _, text) in enumerate(self._passages):
            for word in set(_WORD.findall(text.lower())):
                self._with_word.setdefault(word, []).append(number)

    def like(self, question: str, article: str, chance: random.Random) -> tuple[str, str] | None:
        """One that shares words with the question, of another article; None for other questions."""
        words = _WORD.findall(question.lower())
        kind = next((kind for kind in _TYPES if kind in words), None)
        if kind is None:
            return None
        score: dict[int, float] = {}
        for word in set(words) - _ASKING:
            found = self._with_word.get(word, ())
            for number in found:
                score[number] = score.get(number, 0.0) + 1 / len(found)
        fit = [n for n in score if n in self._of_type[kind] and self._passages[n][0] != article]
        if not fit:
            return None
        fit.sort(key=lambda number: -score[number])
        _, context, text = self._passages[chance.choice(fit[:5])]
        return context, text
