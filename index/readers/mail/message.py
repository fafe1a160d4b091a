"""A mail as both formats hold it, before its text is taken apart."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a mail's body."""

    text: str
    depth: int = 0
    """How many times it is quoted: the number of ">" in front of it."""
    whole: bool = False
    """Whether it is a whole paragraph or row, rather than wrapped at a width."""


@dataclass(slots=True)
class Mail:
    """Who wrote what to whom, and the mails that were sent along."""

    subject: str = ""
    sender: str = ""
    """As it is shown: "Ann Olsen <ann@example.org>"."""
    recipients: list[tuple[str, str]] = field(default_factory=list)
    """The field's name and its value: ("To", "Bob Berg <bob@example.org>")."""
    date: str | None = None
    """YYYY-MM-DD HH:MM in the sender's zone, where the mail says."""
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What other parts say: an appointment's time and place."""
    enclosed: list[Mail] = field(default_factory=list)
    """Mails within this one."""
