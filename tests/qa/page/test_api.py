"""What programs call. ``tests/app/test_programs.py`` has it over the network."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from qa.page.api import endpoints
from qa.page.library import Library
from qa.page.session import Sessions

KILN = "Kiln\n\nThe kiln reached 900 degrees at noon."
HOT = "How hot was the kiln?"


@pytest.fixture
def api(sessions: Sessions) -> dict[str, Callable[..., Any]]:
    return endpoints(sessions)


def test_what_is_added_is_asked_under_its_key_alone(api: dict[str, Callable[..., Any]]) -> None:
    added = api["add"]("kiln.txt", KILN)
    assert added["problems"] == []
    assert "900" in api["ask"](HOT, key=added["key"])["text"]
    assert "900" not in str(api["ask"](HOT))
    assert "900" not in str(api["search"](HOT))
    assert len(api["documents"](added["key"])) == 2
    assert len(api["documents"]()) == 1
    more = api["add"](
        "lido.md", content=base64.b64encode(b"# Lido\n\nOpen.").decode(), **_key(added)
    )
    assert more["key"] == added["key"]
    left = api["remove"](added["documents"][0]["id"], **_key(added))
    assert [each["title"] for each in left] == ["Ferry", "Lido"]
    assert "900" not in str(api["search"](HOT, **_key(added)))


def _key(added: dict[str, Any]) -> dict[str, str]:
    return {"key": added["key"]}


def test_a_program_removes_only_what_was_added(
    api: dict[str, Callable[..., Any]], library: Library
) -> None:
    with pytest.raises(gr.Error, match="was added under this key"):
        api["remove"](library.documents[0].id)
    assert len(api["documents"]()) == 1


def test_filters_are_those_of_the_page(api: dict[str, Callable[..., Any]]) -> None:
    assert api["search"](HOT, kinds=["caption"]) == []
    with pytest.raises(gr.Error, match="no passage by 'Nobody'"):
        api["search"](HOT, author="Nobody")
    with pytest.raises(gr.Error, match="unknown kind"):
        api["ask"](HOT, kinds=["x"])


@pytest.mark.parametrize(
    ("name", "given", "wrong"),
    [
        ("ask", {"question": " "}, "the question is empty"),
        ("ask", {"question": "w" * 3000}, "the limit is 2,000"),
        ("ask", {"question": "a?", "key": "guessed"}, "unknown key"),
        ("ask", {"question": "a?", "k": 0}, "k is 0"),
        ("search", {"question": "a?", "key": "../x"}, "unknown key"),
        ("documents", {"key": "x" * 32}, "unknown key"),
        ("add", {"name": "a.txt", "content": "no base64!"}, "not base64"),
        ("add", {"name": "a.txt", "text": "a", "key": "guessed"}, "unknown key"),
        ("remove", {"document": "<script>"}, "was added under this key"),
    ],
)
def test_what_is_wrong_is_said(
    api: dict[str, Callable[..., Any]], name: str, given: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(gr.Error, match=wrong):
        api[name](**given)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\0.txt", "x" * 5000 + ".txt", "<img src=x>.exe", ""]
)
def test_a_name_is_never_a_path(
    api: dict[str, Callable[..., Any]], name: str, tmp_path: Path
) -> None:
    before = sorted(tmp_path.rglob("*"))
    added = api["add"](name, KILN)
    [shown] = [*added["documents"], *added["problems"]]
    assert "/" not in shown["file"]
    assert sorted(tmp_path.rglob("*")) == before


def test_documents_that_are_shared_need_no_key(make_sessions: Callable[..., Sessions]) -> None:
    api = endpoints(make_sessions(share_documents=True))
    added = api["add"]("kiln.txt", KILN)
    assert "900" in api["ask"](HOT)["text"]
    api["remove"](added["documents"][0]["id"])
    assert "900" not in str(api["ask"](HOT))


def test_an_archive_gives_several_documents(api: dict[str, Callable[..., Any]]) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("logs/kiln.txt", KILN)
        archive.writestr("lido.md", "# Lido\n\nThe lido opens at seven.")
        archive.writestr("noise.txt", bytes(range(256)) * 40)
        archive.writestr("../../escape.txt", "Escaped\n\nIt got out of the archive.")
    added = api["add"]("all.zip", content=base64.b64encode(packed.getvalue()).decode())
    assert [each["file"] for each in added["documents"]] == [
        "all.zip/lido.md",
        "all.zip/logs/kiln.txt",
    ]
    problems = {each["file"].rpartition("/")[2]: each["problem"] for each in added["problems"]}
    assert problems.keys() == {"noise.txt", "escape.txt"}
    assert all(problems.values())
    found = api["ask"](HOT, key=added["key"])["citations"][0]["passage"]["document"]
    assert found["file"] == "all.zip/logs/kiln.txt"
