"""Names and passwords in a file, and which address needs them."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from index.errors import ArgumentError
from qa.page import auth
from qa.page.options import ServeOptions, from_environment


def test_a_file_has_a_name_and_a_password_on_each_line(tmp_path: Path) -> None:
    file = tmp_path / "passwords"
    file.write_text("# who\n\nann:a:b\n bob:ü \n", encoding="utf-8")
    assert auth.read_passwords(file) == {"ann": "a:b", "bob": "ü"}


@pytest.mark.parametrize(
    ("text", "says"), [("ann", "line 1"), ("ann:", "line 1"), ("#x", "has no")]
)
def test_what_is_no_such_file_says_why(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "p").write_text(text)
    with pytest.raises(ArgumentError, match=says):
        auth.read_passwords(tmp_path / "p")
    with pytest.raises(ArgumentError, match="No such file"):
        auth.read_passwords(tmp_path / "q")


def test_a_wrong_password_is_slow_and_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(auth.time, "sleep", slept.append)
    check = auth.checker({"ann": "right"})
    with caplog.at_level(logging.WARNING):
        assert check("ann", "right")
        assert slept == []
        assert not check("ann", "wrong")
        assert not check("bob", "")
    assert slept == [auth.SLOW, auth.SLOW]
    assert "'ann'" in caplog.text
    assert "wrong'" not in caplog.text


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("example", False),
    ],
)
def test_only_the_machine_s_own_address_needs_none(host: str, own: bool, tmp_path: Path) -> None:
    assert auth.is_loopback(host) is own
    ServeOptions(host=host, auth=tmp_path / "p").check()
    if own:
        ServeOptions(host=host).check()
    else:
        with pytest.raises(ArgumentError, match="--auth"):
            ServeOptions(host=host).check()


def test_variables_of_the_environment_stand_for_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_MAX_UPLOAD_MB", "7")
    assert from_environment("max-upload-mb", "20") == "7"
    assert from_environment("port", "7860") == "7860"
