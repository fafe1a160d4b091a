"""Where the comments lie: the layout whose signatures explain most of the text's end."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from index.readers.comments.cutting import Candidate, CommentSection, Cutter, Place
from index.readers.comments.frame import Marker, find_markers, is_notice, is_policy
from index.readers.comments.lines import Span, groups_of, lines_of
from index.readers.comments.signatures import DASH_LINE, Layout, Scanner, Signature

_EITHER_PLACE = {Layout.POSTED, Layout.COMMENT_BY, Layout.DATED}
_EXPLICIT = {Layout.COMMENT_BY, Layout.KEYS, Layout.SAYS, Layout.DATED, Layout.NUMBERED}
_USUALLY_BELOW = {Layout.POSTED, Layout.DASH}


def find_comments(text: str, lines: Sequence[Span] | None = None) -> CommentSection | None:
    """Find the comments of a text.

    Args:
        text: the whole text; offsets are into it.
        lines: its lines as `lines_of` gives them, or some of them; all of them if left out.

    Returns:
        The section, or None where a document has no comments.
    """
    lines = lines_of(text) if lines is None else lines
    markers = find_markers(text, lines)
    scanner = Scanner(text, lines, weak=not all(marker.loose for marker in markers))
    for index, line in enumerate(lines):
        if line.end > line.start:
            scanner.scan(index)
    finder = _Finder(text, lines, markers)
    candidates = [
        candidate
        for layout, signatures in scanner.found.items()
        if signatures and (candidate := finder.candidate(layout, signatures))
    ]
    if not candidates:
        return None
    best = max(candidates, key=lambda candidate: candidate.score)
    return Cutter(text, lines).section(best)


class _Finder:
    """Chooses a section's limits for one layout's signatures."""

    def __init__(self, text: str, lines: Sequence[Span], markers: Sequence[Marker]) -> None:
        self.text = text
        self.lines = lines
        self.markers = markers
        self.starts = [line.start for line in lines]

    def candidate(self, layout: Layout, found: Sequence[Signature]) -> Candidate | None:
        """Judge one layout: None where its signatures do not make a section."""
        marker = self._opening(found)
        if marker is not None:
            after = [signature for signature in found if signature.line > marker.line]
            kept = self._consistent(layout, after)
            made = self._opened(layout, kept, marker) if kept else None
            if made:
                return made
        kept = [signature for signature in self._consistent(layout, found) if signature.strong]
        return self._unopened(layout, kept) if len(kept) >= 2 else None

    def _opening(self, found: Sequence[Signature]) -> Marker | None:
        """The marker with the most signatures below it; of several the last."""
        at = [signature.line for signature in found]
        best, most = None, 0
        for marker in self.markers:
            below = len(at) - bisect_right(at, marker.line)
            if below and below >= most:
                best, most = marker, below
        return best

    def _opened(
        self, layout: Layout, kept: Sequence[Signature], marker: Marker
    ) -> Candidate | None:
        if marker.loose and (layout not in _EXPLICIT or kept[0].line > self._next(marker.line)):
            return None
        counted = marker.count == len(kept)
        few = len(kept) < 2 and not counted
        if few and (not marker.strong or layout in (Layout.COLON, Layout.STACKED)):
            return None
        place = self._place(layout, kept, marker.line + 1)
        lead = self._paragraphs(marker.line + 1, self._line_at(kept[0].start))
        tail = self._paragraphs(self._line_at(kept[-1].end - 1) + 1, len(self.lines))
        near = len(lead) <= (3 if place is Place.HEADER else 12)
        if not near or (few and place is Place.FOOTER and tail):
            if not (counted or all(signature.strong for signature in kept)) or len(kept) < 2:
                return None
            candidate = self._unopened(layout, kept)
            return candidate
        if layout is Layout.COLON and not self._mostly_signed(kept, marker.line):
            return None
        return Candidate(
            tuple(kept), place, marker.line, marker.line, self._score(kept, place, marker.line)
        )

    def _next(self, line: int) -> int:
        """The first line below one that is not blank."""
        line += 1
        while line < len(self.lines) and self.lines[line].start == self.lines[line].end:
            line += 1
        return line

    def _mostly_signed(self, kept: Sequence[Signature], line: int) -> bool:
        paragraphs = sum(1 for _ in groups_of(self.lines, line + 1, len(self.lines)))
        return len(kept) >= 2 and 2 * len(kept) >= paragraphs

    def _unopened(self, layout: Layout, kept: Sequence[Signature]) -> Candidate:
        first = self._line_at(kept[0].start)
        place = self._place(layout, kept, None)
        start = first
        if place is Place.FOOTER:
            # Nothing shows where the first comment begins: one paragraph is the careful guess.
            while start and self.lines[start - 1].start == self.lines[start - 1].end:
                start -= 1
            while start and self.lines[start - 1].start < self.lines[start - 1].end:
                start -= 1
        return Candidate(tuple(kept), place, None, start, self._score(kept, place, start))

    def _score(self, kept: Sequence[Signature], place: Place, first: int) -> float:
        """How many signatures, and how much of the section they account for."""
        begin, end = self.lines[first].start, self.lines[-1].end
        signed = (begin, kept[-1].end) if place is Place.FOOTER else (kept[0].start, end)
        share = (signed[1] - signed[0]) / max(1, end - begin)
        return share * sum(3 if signature.strong else 1 for signature in kept)

    def _place(self, layout: Layout, kept: Sequence[Signature], first: int | None) -> Place:
        if layout is Layout.DASH:
            return Place.FOOTER
        if layout not in _EITHER_PLACE:
            return Place.HEADER
        tail = self._paragraphs(self._line_at(kept[-1].end - 1) + 1, len(self.lines))
        if first is not None:
            lead = self._paragraphs(first, self._line_at(kept[0].start))
            if not lead and tail:
                return Place.HEADER
            if lead and not tail:
                return Place.FOOTER
        elif not tail:
            return Place.FOOTER
        return Place.FOOTER if layout in _USUALLY_BELOW else Place.HEADER

    def _line_at(self, offset: int) -> int:
        return bisect_right(self.starts, offset) - 1

    def _paragraphs(self, first: int, last: int) -> list[tuple[int, int]]:
        """The groups of lines that say something: no policy, no buttons."""
        found = []
        for begin, end in groups_of(self.lines, first, last):
            span = self.text[self.lines[begin].start : self.lines[end - 1].end]
            if not is_policy(span) and not all(
                is_notice(self.text[line.start : line.end]) for line in self.lines[begin:end]
            ):
                found.append((begin, end))
                if len(found) > 12:
                    break
        return found

    def _consistent(self, layout: Layout, found: Sequence[Signature]) -> list[Signature]:
        """Drop what only looks like the others: a section's signatures are of one make."""
        kept = list(found)
        if layout is Layout.NUMBERED:
            styles = {signature.by.trait: signature for signature in reversed(kept)}
            runs = [_counting([s for s in kept if s.by.trait == style]) for style in styles]
            return max(runs, key=lambda run: sum(3 if s.strong else 1 for s in run))
        if layout is Layout.DASH:
            kept = [signature for signature in kept if not self._is_list_item(signature)]
        dated = [signature for signature in kept if signature.by.date]
        if layout is Layout.SAYS and 3 * len(dated) >= 2 * len(kept):
            kept = dated
        if len(kept) >= 3 and layout in (Layout.SAYS, Layout.DATED, Layout.DASH):
            trait, times = Counter(signature.by.trait for signature in kept).most_common(1)[0]
            if 5 * times >= 3 * len(kept):
                kept = [
                    signature
                    for signature in kept
                    if signature.by.trait == trait or signature.by.reply_to
                ]
        return kept

    def _is_list_item(self, signature: Signature) -> bool:
        """Whether a line "- X" is one of a list, or has more of its paragraph below it."""
        index = signature.line
        if signature.by.trait == "inline":
            return False
        before = self._text_of(index - 1) if index else ""
        after = self._text_of(index + 1) if index + 1 < len(self.lines) else ""
        if DASH_LINE.match(before) or DASH_LINE.match(after):
            return True
        return self._text_of(index)[0] == "-" and bool(after) and not is_notice(after)

    def _text_of(self, index: int) -> str:
        start, end = self.lines[index]
        return self.text[start : min(end, start + 160)]


def _counting(found: Sequence[Signature]) -> list[Signature]:
    """Keep the signatures whose numbers go up by one: other numbers are lists within comments."""
    kept: list[Signature] = []
    for signature in found:
        assert signature.number is not None
        if not kept or signature.number == (kept[-1].number or 0) + 1:
            kept.append(signature)
    return kept
