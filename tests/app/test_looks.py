"""How the page looks: widths, colours, keyboard, accessibility."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import axe_playwright_python
import pytest
from browsing import Browser, Page, Server, Visitor, expect
from playwright.sync_api import Route

from qa.page.assets import script


@pytest.mark.parametrize("width", [360, 768, 1280, 2560])
def test_every_width(browser: Browser, server: Server, width: int) -> None:
    visitor = Visitor(browser, server, width).ready()
    visitor.picture(f"welcome-{width}")
    visitor.ask("what territory had IS lost?")
    visitor.picture(f"answer-{width}")
    wide = visitor.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    right = visitor.page.locator(".qa *:not(bdi)").evaluate_all(
        "all => Math.max(...all.map(e => e.getBoundingClientRect().right))"
    )
    assert right <= width
    visitor.close()


def test_the_welcome_is_read_from_its_beginning(visitor: Visitor) -> None:
    visitor.page.set_viewport_size({"width": 1280, "height": 500})
    visitor.page.wait_for_timeout(300)
    talk = visitor.page.locator("#talk")
    assert talk.evaluate("talk => talk.scrollHeight > talk.clientHeight")  # not all of it fits
    box, inside = talk.bounding_box(), visitor.page.locator(".empty h2").bounding_box()
    assert box
    assert inside
    assert inside["y"] >= box["y"]


AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def _answer(visitor: Visitor) -> None:
    visitor.ask("what territory had IS lost?")


def _follow_up(visitor: Visitor) -> None:
    _answer(visitor)
    visitor.ask("and in 2016?")
    visitor.page.get_by_role("button", name="wrong").last.click()
    expect(visitor.page.get_by_label("Your note")).to_be_visible()
    visitor.page.get_by_role("button", name="Change").first.click()
    expect(visitor.page.locator("#hint")).to_contain_text("This replaces")


def _why_and_source(visitor: Visitor) -> None:
    visitor.page.locator("#evidence .cited .why summary").first.click()
    visitor.page.locator("#evidence .cited").get_by_role("button", name="Read in").click()
    expect(visitor.page.locator(".qa.source #here mark")).to_be_in_viewport()


def _none(visitor: Visitor) -> None:
    visitor.ask("What did LTRich say?")
    visitor.ask("How do I cook pasta?")


def _documents(visitor: Visitor) -> None:
    visitor.open_documents()
    visitor.page.get_by_role("button", name="Search only in …").click()
    expect(visitor.page.get_by_label("comments", exact=True)).to_be_visible()


STATES: dict[str, Callable[[Visitor], None]] = {
    "welcome": lambda visitor: None,
    "documents": _documents,
    "none": _none,
    "follow-up": _follow_up,
    "source": _why_and_source,
}
"""One after another, as one visitor sees them."""


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_everybody_can_use_it(browser: Browser, server: Server, width: int, scheme: str) -> None:
    visitor = Visitor(browser, server, width, scheme).ready()
    found = {}
    for state, reach in STATES.items():
        if width == 360 and state == "source":
            visitor.page.get_by_role("button", name="Passages").last.click()
        else:
            reach(visitor)
        visitor.picture(f"state-{state}-{width}-{scheme}")
        found[state] = _violations(visitor.page)
    assert found == {state: [] for state in STATES}
    visitor.close()


def _violations(page: Page) -> list[str]:
    """What axe-core finds serious or critical."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{each['impact']} {each['id']}: {json.dumps([node['html'][:200] for node in each['nodes']])}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]


def _colour(page: Page) -> str:
    return str(page.locator("#left").evaluate("left => getComputedStyle(left).color"))


def test_colours_are_chosen_and_kept(browser: Browser, server: Server) -> None:
    visitor = Visitor(browser, server).ready()
    page = visitor.page
    light = _colour(page)
    page.get_by_role("button", name="Dark", exact=True).click()
    dark = _colour(page)
    assert dark != light
    page.reload()
    visitor.ready()
    assert _colour(page) == dark
    page.get_by_role("button", name="Light", exact=True).click()
    assert _colour(page) == light
    visitor.close()


def test_the_server_says_which_colours_to_begin_with(browser: Browser, server: Server) -> None:
    """As ``--theme dark`` has it, without another server."""
    assert 'window.qaTheme = "dark"' in script("dark")

    def dark(route: Route) -> None:
        reply = route.fetch()
        said, found = re.subn(r'(window\.qaTheme = \\*")auto', r"\1dark", reply.text())
        assert found  # or what is put in its place proves nothing
        route.fulfill(response=reply, body=said)

    visitor = Visitor(browser, server, start=False)
    visitor.page.route(server.url + "/", dark)
    visitor.page.goto(server.url)
    visitor.ready()
    expect(visitor.page.get_by_role("button", name="Light", exact=True)).to_be_visible()
    assert visitor.page.evaluate("document.body.classList.contains('dark')")
    visitor.close()


def test_on_a_phone_the_passages_lie_over_the_conversation(
    browser: Browser, server: Server
) -> None:
    visitor = Visitor(browser, server, 360).ready()
    page = visitor.page
    visitor.ask("what territory had IS lost?")
    right = page.locator("#right")
    expect(right).not_to_be_visible()
    page.locator(".answer a.cite").first.click()
    expect(right).to_be_visible()
    expect(page.locator("#evidence .cited mark").first).to_be_in_viewport()
    visitor.picture("sheet")
    page.locator("#evidence .cited").get_by_role("button", name="Read in the document").click()
    expect(page.locator(".qa.source #here mark")).to_be_in_viewport()
    visitor.picture("sheet-source")
    page.keyboard.press("Escape")
    expect(page.locator(".qa.source")).to_have_count(0)
    expect(right).to_be_visible()
    page.keyboard.press("Escape")
    expect(right).not_to_be_visible()
    page.get_by_role("button", name="Passages").click()
    right.get_by_role("button", name="Close").click()
    expect(right).not_to_be_visible()
    visitor.ask("How do I cook pasta?")
    expect(page.locator(".question").last).to_be_in_viewport()
    expect(page.locator("#question textarea")).to_be_in_viewport()
    visitor.close()


def test_with_the_keyboard_alone(browser: Browser, server: Server, tmp_path: Path) -> None:
    """Ask, look at the passage, read it in its document, filter, add a text, ask it, remove it."""
    visitor = Visitor(browser, server).ready()
    page, keys = visitor.page, visitor.page.keyboard

    def tab_to(name: str, role: str = "button", *, back: bool = False) -> None:
        wanted = page.get_by_role(role, name=name)
        for _ in range(80):
            keys.press("Shift+Tab" if back else "Tab")
            focused = wanted.evaluate_all("all => all.includes(document.activeElement)")
            if focused:
                outline = page.evaluate(
                    "(() => { const s = getComputedStyle(document.activeElement);"
                    " return s.outlineStyle + s.boxShadow + s.borderColor })()"
                )
                assert outline
                return
        pytest.fail(f"the keyboard does not reach {name}")

    expect(page.locator("#question textarea")).to_be_focused()
    keys.type("what territory had IS lost?")
    keys.press("Enter")
    visitor.turn(1, "what territory had IS lost?")
    visitor.passages("what territory had IS lost?")
    tab_to("citation 1", "link", back=True)
    keys.press("Enter")
    expect(page.locator("#evidence .cited summary").first).to_be_focused()
    tab_to("Read in the document")
    keys.press("Enter")
    expect(page.locator(".qa.source .close")).to_be_focused()
    keys.press("Escape")
    expect(page.locator(".qa.source")).to_have_count(0)

    page.locator("#question textarea").focus()
    tab_to("Search only in …")
    keys.press("Enter")
    tab_to("comments", "checkbox")
    keys.press("Space")
    page.locator("#question textarea").focus()
    keys.type("Who calls the operation amateurish?")
    keys.press("Enter")
    visitor.turn(2, "Who calls the operation amateurish?")
    visitor.passages("Who calls the operation amateurish?")
    visitor.only(".kind", "comment")

    tab_to("Documents", back=True)
    keys.press("Enter")
    tab_to("Or paste text", "textbox")
    keys.type("The lido at Ostrey")
    keys.press("Shift+Enter")
    keys.press("Shift+Enter")
    keys.type("The lido opens at seven.")
    tab_to("Add the text")
    keys.press("Enter")
    expect(page.locator(".qa.documents")).to_contain_text("The lido at Ostrey")
    tab_to("Remove The lido at Ostrey", back=True)
    keys.press("Enter")
    expect(page.locator("button.sure")).to_be_focused()
    keys.press("Enter")
    expect(page.locator(".qa.documents")).not_to_contain_text("The lido at Ostrey")
    visitor.close()
