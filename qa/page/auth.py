"""Who may see the page: names and passwords in a file."""

from __future__ import annotations

import hmac
import ipaddress
import logging
import time
from collections.abc import Callable
from pathlib import Path

from index.errors import ArgumentError

SLOW = 1.0
"""Seconds that a wrong password takes."""
logger = logging.getLogger(__name__)


def read_passwords(file: Path) -> dict[str, str]:
    """The names and passwords of a file: ``name:password`` on each line; ``#`` begins a remark.

    Raises:
        ArgumentError: the file cannot be read, a line has no colon, or there is none.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentError(f"{file}: {getattr(error, 'strerror', None) or error}") from error
    found = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, colon, password = line.strip().partition(":")
        if not (name and colon and password):
            raise ArgumentError(f"{file}: line {number} is not name:password")
        found[name] = password
    if not found:
        raise ArgumentError(f"{file}: has no name:password line")
    return found


def checker(passwords: dict[str, str]) -> Callable[[str, str], bool]:
    """Tells whether a name and a password belong together; a wrong one is slow, and logged."""

    def check(name: str, password: str) -> bool:
        wanted = passwords.get(name, "")
        same = hmac.compare_digest(wanted.encode(), password.encode("utf-8", "replace"))
        if same and wanted:
            return True
        logger.warning("a wrong password for %r", name[:100])
        time.sleep(SLOW)
        return False

    return check


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
