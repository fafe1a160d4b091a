"""The command line, with the real embedding model on real files.

Most tests run ``main`` in this process, where the model's libraries are loaded once, with a reader
that is told what to find. What only a process of its own shows (signals, terminals, what is imported)
runs in one.
"""

from __future__ import annotations

import io
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest
from fake_reader import FakeReader

from index.types import FileReport
from qa import terminal
from qa.answer import Answer
from qa.cli import main
from qa.reading import choose
from qa.reading.choose import DEFAULT_READER
from qa.render import as_text

ROOT = Path(__file__).parent.parent.parent
COMMANDS = ("ask", "index", "verify", "chat", "evaluate", "serve")

HARBOUR = """The harbour wall of Westmouth

March 3, 2021

The storm of February broke 40 metres of the harbour wall, and the council closed the quay to \
every boat longer than nine metres until the stones are back in place.

Engineers from Leeds will rebuild the wall with granite from the old railway bridge, at a cost of \
two million pounds.

2 comments so far

The granite is a waste of money; concrete would last just as long.

Posted by Nell_Fisher | Report as abusive

My grandfather laid those stones in 1931 and nobody thanked him for it.

Posted by quayside | Report as abusive
"""

BEES = """# Keeping bees on a roof

A roof hive needs a wind break of at least one metre, because the colony loses heat in a draught.

In winter a colony eats about fifteen kilograms of honey, so leave that much in the hive.
"""

READS = {
    "part of the harbour wall": "40 metres",
    "roof hive need": "a wind break of at least one metre",
    "wind break": "a draught",
    "bees eat in winter": "fifteen kilograms of honey",
    "waste of money": "Nell_Fisher",
    "stones": "My grandfather",
    "colour was the lamp": "red",
}
"""What the reader finds in these documents, by what the question has."""


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    (folder / "bees.md").write_text(BEES, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def environment(cache: Path, documents: Path) -> Iterator[None]:
    """An environment of the tests' own; the program's entry point changes it."""
    before = dict(os.environ)
    os.environ.update(QA_CACHE_DIR=str(cache), QA_DOCUMENTS=str(documents), COLUMNS="100")
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that is told what to find stands for the packaged one."""
    others = choose._open
    fake = FakeReader(READS)
    monkeypatch.setattr(
        choose, "_open", lambda name: fake if name == DEFAULT_READER else others(name)
    )


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_main(*args: str) -> Outcome:
        with pytest.raises(SystemExit) as exit_:
            main(args)
        code = exit_.value.code
        assert isinstance(code, int)
        return Outcome(code, *capsys.readouterr())

    return run_main


def in_process(*args: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "qa", *args],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        **options,
    )


def one_line(text: str) -> str:
    """What a box of rich says, without the box."""
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", text).split())


# -- asking ---------------------------------------------------------------------------------------


def test_an_answer_and_nothing_else_is_on_stdout(run: Run) -> None:
    asked = run("ask", "how long is the part of the harbour wall that the storm broke?")
    assert asked.code == 0
    answer, text, sources = asked.out.rstrip().split("\n\n")
    assert answer == "40 metres"
    assert text.startswith("The author: The storm of February broke 40 metres of the harbour wall,")
    assert text.endswith("[1]")
    assert sources.startswith("[1] The author, in The harbour wall of Westmouth")
    assert "harbour.txt" in sources
    assert asked.err == ""


def test_who_says_so_is_a_name_with_the_sentence_that_shows_it(run: Run) -> None:
    asked = run("ask", "who calls the granite a waste of money?")
    answer, text, _ = asked.out.rstrip().split("\n\n")
    assert answer == "Nell_Fisher"
    assert text.startswith("Reader Nell_Fisher: The granite is a waste of money;")


def test_without_a_reader_answers_are_sentences(run: Run) -> None:
    asked = run("what does a roof hive need?", "--reader", "none")
    assert asked.code == 0
    assert asked.err == ""
    assert asked.out.startswith("The author: A roof hive needs a wind break")
    facts = json.loads(run("what does a roof hive need?", "--reader", "none", "--json").out)
    assert facts["answer"].startswith("A roof hive needs a wind break of at least one metre")
    assert facts["citations"][0]["quote"] == facts["citations"][0]["context"]


@pytest.mark.parametrize("command", ["ask", "chat"])
def test_a_reader_that_cannot_be_loaded_is_a_warning(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("what does a roof hive need?\n"))
    question = ["what does a roof hive need?"] if command == "ask" else []
    asked = run(command, *question, "--reader", str(tmp_path / "nowhere"))
    assert asked.code == 0
    assert asked.out.startswith("The author: A roof hive needs a wind break")
    assert asked.err == (
        f"qa: warning: {tmp_path / 'nowhere'}: there is no such folder;"
        " without the reader, answers are whole sentences\n"
    )


def test_the_hub_is_reached_only_for_the_models_that_are_named(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    named: list[tuple[str, ...]] = []
    monkeypatch.setattr("qa.cli.go_offline", lambda *names: named.append(names))
    run("what does a roof hive need?")
    run("what does a roof hive need?", "--reader", "none")
    assert named == [("all-MiniLM-L6-v2", DEFAULT_READER), ("all-MiniLM-L6-v2", "none")]


def test_how_cautious_it_is_is_an_option(run: Run) -> None:
    sure = {}
    for caution in ("eager", "balanced", "cautious"):
        args = ("who is cross about boats?", "--reader", "none", "--json", "--caution", caution)
        facts = json.loads(run(*args).out)
        sure[caution] = facts["confidence"], facts["abstained"]
    assert len({confidence for confidence, _ in sure.values()}) == 1
    assert [abstained for _, abstained in sure.values()] == sorted(
        abstained for _, abstained in sure.values()
    )
    assert [sure[name][1] for name in ("eager", "cautious")] == [False, True]


def test_a_bare_question_is_asked(run: Run) -> None:
    question = "what does a roof hive need?"
    bare, asked = run(question, "--k", "2"), run("ask", question, "--k", "2")
    assert bare == asked
    assert "wind break" in bare.out


def test_options_may_come_before_a_bare_question(run: Run) -> None:
    asked = run("--document", "bees.md", "what does a roof hive need?")
    assert asked.code == 0
    assert "wind break" in asked.out


def test_json_is_the_answer_with_everything_found(run: Run) -> None:
    asked = run("what do bees eat in winter?", "--json", "--k", "3")
    assert asked.code == 0
    answer = json.loads(asked.out)
    assert answer["question"] == "what do bees eat in winter?"
    assert answer["abstained"] is False
    assert 0 <= answer["confidence"] <= 1
    assert len(answer["hits"]) == 3
    for citation in answer["citations"]:
        passage = citation["passage"]
        first = citation["start"] - passage["start"]
        last = citation["end"] - passage["start"]
        assert passage["text"][first:last] == citation["quote"]
        first = citation["context_start"] - passage["start"]
        last = citation["context_end"] - passage["start"]
        assert passage["text"][first:last] == citation["context"]
    assert answer["answer"] == answer["citations"][0]["quote"] == "fifteen kilograms of honey"
    assert answer["citations"][0]["context"].startswith("In winter a colony eats about fifteen")
    assert answer["citations"][0]["passage"]["document"]["file"].endswith("bees.md")


def test_filters_are_applied(run: Run) -> None:
    asked = run(
        *("what about the stones?", "--json", "--kind", "comment", "--author", "nell_fisher")
    )
    hits = json.loads(asked.out)["hits"]
    assert [hit["passage"]["author"] for hit in hits] == ["Nell_Fisher"]
    assert [hit["passage"]["kind"] for hit in hits] == ["comment"]


def test_the_documents_that_are_named_are_asked(run: Run, documents: Path) -> None:
    asked = run("what does a roof hive need?", "--json", "-d", str(documents / "bees.md"))
    hits = json.loads(asked.out)["hits"]
    assert {Path(hit["passage"]["document"]["file"]).name for hit in hits} == {"bees.md"}


def test_abstaining_has_an_exit_code_of_its_own(run: Run) -> None:
    asked = run("ask", "who won the chess championship in Reykjavik?")
    assert asked.code == 3
    first, nearest = asked.out.rstrip().split("\n\n")
    assert first == "The documents do not say."
    header, *passages = nearest.splitlines()
    assert re.fullmatch("Nearest: “[^”]+”", header)
    assert sum(line.startswith("- ") for line in passages) == 3
    assert asked.err == ""


@pytest.mark.parametrize(
    ("nearest", "says"),
    [
        ("", "The documents do not say."),
        ("Nice", "The documents do not say.\n\nNearest: “Nice”"),
        ("w " * 200, "The documents do not say.\n\nNearest: “w w w"),
    ],
)
def test_what_came_nearest_is_one_line_below(nearest: str, says: str) -> None:
    text = as_text(Answer("q", "", "The documents do not say.", True, 0.1, (), (), nearest))
    assert text.startswith(says)
    assert len(text) < 250


def test_a_question_that_starts_with_a_dash_or_is_a_command(run: Run) -> None:
    assert run("ask", "--json", "--", "-40: wind break?").out.startswith("{")
    assert json.loads(run("ask", "index", "--json").out)["question"] == "index"


def test_bad_files_are_named_once_and_the_good_ones_answer(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bees.md").write_text(BEES, encoding="utf-8")
    (tmp_path / "bees.txt").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "bees.pdf").write_bytes(b"%PDF-1.7")
    asked = run("ask", "what does a roof hive need?", "-d", str(tmp_path), "-d", "missing.txt")
    assert asked.code == 0
    assert "wind break" in asked.out
    first, *lines = asked.err.splitlines()
    assert first == "qa: 3 of 4 files were not indexed:"
    assert len(lines) == 3
    assert any(line.startswith(f"  {tmp_path / 'bees.pdf'}: not a PDF") for line in lines)
    assert "  missing.txt: there is no such file or folder" in lines


def test_an_index_that_cannot_be_kept_is_a_warning(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("QA_CACHE_DIR", str(tmp_path / "file"))
    asked = run("ask", "what does a roof hive need?")
    assert asked.code == 0
    assert "wind break" in asked.out
    assert asked.err.startswith("qa: warning: the index could not be kept in")
    assert len(asked.err.splitlines()) == 1
    indexed = run("index")
    assert indexed.code == 0
    assert "The index is in" not in indexed.out


# -- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["ask", " "], "qa: the question is empty"),
        (["ask", "x" * 10_000], "qa: the question has 10,000 characters; the limit is 2,000"),
        (["q?", "-d", "no/such"], "qa: no/such: there is no such file or folder"),
        (["q?", "--index-dir", "no/such"], "qa: no/such: no index here; build one with"),
        (["index", "no/such"], "qa: no/such: there is no such file or folder"),
        (["q?", "--author", "Nobody"], "qa: no passage by 'Nobody'; the authors are: "),
        (["q?", "--document", "x.txt"], "qa: no document 'x.txt' in this index"),
    ],
)
def test_an_error_is_one_line_and_code_1(run: Run, args: list[str], message: str) -> None:
    refused = run(*args)
    assert refused.code == 1
    assert refused.out == ""
    assert refused.err.startswith(message)
    assert len(refused.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["q?", "--kind", "footnote"], "'footnote' is none of: paragraph, caption, comment"),
        (["q?", "--k", "0"], "'--k'"),
        (["q?", "--k", "many"], "'--k'"),
        (["what", "is", "it?"], 'put it in quotation marks: qa ask "what is it?"'),
        (["--k", "3"], "Missing argument"),
        (["ask", "q?", "--athor", "LTRich"], "No such option: --athor"),
        (["idnex", "notes"], "did you mean 'index'?"),
        (["serve", "--port", "99999"], "'--port'"),
        (["q?", "--caution", "brave"], "'brave' is none of: cautious, balanced, eager"),
        (["chat", "--caution", ""], "'' is none of: cautious, balanced, eager"),
    ],
)
def test_a_wrong_command_line_is_code_2(run: Run, args: list[str], message: str) -> None:
    refused = run(*args)
    assert refused.code == 2
    assert refused.out == ""
    assert message in one_line(refused.err)


def test_a_folder_with_nothing_readable(run: Run, tmp_path: Path) -> None:
    assert run("ask", "q?", "-d", str(tmp_path)).err.startswith("qa: no document to read")
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "b.exe").write_bytes(b"MZ")
    (tmp_path / "empty.txt").touch()
    refused = run("index", str(tmp_path))
    assert refused.code == 1
    assert refused.out == ""
    assert "a.pdf: not a PDF, or a damaged one" in refused.err
    assert "b.exe: not a format that is read" in refused.err
    assert "empty.txt: the file is empty" in refused.err


# -- indexing -------------------------------------------------------------------------------------


def test_index_reports_on_every_file(run: Run, documents: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.txt").touch()
    (tmp_path / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    folder = tmp_path / "index"
    args = ("index", str(documents), str(tmp_path), "--index-dir", str(folder))
    indexed = run(*args)
    assert indexed.code == 0
    assert f"{documents / 'bees.md'} Keeping bees on a roof 2 0 0" in one_line(indexed.out)
    assert "of Westmouth 2 0 2" in one_line(indexed.out)
    assert f"same as {documents / 'harbour.txt'}" in indexed.out
    assert "6 passages of 2 documents: 6 embedded, 0 taken over." in indexed.out
    assert f"The index is in {folder}" in indexed.out
    assert indexed.err.splitlines() == [
        "qa: 1 of 4 files was not indexed:",
        f"  {tmp_path / 'bad.txt'}: the file is empty",
    ]
    assert "6 passages of 2 documents: 0 embedded, 6 taken over." in run(*args).out
    assert "6 passages of 2 documents: 6 embedded, 0 taken over." in run(*args, "--rebuild").out


def test_a_kept_index_is_asked_as_it_is(run: Run, documents: Path, tmp_path: Path) -> None:
    folder = str(tmp_path / "index")
    run("index", str(documents / "bees.md"), "--index-dir", folder)
    answer = json.loads(run("ask", "what about the wall?", "--index-dir", folder, "--json").out)
    paths = {hit["passage"]["document"]["file"] for hit in answer["hits"]}
    assert paths == {str(documents / "bees.md")}


def test_a_damaged_index_is_an_error_to_ask_and_built_anew_by_index(
    run: Run, documents: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "index"
    run("index", str(documents), "--index-dir", str(folder))
    (folder / "manifest.json").write_text("{")
    asked = run("ask", "q?", "--documents", str(documents), "--index-dir", str(folder))
    assert asked.code == 1
    assert asked.err.startswith(f"qa: {folder / 'manifest.json'}: damaged; build it again with")
    indexed = run("index", str(documents), "--index-dir", str(folder))
    assert indexed.code == 0
    assert indexed.err.startswith("qa: warning:")
    assert "6 embedded" in indexed.out


# -- chat -----------------------------------------------------------------------------------------


def test_chat_reads_questions_from_a_pipe(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    questions = "\n   \nwhat does a roof hive need?\n" + "x" * 3000 + "\nhow thick is the ice?\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(questions))
    chatted = run("chat")
    assert chatted.code == 0
    assert "wind break" in chatted.out
    assert "The documents do not say." in chatted.out
    assert chatted.out.index("wind break") < chatted.out.index("The documents do not say.")
    assert "> " not in chatted.out
    assert chatted.err.splitlines() == [
        "qa: the question has 3,000 characters; the limit is 2,000: ask it more shortly"
    ]


@pytest.mark.parametrize("word", ["exit", " QUIT "])
def test_chat_ends_at_a_word(run: Run, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{word}\nwhat does a roof hive need?\n"))
    assert run("chat") == Outcome(0, "", "")


# -- terminals, signals, processes ----------------------------------------------------------------


class Screen:
    """A process on a terminal of its own."""

    def __init__(self, *args: str) -> None:
        self._screen, terminal_ = os.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "qa", *args],
            cwd=ROOT,
            env=os.environ | {"TERM": "xterm"},
            stdin=terminal_,
            stdout=terminal_,
            stderr=terminal_,
            start_new_session=True,
        )
        os.close(terminal_)
        self.text = ""
        self._waited_to = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._screen)
        self._process.kill()
        self._process.wait()

    def wait_for(self, text: str, seconds: float = 90) -> None:
        """Read until the text is there, after what was waited for before."""
        end = time.monotonic() + seconds
        while (found := self.text.find(text, self._waited_to)) < 0:
            readable, _, _ = select.select([self._screen], [], [], max(0, end - time.monotonic()))
            data = self._read() if readable else ""
            assert data, f"{text!r} is not in {self.text[self._waited_to :]!r}"
            self.text += data
        self._waited_to = found + len(text)

    def type(self, text: str) -> None:
        os.write(self._screen, text.encode())

    def interrupt(self) -> None:
        self._process.send_signal(signal.SIGINT)

    def end(self, again: Callable[[], None] = lambda: None) -> int:
        """Read to the end; the exit code.

        Args:
            again: what a person does again after three seconds without an effect: readline misses
                a signal that comes in the instant between its prompt and its waiting.
        """
        while True:
            readable, _, _ = select.select([self._screen], [], [], 3)
            if not readable:
                again()
            elif data := self._read():
                self.text += data
            else:
                return self._process.wait()

    def _read(self) -> str:
        try:
            return os.read(self._screen, 65536).decode(errors="replace")
        except OSError:  # how Linux says that no process has the terminal any more
            return ""


needs_pty = pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals here")


@needs_pty
def test_ctrl_c_while_indexing(documents: Path, tmp_path: Path) -> None:
    with Screen("index", str(documents), "--index-dir", str(tmp_path / "index")) as screen:
        screen.wait_for("Loading the model…")
        screen.interrupt()
        # A library that is being loaded may have put the system's own handler in place.
        assert screen.end() in (130, -signal.SIGINT)
    assert "Traceback" not in screen.text
    assert "qa:" not in screen.text
    assert not (tmp_path / "index" / "manifest.json").exists()


@needs_pty
def test_ctrl_c_and_ctrl_d_in_chat() -> None:
    main_ends_quietly("index")  # so that no process has to load the model
    with Screen("chat") as screen:
        screen.wait_for("> ")
        screen.type("\n")
        screen.wait_for("> ")
        screen.type("x" * 2001 + "\n")
        screen.wait_for("the limit is 2,000")
        screen.wait_for("> ")
        screen.interrupt()
        assert screen.end(again=screen.interrupt) == 130
    assert "Traceback" not in screen.text
    with Screen("chat") as screen:
        screen.wait_for("> ")
        screen.type("\x04")
        assert screen.end(again=lambda: screen.type("\x04")) == 0


def main_ends_quietly(*args: str) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(args)
    assert exit_.value.code == 0


@needs_pty
def test_a_bar_on_a_terminal_while_many_passages_are_embedded(tmp_path: Path) -> None:
    lines = [f"The lamp of tower {number} was lit in {1700 + number}." for number in range(40)]
    (tmp_path / "lamps.txt").write_text("\n\n".join(lines), encoding="utf-8")
    with Screen("index", str(tmp_path)) as screen:
        screen.wait_for("Loading the model…")
        screen.wait_for("Embedding passages")
        screen.wait_for("/40")
        assert screen.end() == 0
    assert "40 passages of 1 documents: 40 embedded" in screen.text


def test_a_process_of_its_own_answers_in_utf_8_and_minds_no_broken_pipe(documents: Path) -> None:
    """JSON is UTF-8 in any locale, and a reader that goes away is no error."""
    env = os.environ | {"PYTHONIOENCODING": "ascii"}
    asked = in_process("ask", "wind break – café\udcff?", "--json", "--reader", "none", env=env)
    assert asked.returncode in (0, 3)
    assert json.loads(asked.stdout)["question"] == "wind break – café??"
    assert asked.stderr == ""
    for args in ("--help", "--version", "ask --help"):
        shell = f"{sys.executable} -m qa {args} | true"
        piped = subprocess.run(
            ["bash", "-c", shell], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert piped.stderr == ""


def test_the_version_is_the_project_s(run: Run) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert run("--version") == Outcome(0, f"qa {project['version']}\n", "")


# -- help -----------------------------------------------------------------------------------------


def test_nothing_at_all_gets_the_help(run: Run) -> None:
    helped = run()
    assert helped.code == 0
    assert helped == run("--help")
    assert all(f" {command} " in helped.out for command in COMMANDS)
    assert "Exit codes: 0 done" in helped.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(run: Run, command: str) -> None:
    helped = run(command, "--help")
    assert helped.code == 0
    assert "Examples:" in helped.out
    assert f"qa {command}" in helped.out
    assert helped.err == ""


def test_help_loads_nothing_heavy() -> None:
    code = """
import sys
from qa.cli import main
try:
    main(["--help"])
except SystemExit:
    pass
heavy = {"torch", "transformers", "sentence_transformers", "numpy", "faiss", "bm25s", "gradio"}
print("heavy:", sorted(heavy & set(sys.modules)))
"""
    helped = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "Usage" in helped.stdout
    assert "heavy: []" in helped.stdout, helped


# -- what reaches the terminal --------------------------------------------------------------------


def test_control_characters_are_made_visible() -> None:
    assert terminal.printable("a\x1b]0;owned\x07b\rc\x7f\x9bd") == "a␛]0;owned␇b␍c␡�d"
    assert terminal.printable("two\n\tlines, ünïcode – “kept” 漢字 🦊") == (
        "two\n\tlines, ünïcode – “kept” 漢字 🦊"
    )


def test_control_characters_of_documents_do_not_reach_the_terminal(
    run: Run, tmp_path: Path
) -> None:
    text = "The lamp was \x1b[31mred\x1b[0m when the \x9b2Jship came in, as the \x07keeper said."
    (tmp_path / "lamp\x1b[2J.txt").write_text(text, encoding="utf-8")
    (tmp_path / "bad\x1b[2J.pdf").touch()
    for args in (
        ("ask", "what colour was the lamp?"),
        ("ask", "who plays chess?"),
        ("index",),
        ("ask", "what colour was the lamp?", "--json"),
    ):
        shown = run(*args, *(["-d"] if args[0] == "ask" else []), str(tmp_path))
        assert shown.code in (0, 3)
        assert "lamp" in shown.out
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", shown.out + shown.err), args


def test_control_characters_come_back_from_json(run: Run, tmp_path: Path) -> None:
    text = "The lamp was \x9b31mred when the ship came in, as the keeper said."
    (tmp_path / "lamp.txt").write_text(text, encoding="utf-8")
    asked = run("ask", "what colour was the lamp?", "--json", "-d", str(tmp_path))
    assert json.loads(asked.out)["hits"][0]["passage"]["text"] == text


def test_many_problems_are_cut_short(capsys: pytest.CaptureFixture[str]) -> None:
    reports = [FileReport(f"{number}.pdf", problem="not read") for number in range(12)]
    terminal.list_problems(reports, most=10)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "qa: 12 of 12 files were not indexed:"
    assert lines[-1] == "  … and 2 more; `qa index` lists them all"
    assert len(lines) == 12


def test_stdout_colours_only_on_terminals(run: Run) -> None:
    assert "\x1b" not in run("--help").out
    assert "\x1b" not in run("index").out
