"""What programs call, over the network."""

from __future__ import annotations

import ast
import asyncio
import base64
import json
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from browsing import ROOT, Browser, Server, Visitor, start, stop


def test_programs_can_ask_too_and_only_that(server: Server, documents: Path) -> None:
    from gradio_client import Client
    from gradio_client.exceptions import AppError

    client = Client(server.url, verbose=False)
    answer = client.predict("what territory had IS lost?", api_name="/ask")
    assert answer["answer"] == "22 percent"
    assert "22 percent" in answer["text"]
    assert answer["citations"][0]["speaker"].startswith("The author")
    described = client.view_api(return_format="dict", print_info=False)
    assert list(described["named_endpoints"]) == [
        "/ask",
        "/search",
        "/documents",
        "/add",
        "/remove",
    ]
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
    assert names == {"ask", "search", "documents", "add", "remove"}
    answer = ast.literal_eval(text)
    assert answer["answer"] == "22 percent"
    assert answer["citations"][0]["quote"] == "22 percent"


def test_no_file_is_served(server: Server, documents: Path) -> None:
    for path in (documents / "market-notice.txt", ROOT / "app.py", Path("/etc/passwd")):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{server.url}/gradio_api/file={path}", timeout=10)
        assert caught.value.code in {403, 404}


def test_programs_add_and_remove_documents_of_their_own(
    browser: Browser, server: Server, visitor: Visitor
) -> None:
    from gradio_client import Client
    from gradio_client.exceptions import AppError

    client = Client(server.url, verbose=False)
    text = b"Kiln log\n\nThe zorblax kiln <script>alert(10)</script> reached 900 degrees."
    added = client.predict(
        "../../<b>kiln</b>.txt", content=base64.b64encode(text).decode(), api_name="/add"
    )
    [document] = added["documents"]
    assert document["file"] == "b>.txt"
    asked = "How hot was the zorblax kiln?"
    own = client.predict(asked, key=added["key"], api_name="/search")
    assert "alert(10)" in own[0]["passage"]["text"]
    assert "alert(10)" not in str(client.predict(asked, api_name="/search"))
    visitor.ask(asked)
    assert "alert(10)" not in visitor.page.content()
    with pytest.raises(AppError, match="unknown key"):
        client.predict(asked, key="x" * 32, api_name="/search")
    left = client.predict(document["id"], added["key"], api_name="/remove")
    assert len(left) == 5
    assert "alert(10)" not in str(client.predict(asked, key=added["key"], api_name="/ask"))


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
def test_the_readme_s_curl_call_runs(server: Server) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    [call] = re.findall(r"```sh\n(at=.*?)```", readme, flags=re.DOTALL)
    ran = subprocess.run(
        ["bash", "-c", call.replace("http://127.0.0.1:7860", server.url)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    [data] = re.findall("^event: complete\ndata: (.*)$", ran.stdout, flags=re.MULTILINE)
    [answer] = json.loads(data)
    assert answer["answer"] == "22 percent"
