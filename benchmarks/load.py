"""Many people asking one server at once: how many answers a second, how long each waits, what it weighs.

    python benchmarks/load.py SQUAD.json [--users 1 4 16 64] [--seconds 30] [--soak 10000]

Starts the page over the paragraphs of a SQuAD file in a process of its own. Each user asks the next
question as soon as the last one is answered, over HTTP as programs do. A failure is anything but an
answer; an answer is mixed up when it is not the one that a single user got to the same question before.
Rounds of all numbers of users are interleaved, and the median round of each is shown.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from index.embedders import open_embedder
from index.indexing import index_documents
from qa.evaluation.formats import load

ROOT = Path(__file__).parent.parent
QUESTIONS, SEED = 1000, 5
"""More than the server remembers the answers of: asked one after another, each is answered anew."""


@dataclass
class Round:
    """What some users met who asked for a while."""

    users: int
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    """Seconds from a question to its answer."""
    failures: list[str] = field(default_factory=list)
    mixed: int = 0

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return len(self.waits) / self.seconds


def ask(port: int, question: str) -> str:
    """Ask the server; the answer's text.

    Raises:
        OSError, http.client.HTTPException, ValueError: it is not answered.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        body = json.dumps({"data": [question, 5, None, None, None, ""]})
        header = {"Content-Type": "application/json"}
        connection.request("POST", "/gradio_api/call/ask", body, header)
        ticket = json.loads(connection.getresponse().read())["event_id"]
        connection.request("GET", f"/gradio_api/call/ask/{ticket}")
        told = connection.getresponse().read().decode()
    finally:
        connection.close()
    event, _, data = told.strip().rpartition("\n\n")[2].partition("\n")
    if event != "event: complete":
        raise ValueError(told[-200:])
    (found,) = json.loads(data.removeprefix("data: "))
    if found["question"] != question:
        raise ValueError(f"asked {question!r}, answered {found['question']!r}")
    return str(found["text"])


def run(
    port: int, users: int, seconds: float, right: dict[str, str], numbers: Iterator[int]
) -> Round:
    """Have users ask without pause, each the question of the next number."""
    found = Round(users)
    end = time.monotonic() + seconds
    lock = threading.Lock()
    asked = list(right)

    def user() -> None:
        while time.monotonic() < end:
            question = asked[next(numbers) % len(asked)]
            begun = time.monotonic()
            try:
                text = ask(port, question)
            except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
                with lock:
                    found.failures.append(repr(error))
                continue
            with lock:
                found.waits.append(time.monotonic() - begun)
                found.mixed += text != right[question]

    threads = [threading.Thread(target=user) for _ in range(users)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.seconds = time.monotonic() - begun
    return found


def soak(port: int, questions: int, users: int, right: dict[str, str]) -> Iterator[int]:
    """Ask a great many questions; yields how many were answered, every thousand."""
    numbers = count()
    done = threading.Semaphore(0)
    wanted = list(right)

    def user() -> None:
        while (number := next(numbers)) < questions:
            ask(port, wanted[number % len(wanted)])
            done.release()

    for _ in range(users):
        threading.Thread(target=user, daemon=True).start()
    for number in range(questions):
        done.acquire()
        if (number + 1) % 1000 == 0:
            yield number + 1


def resident(pid: int) -> float:
    """A process's memory (MB), as Linux tells."""
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def serve(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Start the page over an index, and wait until it answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = int(listening.getsockname()[1])
    command = [
        sys.executable,
        str(ROOT / "app.py"),
        "--port",
        str(port),
        "--index-dir",
        str(folder),
    ]
    process = subprocess.Popen(command)
    while True:
        try:
            ask(port, "Are you there?")
        except OSError:
            if process.poll() is not None:
                raise SystemExit("the server has ended") from None
            time.sleep(0.2)
        else:
            return process, port


def show(rounds: Sequence[Round]) -> None:
    """Print the median round of each number of users as a table."""
    print(
        "| users | answers/s | p50 (s) | p95 (s) | failures | mixed up |\n|---|---|---|---|---|---|"
    )
    for users in dict.fromkeys(each.users for each in rounds):
        some = [each for each in rounds if each.users == users]
        middle = sorted(some, key=lambda each: each.throughput)[len(some) // 2]
        waits = [wait for each in some for wait in each.waits]
        hundredths = statistics.quantiles(waits, n=100)
        print(
            f"| {users} | {middle.throughput:.1f} | {hundredths[49]:.3f} | {hundredths[94]:.3f}"
            f" | {sum(len(each.failures) for each in some)} | {sum(each.mixed for each in some)} |"
        )
    for failure in dict.fromkeys(each for round_ in rounds for each in round_.failures):
        print(failure, file=sys.stderr)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("squad", type=Path, metavar="SQUAD.json")
    parser.add_argument("--users", type=int, nargs="+", default=[1, 4, 16, 64])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--soak", type=int, default=0, help="then ask so many, and show the memory")
    options = parser.parse_args()
    data = load(options.squad, split="test", articles=None)
    asked = random.Random(SEED).sample([each.text for each in data.questions], QUESTIONS)
    with tempfile.TemporaryDirectory() as folder:
        index_documents(data.texts.documents, embedder=open_embedder()).save(folder)
        process, port = serve(Path(folder))
        try:
            right = {question: ask(port, question) for question in asked}
            numbers = count()
            rounds = [
                run(port, users, options.seconds, right, numbers)
                for _ in range(options.rounds)
                for users in options.users
            ]
            show(rounds)
            print(f"memory of the server: {resident(process.pid):.0f} MB")
            for answered in soak(port, options.soak, 4, right):
                print(f"after {answered:,} more: {resident(process.pid):.0f} MB", flush=True)
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
