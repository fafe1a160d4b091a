"""Messages between the program and the processes that read files: JSON with its length before it.

A message is its header's length, the header as JSON, and as many raw bytes after it as the header
says under ``content``. No pickle: what a damaged process writes can only be refused.
"""

from __future__ import annotations

import json
import struct
from typing import IO, Any

LONGEST = 1 << 32
"""No message is longer, in bytes: more than the memory limit of a worker lets it make."""

_LENGTH = struct.Struct("!Q")


def encode(header: dict[str, Any], content: bytes | None = None) -> bytes:
    r"""A message's bytes, without its content, which is written after them.

    Surrogates pass as they are, each for itself: ``\u`` escapes would join two of them into one
    character, and every offset after it would be wrong.
    """
    if content is not None:
        header = header | {"content": len(content)}
    body = json.dumps(header, ensure_ascii=False, check_circular=False, separators=(",", ":"))
    encoded = body.encode("utf-8", "surrogatepass")
    return _LENGTH.pack(len(encoded)) + encoded


def receive(source: IO[bytes]) -> tuple[dict[str, Any], bytes | None] | None:
    """The next message and its content; None at the end, be it in the middle of a message.

    Raises:
        ValueError: what came is no message.
    """
    prefix = source.read(_LENGTH.size)
    if len(prefix) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(prefix)
    body = _exactly(source, length)
    if body is None:
        return None
    try:
        header = json.loads(body.decode("utf-8", "surrogatepass"))
    except RecursionError as error:
        raise ValueError("a message is not nested so deeply") from error
    if not isinstance(header, dict):
        raise ValueError("a message is an object")
    size = header.pop("content", None)
    if size is None:
        return header, None
    content = _exactly(source, size)
    return None if content is None else (header, content)


def _exactly(source: IO[bytes], size: int) -> bytes | None:
    if not isinstance(size, int) or not 0 <= size <= LONGEST:
        raise ValueError(f"no message has {size} bytes")
    found = source.read(size)
    return found if len(found) == size else None
