"""The command line: ``python -m qa``, also installed as ``qa``.

stdout carries answers and reports only; progress, warnings and errors go to stderr. The heavy
libraries load in the commands that need them, so that help comes at once.
"""

from __future__ import annotations

import atexit
import functools
import gc
import os
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec, TypeVar

import typer

from index.embedder import DEFAULT_MODEL
from index.errors import Error
from index.types import PASSAGE_KINDS
from qa import terminal
from qa.caution import CAUTIONS
from qa.evaluate import evaluate_command
from qa.indexing import LOADING, Model, index_command, verify_command
from qa.offline import go_offline
from qa.reading.choose import DEFAULT_READER

if TYPE_CHECKING:
    from qa.answer import Answer
    from qa.assistant import Assistant
    from qa.conversation.conversation import Conversation

FAILED = 1
WRONG_USAGE = 2
ABSTAINED = 3
"""The exit code of ``ask`` when the documents do not say."""

MOST_PROBLEMS = 10
"""How many unreadable files are listed before an answer."""

_P = ParamSpec("_P")
_R = TypeVar("_R")

cli = typer.Typer(
    name="qa",
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="\n".join(
        [
            "Examples:",
            '  qa "what territory had IS lost?"',
            '  qa ask "what did LTRich say?" --documents page.html --documents notes/',
            "  qa index notes/",
            "  qa chat --documents notes/",
            "  qa serve",
            "",
            "Without --documents, the documents are those that the environment variable"
            " QA_DOCUMENTS names, or else the ones that come with the program.",
            "Exit codes: 0 done, 1 an error, 2 a wrong command line,"
            " 3 the documents do not say (ask), 130 stopped with Ctrl-C.",
        ]
    ),
)


def main(args: Sequence[str] | None = None) -> None:
    """Run the program and exit.

    Args:
        args: the command line without the program's name; by default this process's.
    """
    # As it ends, the process need not look through all that the libraries have made: a second.
    atexit.register(gc.freeze)
    # NumPy would start threads that have nothing to do: the models and FAISS have their own.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    terminal.prepare_streams()
    try:
        cli(args=_with_command(list(sys.argv[1:] if args is None else args)))
    except (Error, OSError) as error:
        terminal.complain(str(error))
        sys.exit(FAILED)
    finally:
        terminal.finish_output()


def _with_command(args: list[str]) -> list[str]:
    """A bare question is asked; nothing at all gets the help."""
    if not args:
        return ["--help"]
    commands = [command.name or "" for command in cli.registered_commands]
    if args[0] in (*commands, "--help", "-h", "--version"):
        return args
    # The same first letter, so that "what" is not taken for a mistyped "chat".
    alike = [name for name in commands if name[:1] == args[0][:1] and args[0].isalpha()]
    if near := get_close_matches(args[0], alike, 1, 0.75):
        terminal.complain(
            f"there is no command {args[0]!r}; did you mean {near[0]!r}?"
            f" To ask it as a question: qa ask {args[0]}"
        )
        sys.exit(WRONG_USAGE)
    return ["ask", *args]


# -- what commands share --------------------------------------------------------------------------


def _offline(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Have a command keep the libraries off the network before it loads any."""

    @functools.wraps(command)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        named = [kwargs.get(name) for name in ("model", "reader")]
        go_offline(*(name for name in named if isinstance(name, str)))
        return command(*args, **kwargs)

    return run


def _check_kinds(kinds: list[str] | None) -> list[str] | None:
    for kind in kinds or ():
        if kind not in PASSAGE_KINDS:
            raise typer.BadParameter(f"{kind!r} is none of: {', '.join(PASSAGE_KINDS)}")
    return kinds


def _check_caution(caution: str) -> str:
    if caution not in CAUTIONS:
        raise typer.BadParameter(f"{caution!r} is none of: {', '.join(CAUTIONS)}")
    return caution


Documents = Annotated[
    list[Path] | None,
    typer.Option(
        "--documents",
        "-d",
        metavar="PATH",
        help="A file or folder to answer from; may be given several times.",
        show_default=False,
    ),
]
K = Annotated[int, typer.Option("--k", min=1, help="How many passages to show.")]
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        metavar="|".join(PASSAGE_KINDS),
        help="Only passages of this kind; may be given several times.",
        callback=_check_kinds,
        show_default=False,
    ),
]
Author = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Only what this author wrote: a commenter, or a document's.",
        show_default=False,
    ),
]
OneDocument = Annotated[
    str | None,
    typer.Option(
        "--document",
        metavar="NAME",
        help="Only this one of the documents: its path, file name or title.",
        show_default=False,
    ),
]
Reader = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="What finds the answer's words: the packaged reader, a folder or a name on the Hugging"
        " Face hub with a question-answering model, or none for whole sentences.",
    ),
]
HowCautious = Annotated[
    str,
    typer.Option(
        "--caution",
        metavar="cautious|balanced|eager",
        help="How sure it must be to answer, rather than say that the documents do not.",
        callback=_check_caution,
    ),
]
IndexDir = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Where the index is kept, instead of the user's cache folder."
        " With it and without documents, the index there is used as it is.",
        show_default=False,
    ),
]


@dataclass(frozen=True, slots=True)
class _Source:
    """What is asked."""

    documents: list[Path] | None
    model: str
    reader: str
    index_dir: Path | None

    def open(self) -> Assistant:
        """Open the index, brought up to date, and say which files are not in it."""
        from qa.assistant import Assistant
        from qa.kept import IndexNotKeptWarning, IndexRebuiltWarning
        from qa.reading.choose import ReaderNotUsedWarning

        said = terminal.spoken_warnings(
            IndexNotKeptWarning, IndexRebuiltWarning, ReaderNotUsedWarning
        )
        with said, terminal.Working(LOADING, stopped=terminal.STOPPED) as working:
            assistant = Assistant.from_documents(
                self.documents or None,
                model=self.model,
                reader=self.reader,
                index_dir=self.index_dir,
                progress=working.progress,
            )
        terminal.list_problems(assistant.reports, most=MOST_PROBLEMS)
        return assistant


@dataclass(frozen=True, slots=True)
class _Search:
    """What is shown, and of what."""

    k: int
    kinds: list[str] | None
    author: str | None
    document: str | None
    caution: str

    def ask(self, asked: Assistant | Conversation, question: str) -> Answer:
        """Ask one question, by itself or in a conversation."""
        return asked.ask(
            question,
            k=self.k,
            kinds=self.kinds or None,
            author=self.author,
            document=self.document,
            caution=self.caution,
        )


# -- the commands ---------------------------------------------------------------------------------


@cli.command(
    "ask",
    context_settings={"allow_extra_args": True},  # to say what is wrong with them
    epilog="\n".join(
        [
            "Examples:",
            '  qa ask "what territory had IS lost?"',
            '  qa ask "who is to blame?" --documents page.html --kind comment --k 10',
            '  qa ask "what did he say?" --author LTRich --json',
            '  qa ask -- "-40 degrees: where?"   (a question that starts with a dash)',
            "",
            "Exit codes: 0 answered, 1 an error, 2 a wrong command line,"
            " 3 the documents do not say, 130 stopped with Ctrl-C.",
        ]
    ),
)
@_offline
def ask_command(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="In words, in quotation marks.")],
    documents: Documents = None,
    k: K = 5,
    kind: Kinds = None,
    author: Author = None,
    document: OneDocument = None,
    caution: HowCautious = "balanced",
    model: Model = DEFAULT_MODEL,
    reader: Reader = DEFAULT_READER,
    index_dir: IndexDir = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Write the answer as JSON, with every passage found.")
    ] = False,
) -> None:
    """Answer a question from documents. The word "ask" itself may be left out.

    The first question on a set of documents reads and embeds them; the next ones are quick.
    """
    from qa.assistant import check_question

    asked = check_question(_one_question([question, *context.args]))
    assistant = _Source(documents, model, reader, index_dir).open()
    with terminal.Working(LOADING):
        answer = _Search(k, kind, author, document, caution).ask(assistant, asked)
    if as_json:
        _say_json(answer)
    else:
        _say(answer)
    if answer.abstained:
        raise typer.Exit(ABSTAINED)


cli.command(
    "index",
    epilog="\n".join(
        [
            "Examples:",
            "  qa index notes/ page.html",
            "  qa index notes/ --index-dir notes-index",
            "  qa index notes/ --exclude drafts/ --watch",
            "",
            "Exit codes: 0 the index is there, though some files may not be in it,"
            " 1 nothing could be indexed or another error, 2 a wrong command line,"
            " 130 stopped with Ctrl-C.",
        ]
    ),
)(_offline(index_command))


cli.command(
    "verify",
    epilog="\n".join(
        [
            "Examples:",
            "  qa verify notes/",
            "  qa verify --index-dir notes-index --quick",
            "",
            "Exit codes: 0 the index is sound, 1 it is not or there is none, 2 a wrong command line,"
            " 130 stopped with Ctrl-C.",
        ]
    ),
)(_offline(verify_command))


@cli.command(
    "chat",
    epilog="\n".join(
        [
            "Examples:",
            "  qa chat --documents notes/",
            "  qa chat < questions.txt",
            "",
            "An empty line is ignored; exit, quit or Ctrl-D ends the conversation.",
        ]
    ),
)
@_offline
def chat_command(
    documents: Documents = None,
    k: K = 5,
    kind: Kinds = None,
    author: Author = None,
    document: OneDocument = None,
    caution: HowCautious = "balanced",
    model: Model = DEFAULT_MODEL,
    reader: Reader = DEFAULT_READER,
    index_dir: IndexDir = None,
) -> None:
    """Ask one question after another in the terminal; each is understood with those before it."""
    from qa.conversation.conversation import Conversation

    assistant = _Source(documents, model, reader, index_dir).open()
    search = _Search(k, kind, author, document, caution)
    conversation = Conversation(assistant)
    read_question = terminal.question_reader("Ask your documents; exit or Ctrl-D ends.")
    doing = LOADING
    while (question := read_question()) is not None:
        if question:
            _answer_in_chat(conversation, search, question, doing)
            doing = "Looking…"


cli.command(
    "evaluate",
    epilog="\n".join(
        ["Examples:", "  qa evaluate questions.jsonl --documents notes/", "  qa evaluate scifact/"]
    ),
)(_offline(evaluate_command))


@cli.command(
    "serve",
    epilog="\n".join(
        ["Examples:", "  qa serve", "  qa serve --documents notes/ --port 8000 --open"]
    ),
)
@_offline
def serve_command(
    documents: Documents = None,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="The address to listen on; 0.0.0.0 lets other machines in, and needs --auth.",
        ),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 7860,
    model: Model = DEFAULT_MODEL,
    reader: Reader = DEFAULT_READER,
    index_dir: IndexDir = None,
    auth: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Who may see the page: name:password lines."),
    ] = None,
    mcp: Annotated[bool, typer.Option("--mcp", help="Be an MCP server, too.")] = False,
    share_documents: Annotated[
        bool,
        typer.Option("--share-documents", help="What one visitor adds, all can ask."),
    ] = False,
    max_upload_mb: Annotated[
        int, typer.Option(min=1, help="The largest file that a visitor may add, in MB.")
    ] = 20,
    password: Annotated[
        str,
        typer.Option(
            envvar="QA_PASSWORD", help="Opens documents that need one.", show_default=False
        ),
    ] = "",
    theme: Annotated[
        str, typer.Option(metavar="auto|light|dark", help="The page's colours.")
    ] = "auto",
    open_browser: Annotated[
        bool, typer.Option("--open", help="Open the page in a browser.")
    ] = False,
) -> None:
    """Serve the page: ask in a browser, and see the passages beside the answer."""
    import app
    from qa.page.options import ServeOptions

    app.serve(
        ServeOptions(
            documents=tuple(documents or ()),
            host=host,
            port=port,
            auth=auth,
            mcp=mcp,
            share_documents=share_documents,
            max_upload_mb=max_upload_mb,
            model=model,
            reader=reader,
            index_dir=index_dir,
            password=password,
            theme=theme,
            open_browser=open_browser,
        )
    )


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"qa {_version()}")
        raise typer.Exit


@cli.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Say which version this is.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Ask your documents: answers with the passages that prove them.

    Reads plain text, Markdown and saved web pages with their readers' comments, and works offline.
    """


# -- what the commands do -------------------------------------------------------------------------


def _one_question(words: list[str]) -> str:
    if len(words) > 1:
        together = " ".join(words)
        raise typer.BadParameter(
            f"{len(words)} arguments where one question is expected;"
            f' put it in quotation marks: qa ask "{terminal.printable(together)}"',
            param_hint="QUESTION",
        )
    # What the shell gave may be no valid text (PEP 383), which no tokenizer takes.
    return words[0].encode("utf-8", "replace").decode("utf-8")


def _say(answer: Answer) -> None:
    print(terminal.printable(str(answer)), flush=True)


def _say_json(answer: Answer) -> None:
    terminal.write_utf8()
    print(terminal.json_text(answer), flush=True)


def _answer_in_chat(conversation: Conversation, search: _Search, question: str, doing: str) -> None:
    try:
        with terminal.Working(doing):
            answer = search.ask(conversation, question)
    except Error as error:
        terminal.complain(str(error))
        return
    print(f"{terminal.printable(str(answer))}\n", flush=True)


def _version() -> str:
    """The version of this source tree, or of the installed package."""
    project = Path(__file__).parent.parent / "pyproject.toml"
    if project.is_file():
        facts = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
        if facts["name"] == "document-qa":
            return str(facts["version"])
    return metadata.version("document-qa")
