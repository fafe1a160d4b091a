"""What people say of answers, kept as questions that ``qa evaluate`` reads: they measure us by it."""

from __future__ import annotations

import json
import os
import re
import threading
from pathlib import Path
from typing import Any

from index.types import Passage
from qa.answer import Answer, Basis

RIGHT, WRONG = "right", "wrong"
VERDICTS = (RIGHT, WRONG)
MOST_NOTE = 2000
"""Characters of a note that are kept."""
_lock = threading.Lock()


def default_file() -> Path:
    """Where feedback is kept: ``QA_FEEDBACK``, or a file among the user's data."""
    if named := os.environ.get("QA_FEEDBACK"):
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_data_dir("document-qa", appauthor=False)) / "feedback.jsonl"


def judged(
    answer: Answer, verdict: str, *, passage: Passage | None = None, note: str = ""
) -> dict[str, Any]:
    """A verdict as a line of a question file.

    Args:
        answer: what is judged.
        verdict: one of :data:`VERDICTS`.
        passage: the right one, as the person says.
        note: in the person's words.

    Returns:
        The question with what is right, as far as the verdict tells: ``known`` is false where it does
        not, and an evaluation passes over the line.
    """
    row: dict[str, Any] = {
        "question": answer.understood or answer.question,
        "passage_contains": None,
        "kind": None,
        "author": None,
        "answer_matches": None,
        "type": "feedback",
        "verdict": verdict,
        "note": note[:MOST_NOTE],
        "answer": answer.answer,
        "abstained": answer.abstained,
        "known": verdict == RIGHT and answer.abstained,
    }
    words = ""
    if passage is not None:
        words = passage.text
    elif verdict == RIGHT and answer.citations and answer.basis is Basis.PASSAGES:
        passage, words = answer.citations[0].passage, answer.citations[0].context
        row["answer_matches"] = re.escape(answer.answer)
    if passage is not None:
        row |= {"passage_contains": words, "kind": str(passage.kind), "known": True}
        row["author"] = passage.author
    return row


def keep(row: dict[str, Any], file: Path) -> None:
    """Append a line.

    Raises:
        OSError: the file cannot be written.
    """
    line = json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    with _lock:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab") as to:
            to.write(line)
