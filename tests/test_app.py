"""The page, driven in a real Chromium.

But for the first test, a reader that is told what to find stands for the packaged one.
"""

from __future__ import annotations

import ast
import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

import app
from index.embedder import DEFAULT_MODEL
from qa.answer import NO_ANSWER
from qa.reading.choose import ReaderNotUsedWarning

playwright = pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Browser, Page, expect  # noqa: E402

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "test-output"
CHROMIUM = os.environ.get("QA_CHROMIUM") or "/usr/bin/chromium"
SLOW = 120_000  # ms: loading the models on a busy machine

HOSTILE = """Zorblax report <b id="injected">bold</b>

The zorblax engine <script>alert("one")</script><img src="http://evil.example/i.png" \
onerror="alert(2)"> burns ![pixel](http://evil.example/p.png) and [fuel](javascript:alert(3)) \
${alert(4)} {{value}} at 900 degrees.

1 comment

Zorblax engines are loud, whatever <iframe src="http://evil.example"></iframe> they say.

Posted by <i id="injected">Mallory</i> | Report as abusive
"""

WITH_FAKE_READER = f"""
import sys
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests" / "qa")!r}]
import app
from fake_reader import FakeReader
from qa.reading import choose
choose._open = lambda name: FakeReader({{
    "territory": "22 percent",
    "lens hidden": "potato field",
    "new zip": "6 pounds",
    "zorblax": "900 degrees",
    "amateurish": "LTRich",
}})
app.main()
"""

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@dataclass
class Server:
    url: str
    process: subprocess.Popen[str]
    seconds_to_200: float


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def start(cache: Path, *arguments: str | Path, fake_reader: bool = False) -> Server:
    program = ["-c", WITH_FAKE_READER] if fake_reader else [str(ROOT / "app.py")]
    port = free_port()
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *program, "--port", str(port), *map(str, arguments)],
        env={**os.environ, "QA_CACHE_DIR": str(cache)},
        stderr=subprocess.PIPE,
        text=True,
    )
    url = f"http://127.0.0.1:{port}"
    while time.monotonic() - begun < 60:
        try:
            with urllib.request.urlopen(url, timeout=5) as reply:
                assert reply.status == 200
            return Server(url, process, time.monotonic() - begun)
        except OSError:
            assert process.poll() is None, process.stderr and process.stderr.read()
            time.sleep(0.05)
    stop(process)
    pytest.fail("the page was not up within 60 s")


def stop(process: subprocess.Popen[str]) -> tuple[int, str]:
    """What Ctrl-C does; the exit status and what was said on stderr."""
    process.send_signal(signal.SIGINT)
    try:
        _, said = process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return process.returncode, said


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    shutil.copytree(ROOT / "seeds", folder, dirs_exist_ok=True)
    (folder / "zorblax<img src=x onerror=alert(5)>.txt").write_text(HOSTILE)
    (folder / "broken.txt").write_bytes(bytes(range(256)) * 40)
    return folder


@pytest.fixture(scope="module")
def feedback(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("feedback") / "said" / "feedback.jsonl"


@pytest.fixture(scope="module")
def server(
    documents: Path, feedback: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    os.environ["QA_FEEDBACK"] = str(feedback)
    running = start(tmp_path_factory.mktemp("cache"), "--documents", documents, fake_reader=True)
    del os.environ["QA_FEEDBACK"]
    yield running
    if running.process.poll() is None:
        stop(running.process)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; QA_CHROMIUM may name one")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield started
        started.close()


class Visitor:
    """One browser session, and what it must never see."""

    def __init__(self, browser: Browser, server: Server, width: int = 1280, scheme: str = "light"):
        self.context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(SLOW)
        self.outside: list[str] = []
        self.alarms: list[str] = []
        self.page.on("request", lambda request: self._record(request.url, server.url))
        self.page.on(
            "dialog", lambda dialog: (self.alarms.append(dialog.message), dialog.dismiss())
        )
        self.page.on("pageerror", lambda error: self.alarms.append(str(error)))
        self.page.goto(server.url)

    def _record(self, url: str, own: str) -> None:
        if not url.startswith((own, "data:", "blob:")):
            self.outside.append(url)

    def ready(self) -> Visitor:
        expect(self.page.locator(".status.ready")).to_be_visible(timeout=SLOW)
        return self

    def ask(self, question: str) -> str:
        """Ask with the keyboard and wait for the answer."""
        before = self.page.locator(".answer").count()
        self.page.locator("#question textarea").fill(question)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".answer")).to_have_count(before + 1, timeout=SLOW)
        return self.answer()

    def answer(self) -> str:
        last = self.page.locator(".answer").last.locator(".words, .message")
        expect(last).to_be_visible(timeout=SLOW)
        return last.inner_text()

    def picture(self, name: str) -> None:
        PICTURES.mkdir(exist_ok=True)
        self.page.wait_for_timeout(400)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)

    def close(self) -> None:
        assert self.outside == []
        assert self.alarms == []
        assert self.page.locator("#injected, iframe").count() == 0
        self.context.close()


@pytest.fixture
def visitor(browser: Browser, server: Server) -> Iterator[Visitor]:
    visiting = Visitor(browser, server).ready()
    yield visiting
    visiting.close()


def test_the_page_is_up_at_once_and_says_that_it_is_loading(
    browser: Browser, documents: Path, tmp_path: Path
) -> None:
    server = start(tmp_path, "--documents", documents)
    try:
        print(f"page up after {server.seconds_to_200:.1f} s, load {os.getloadavg()[0]:.1f}")
        assert server.seconds_to_200 < 30
        visitor = Visitor(browser, server)
        expect(visitor.page.locator(".status.loading")).to_have_text(
            re.compile(r"^(Loading the model…|Indexing [\d,]+ of [\d,]+ passages…)$")
        )
        visitor.picture("loading")
        # Asked before it is ready, a question waits.
        assert "22 percent" in visitor.ask("what territory had IS lost?")
        expect(visitor.page.locator(".status.ready")).to_have_text(
            re.compile(r"ready: 5 documents, \d+ passages")
        )
        visitor.close()
    finally:
        begun = time.monotonic()
        status, said = stop(server.process)
    print(f"ended {time.monotonic() - begun:.1f} s after Ctrl-C")
    assert status == 0
    assert "Traceback" not in said
    assert server.url in said


def test_an_answer_with_its_passage_and_speaker(visitor: Visitor) -> None:
    page = visitor.page
    expect(page.locator("#question textarea")).to_be_focused()
    visitor.picture("welcome")

    text = visitor.ask("what territory had IS lost?")

    answer = page.locator(".answer")
    expect(answer.locator(".exact")).to_have_text("22 percent")
    assert text.startswith(
        "The author: By current estimates IS has lost 22 percent of the territory"
    )
    expect(answer.locator(".words mark")).to_have_text("22 percent")
    heights = [
        box["y"]
        for part in (".exact", ".words", ".sources")
        if (box := answer.locator(part).bounding_box())
    ]
    assert heights == sorted(heights)
    assert len(heights) == 3
    assert "author" in page.locator(".answer .sources").inner_text().lower()
    cited = page.locator("#evidence .passage.cited").first
    expect(cited.locator("mark")).to_have_text("22 percent")
    expect(cited.locator(".around")).to_contain_text("IS has lost 22 percent of the territory")
    expect(answer.locator(".sure")).to_have_attribute("title", re.compile("this answer is right"))
    expect(cited).to_contain_text("article")
    expect(cited).to_contain_text("The author")
    expect(cited).to_contain_text("brussels-analysis.txt")
    assert re.search(r"\d\.\d\d", cited.locator(".score").inner_text())
    expect(page.locator("#question textarea")).to_have_value("")
    assert page.evaluate("document.documentElement.scrollHeight") == 800  # each part scrolls itself
    visitor.picture("answer")


def test_a_citation_leads_to_its_passage_and_any_passage_opens(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask("what territory had IS lost?")
    page.evaluate("document.querySelectorAll('#evidence details').forEach(d => d.open = false)")
    page.locator(".answer a.cite").first.click()
    expect(page.locator("#evidence .passage.cited.found mark").first).to_be_in_viewport()
    other = page.locator("#evidence .passage:not(.cited)").first
    expect(other.locator("blockquote")).not_to_be_visible()
    other.locator("summary").first.click()
    expect(other.locator("blockquote")).to_be_visible()
    expect(page.locator(".answer")).to_have_count(1)  # the page was not loaded anew


def test_an_example_asks_itself(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("button", name="Where was the lens hidden in the war?").click()
    assert "potato field" in visitor.answer()
    expect(page.locator(".answer .exact")).to_have_text("potato field")
    expect(page.locator("#evidence .passage.cited").first).to_contain_text("caption")
    expect(page.locator("#examples button:visible")).to_have_count(0)


def test_the_documents_do_not_say(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask("what territory had IS lost?")
    assert visitor.ask("How do I cook pasta?") == NO_ANSWER
    expect(page.locator(".answer").last).to_contain_text("Nearest: “")
    expect(page.locator(".answer").last.locator(".exact, mark, .sure")).to_have_count(0)
    expect(page.locator("#evidence h2")).to_contain_text("Nearest passages")
    assert page.locator("#evidence .passage").count() >= 1
    sizes = page.locator(".words").evaluate_all("all => all.map(e => getComputedStyle(e).fontSize)")
    assert len(set(sizes)) == 1
    expect(page.locator("#question textarea")).to_be_in_viewport()
    visitor.picture("no-answer")


def test_a_follow_up_and_how_it_was_understood(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask("what territory had IS lost?")
    visitor.ask("and in 2016?")
    understood = page.locator(".understood")
    expect(understood).to_contain_text("Understood as: what territory had IS lost in 2016?")
    understood.get_by_role("button", name="edit").click()
    expect(page.locator("#question textarea")).to_have_value("what territory had IS lost in 2016?")
    expect(page.locator("#question textarea")).to_be_focused()
    visitor.picture("follow-up")


def test_the_passages_of_an_earlier_turn_are_a_click_away(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask("what territory had IS lost?")
    visitor.ask("How much is a new zip?")
    expect(page.locator("#evidence h2")).to_contain_text("How much is a new zip?")
    page.locator(".answer").first.locator("a.cite").first.click()
    expect(page.locator("#evidence h2")).to_contain_text("what territory had IS lost?")
    expect(page.locator("#evidence .passage.cited.found mark").first).to_be_in_viewport()


def test_a_passage_is_read_in_its_document(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask("what territory had IS lost?")
    page.locator("#evidence .cited .why summary").click()
    expect(page.locator("#evidence .cited .why")).to_contain_text("relevance")
    visitor.picture("why")
    page.locator("#evidence .cited").get_by_role("button", name="Read in the document").click()
    here = page.locator(".qa.source #here")
    expect(here.locator("mark")).to_have_text("22 percent")
    expect(here.locator("mark")).to_be_in_viewport()
    expect(page.locator(".qa.source .comment").first).to_contain_text("GetReel")
    visitor.picture("source")
    page.keyboard.press("Escape")
    expect(page.locator(".qa.source")).to_have_count(0)


def test_a_filter_that_a_question_names_is_a_chip_to_be_removed(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask("What did LTRich say?")
    expect(page.locator("#evidence .passage")).to_have_count(1)
    page.get_by_role("button", name="only LTRich").click()
    expect(page.locator(".answer")).to_have_count(2)
    visitor.answer()
    expect(page.locator(".answer").last.locator(".chip")).to_have_count(0)
    assert page.locator("#evidence .passage").count() > 1


def test_a_filter_is_chosen_in_the_page(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("button", name="Search only in …").click()
    page.get_by_label("comments", exact=True).check()
    visitor.ask("what territory had IS lost?")
    expect(page.locator("#evidence .kind").first).to_have_text("comment")
    assert set(page.locator("#evidence .kind").all_inner_texts()) == {"comment"}
    visitor.picture("filter")


def test_a_conversation_survives_a_reload_and_can_be_saved(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask("what territory had IS lost?")
    page.reload()
    expect(page.locator(".question")).to_have_text(["what territory had IS lost?"], timeout=SLOW)
    expect(page.locator("#evidence .cited mark").first).to_have_text("22 percent")
    for button, name, words in (
        ("Save as Markdown", "conversation.md", "## what territory had IS lost?"),
        ("Save as JSON", "conversation.json", '"answer": "22 percent"'),
    ):
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        assert download.value.suggested_filename == name
        assert words in download.value.path().read_text(encoding="utf-8")
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".question")).to_have_count(0)
    page.reload()
    expect(page.locator(".empty")).to_be_visible()


def test_documents_are_added_and_removed_by_one_visitor_alone(
    browser: Browser, server: Server, visitor: Visitor, tmp_path: Path
) -> None:
    page = visitor.page
    (tmp_path / "kiln.txt").write_text("Kiln log\n\nThe kiln reached 900 degrees at noon.\n")
    (tmp_path / "noise.txt").write_bytes(bytes(range(256)) * 40)
    page.get_by_role("button", name="Documents").click()
    page.locator("#documents input[type=file]").set_input_files(
        [tmp_path / "kiln.txt", tmp_path / "noise.txt"]
    )
    listed = page.locator(".qa.documents")
    expect(listed.locator(".problem")).to_contain_text("noise.txt was not added: ", timeout=SLOW)
    expect(listed).to_contain_text("kiln.txt 1 paragraph")
    visitor.picture("documents")
    asked = "How hot did the kiln get, as hot as the zorblax?"
    visitor.ask(asked)
    expect(page.locator("#evidence")).to_contain_text("The kiln reached 900 degrees at noon.")

    other = Visitor(browser, server).ready()
    other.ask(asked)
    expect(other.page.locator("#evidence .passage").first).to_be_visible()
    assert "The kiln reached" not in other.page.content()
    other.close()

    listed.get_by_role("button", name="Remove Kiln log").click()
    expect(listed).not_to_contain_text("kiln.txt")
    visitor.ask(asked)
    expect(page.locator("#evidence .passage").first).to_be_visible()
    expect(page.locator("#evidence")).not_to_contain_text("The kiln reached")


def test_text_is_pasted(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("button", name="Documents").click()
    page.get_by_label("Or paste text").fill("The lido <b>at</b> Ostrey\n\nThe lido opens at seven.")
    page.get_by_role("button", name="Add the text").click()
    expect(page.locator(".qa.documents")).to_contain_text("The lido <b>at</b> Ostrey", timeout=SLOW)
    visitor.ask("When does the lido open?")
    expect(page.locator("#evidence")).to_contain_text("The lido opens at seven.")


def test_what_a_visitor_says_of_an_answer_is_kept_as_a_question(
    visitor: Visitor, feedback: Path
) -> None:
    page = visitor.page
    visitor.ask("what territory had IS lost?")
    judge = page.locator(".judge")
    judge.get_by_role("button", name="wrong").click()
    expect(judge).to_contain_text("Which passage is right?")
    other = page.locator("#evidence .passage:not(.cited)").first
    other.locator("summary").first.click()
    words = other.locator("blockquote").inner_text()
    other.get_by_role("button", name="This is the right one").click()
    judge.get_by_label("Your note").fill("not <b>this</b> one")
    judge.get_by_role("button", name="Add the note").click()
    deadline = time.monotonic() + 20
    while len(feedback.read_text(encoding="utf-8").splitlines()) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    wrong, right, note = map(json.loads, feedback.read_text(encoding="utf-8").splitlines())
    assert (wrong["verdict"], wrong["known"], wrong["answer"]) == ("wrong", False, "22 percent")
    assert (right["known"], right["question"]) == (True, "what territory had IS lost?")
    assert " ".join(right["passage_contains"].split()) == " ".join(words.split())
    assert note["note"] == "not <b>this</b> one"
    visitor.picture("feedback")


def test_what_a_document_holds_is_shown_as_text(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask("How hot does the zorblax engine burn? <img src=x onerror=alert(6)>")
    expect(page.locator(".answer .exact")).to_have_text("900 degrees")
    proof = page.locator("#evidence")
    page.evaluate("document.querySelectorAll('#evidence details').forEach(d => d.open = true)")
    expect(proof).to_contain_text("![pixel](http://evil.example/p.png)")
    expect(proof).to_contain_text("${alert(4)} {{value}}")
    expect(proof).to_contain_text("zorblax<img src=x onerror=alert(5)>.txt")
    assert page.locator("#talk img, #talk script, #evidence img, #evidence script").count() == 0
    expect(page.locator(".question").last).to_contain_text("<img src=x onerror=alert(6)>")
    visitor.picture("hostile")


def test_who_says_so_is_a_name(visitor: Visitor) -> None:
    text = visitor.ask("Who calls the operation amateurish?")
    expect(visitor.page.locator(".answer .exact")).to_have_text("LTRich")
    assert text.startswith("Reader LTRich: I found the operation rather amateurish")


def test_a_reader_that_is_not_used_is_said_in_the_page(documents: Path, tmp_path: Path) -> None:
    library = app.Library([documents], DEFAULT_MODEL, str(tmp_path / "nowhere"), None)
    with pytest.warns(ReaderNotUsedWarning, match="there is no such folder"):  # for the terminal
        library._load()
    head = library.header()
    assert (
        "nowhere: there is no such folder; without the reader, answers are whole sentences.</p>"
        in head
    )
    assert head.count('<p class="note">') == 1
    assert 'class="status ready"' in head
    assert library.assistant().ask("what territory had IS lost?").answer.startswith("By current")


def test_without_a_reader_nothing_is_said(documents: Path) -> None:
    library = app.Library([documents], DEFAULT_MODEL, "none", None)
    library._load()
    assert 'class="note"' not in library.header()
    assert library.assistant().reader is None


def test_a_file_that_was_not_indexed_is_reported(visitor: Visitor) -> None:
    problems = visitor.page.locator(".problems")
    expect(problems.locator("summary")).to_have_text("1 file was not indexed")
    problems.locator("summary").click()
    expect(problems.locator("li")).to_contain_text("broken.txt: ")
    expect(problems.locator("li")).to_be_visible()
    visitor.picture("problems")


def test_questions_that_are_none_get_a_plain_hint(visitor: Visitor) -> None:
    page = visitor.page
    box, hint = page.locator("#question textarea"), page.locator("#hint")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(hint).to_contain_text("The question is empty")
    box.fill("w" * 10_000)
    page.keyboard.press("Enter")
    expect(hint).to_contain_text("10,000 characters; the limit is 2,000")
    expect(box).to_have_value("w" * 10_000)  # to be shortened, not typed again
    visitor.picture("too-long")
    expect(page.locator(".answer")).to_have_count(0)
    assert NO_ANSWER in visitor.ask("?!… the of and")
    expect(hint).to_have_text("")


def test_sessions_do_not_mix(browser: Browser, server: Server) -> None:
    one, two = Visitor(browser, server).ready(), Visitor(browser, server).ready()
    one.ask("what territory had IS lost?")
    two.ask("How much is a new zip?")
    expect(one.page.locator(".question")).to_have_text(["what territory had IS lost?"])
    expect(two.page.locator(".question")).to_have_text(["How much is a new zip?"])
    one.close()
    two.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280, 2560])
def test_every_width_and_theme(browser: Browser, server: Server, width: int, scheme: str) -> None:
    visitor = Visitor(browser, server, width, scheme).ready()
    visitor.picture(f"welcome-{width}-{scheme}")
    visitor.ask("what territory had IS lost?")
    visitor.picture(f"answer-{width}-{scheme}")
    wide = visitor.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    right = visitor.page.locator(".qa *:not(bdi)").evaluate_all(
        "all => Math.max(...all.map(e => e.getBoundingClientRect().right))"
    )
    assert right <= width
    visitor.close()


def test_programs_can_ask_too_and_only_that(server: Server, documents: Path) -> None:
    from gradio_client import Client
    from gradio_client.exceptions import AppError

    client = Client(server.url, verbose=False)
    answer = client.predict("what territory had IS lost?", api_name="/ask")
    assert answer["answer"] == "22 percent"
    assert "22 percent" in answer["text"]
    assert answer["citations"][0]["speaker"].startswith("The author")
    described = client.view_api(return_format="dict", print_info=False)
    assert list(described["named_endpoints"]) == ["/ask", "/search", "/documents"]
    only = client.predict("who is to blame?", kinds=["comment"], k=2, api_name="/ask")
    assert {hit["passage"]["kind"] for hit in only["hits"]} == {"comment"}
    found = client.predict("what territory had IS lost?", k=3, api_name="/search")
    assert len(found) == 3
    assert "22 percent" in found[0]["passage"]["text"]
    titles = [each["title"] for each in client.predict(api_name="/documents")]
    assert "After nine dark years, Skarrow Point shines again" in titles
    with pytest.raises(AppError, match="the question is empty"):
        client.predict(" ", api_name="/search")
    assert Path(answer["hits"][0]["passage"]["document"]["file"]).parent == documents


def test_the_readme_s_calls_of_the_server_run(server: Server) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    [code] = re.findall(r"```python\n# the page runs\n(.*?)```", readme, flags=re.DOTALL)
    assert "http://127.0.0.1:7860" in code
    exec(code.replace("http://127.0.0.1:7860", server.url), {})


def test_other_assistants_ask_over_mcp(tmp_path: Path) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    server = start(tmp_path, "--mcp", "--documents", ROOT / "seeds", fake_reader=True)

    async def visit() -> tuple[set[str], str]:
        async with (
            streamable_http_client(f"{server.url}/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = await session.list_tools()
            asked = {"question": "what territory had IS lost?"}
            given = await session.call_tool("ask", asked)
            return {tool.name for tool in tools.tools}, given.content[0].text

    try:
        # In a thread of its own: Playwright has a loop running in this one.
        with ThreadPoolExecutor() as elsewhere:
            names, text = elsewhere.submit(lambda: asyncio.run(visit())).result()
    finally:
        stop(server.process)
    assert names == {"ask", "search", "documents"}
    answer = ast.literal_eval(text)
    assert answer["answer"] == "22 percent"
    assert answer["citations"][0]["quote"] == "22 percent"


def test_no_file_is_served(server: Server, documents: Path) -> None:
    for path in (documents / "market-notice.txt", ROOT / "app.py", Path("/etc/passwd")):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{server.url}/gradio_api/file={path}", timeout=10)
        assert caught.value.code in {403, 404}


def test_nothing_to_read_is_said_in_the_page(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    server = start(tmp_path / "cache", "--documents", tmp_path / "empty")
    try:
        visitor = Visitor(browser, server)
        expect(visitor.page.locator(".failure")).to_contain_text(
            "No document to read", timeout=SLOW
        )
        assert "No document to read" in visitor.ask("Anything?")
        visitor.picture("failed")
        visitor.close()
        assert server.process.poll() is None
    finally:
        status, said = stop(server.process)
    assert status == 0
    assert "Traceback" not in said


def test_with_passwords_nobody_else_gets_in(tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    passwords.write_text("# visitors\nann:s3cret\n")
    server = start(tmp_path / "cache", "--auth", passwords, "--documents", ROOT / "seeds")
    try:
        for name, password, status in (
            ("ann", "wrong", 400),
            ("bob", "", 400),
            ("ann", "s3cret", 200),
        ):
            data = f"username={name}&password={password}".encode()
            begun = time.monotonic()
            try:
                with urllib.request.urlopen(f"{server.url}/login", data, timeout=20) as reply:
                    got = reply.status
            except urllib.error.HTTPError as error:
                got = error.code
            assert got == status or (status == 400 and got in {401, 422}), (name, got)
            if status != 200 and password:
                assert time.monotonic() - begun >= 1
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{server.url}/gradio_api/info", timeout=10)
        assert refused.value.code == 401
    finally:
        status, said = stop(server.process)
    assert status == 0
    assert "a wrong password for 'ann'" in said
    assert "s3cret" not in said


def test_other_machines_get_in_with_passwords_only() -> None:
    ran = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), "--host", "0.0.0.0"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 1
    assert ran.stderr.startswith("error: listening on 0.0.0.0 lets other machines in;")
    assert len(ran.stderr.splitlines()) == 1


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = subprocess.run(
            [sys.executable, str(ROOT / "app.py"), "--port", str(port)],
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()) == 1
    assert str(port) in ran.stderr
