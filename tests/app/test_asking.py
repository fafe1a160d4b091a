"""Asking in the page: answers, their passages, follow-ups, filters, feedback."""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from browsing import SLOW, Browser, Server, Visitor, called, expect

from qa.answer import NO_ANSWER
from qa.page.session import MOST_SESSIONS


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
    expect(page.locator(".examples")).to_have_count(0)


def test_the_documents_do_not_say(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask("what territory had IS lost?")
    assert visitor.ask("How do I cook pasta?") == NO_ANSWER
    nearest = page.locator(".answer .nearest")
    expect(nearest).to_contain_text("Nearest:")
    expect(nearest.get_by_role("listitem")).to_have_count(3)
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
    expect(page.locator("#evidence .passage").nth(1)).to_be_attached()


def test_a_filter_is_chosen_in_the_page(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("button", name="Search only in …").click()
    page.get_by_label("comments", exact=True).check()
    visitor.ask("what territory had IS lost?")
    visitor.only(".kind", "comment")
    visitor.picture("filter")


def test_a_filter_works_when_many_others_have_come_since(server: Server, visitor: Visitor) -> None:
    """Gradio keeps the choices of so many visitors only, and forgets the eldest."""
    page = visitor.page
    page.get_by_role("button", name="Search only in …").click()
    page.get_by_label("Author").click()
    page.get_by_role("option", name="EndlessIke").click()

    with ThreadPoolExecutor(4) as others:
        calls = [
            others.submit(called, server.url, "documents", "") for _ in range(MOST_SESSIONS + 1)
        ]
        assert all(call.result() for call in calls)
    visitor.ask("what territory had IS lost?")
    visitor.only(".speaker", "Reader EndlessIke")


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


# -- changing, repeating, keeping a question ------------------------------------------------------


def test_a_question_is_changed_and_what_follows_is_answered_anew(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask("How much is a new zip?")
    visitor.ask("and in 2016?")
    page.locator(".turns > li").first.get_by_role("button", name="Change").click()
    expect(page.locator("#hint")).to_contain_text("This replaces question 1")
    expect(page.locator("#question textarea")).to_have_value("How much is a new zip?")
    visitor.picture("change")
    page.locator("#question textarea").fill("what territory had IS lost?")
    page.keyboard.press("Enter")
    visitor.turn(1, "what territory had IS lost?")
    visitor.turn(2, "and in 2016?")
    expect(page.locator(".understood")).to_contain_text("what territory had IS lost in 2016?")
    expect(page.locator("#hint")).to_have_text("")


def test_a_change_of_mind(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask("How much is a new zip?")
    page.get_by_role("button", name="Change").click()
    page.locator("#hint").get_by_role("button", name="Do not").click()
    expect(page.locator("#hint")).to_have_text("")
    visitor.ask("what territory had IS lost?")
    expect(page.locator(".question")).to_have_count(2)


def test_a_question_is_asked_again_in_its_place(visitor: Visitor) -> None:
    page = visitor.page
    visitor.ask("what territory had IS lost?")
    page.get_by_role("button", name="Ask again").click()
    visitor.turn(1, "what territory had IS lost?")
    expect(page.locator(".answer .exact")).to_have_text("22 percent")
    expect(page.locator(".question")).to_have_count(1)


def test_a_question_says_what_is_done_and_is_stopped(visitor: Visitor) -> None:
    page = visitor.page
    page.locator("#question textarea").fill("what territory had IS lost, slowly?")
    page.keyboard.press("Enter")
    waiting = page.locator(".waiting")
    expect(waiting).to_contain_text("Reading what was found…")
    visitor.picture("waiting")
    waiting.get_by_role("button", name="Stop").click()
    expect(page.locator(".message")).to_have_text("Stopped.")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".answer .exact")).to_have_text("22 percent", timeout=SLOW)


def test_an_answer_is_copied_with_its_source(visitor: Visitor) -> None:
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.ask("what territory had IS lost?")
    copied = visitor.copy("Copy")
    assert copied.startswith("what territory had IS lost?\n\n22 percent\n\nThe author: ")
    assert "[1] The author, in Why the bombs in Brussels" in copied


def test_a_link_asks_a_question_anew_with_its_filter(
    browser: Browser, server: Server, visitor: Visitor
) -> None:
    page = visitor.page
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Search only in …").click()
    page.get_by_label("comments", exact=True).check()
    visitor.ask("who is to blame & <b>why</b>?")
    link = visitor.copy("Copy link")
    assert link.startswith(f"{server.url}/?q=")

    other = Visitor(browser, server, link=link[len(server.url) :]).ready()
    other.turn(1, "who is to blame & <b>why</b>?")
    other.only(".kind", "comment")
    assert other.page.url == f"{server.url}/"
    other.page.reload()
    other.turn(1, "who is to blame & <b>why</b>?")
    expect(other.page.locator(".question")).to_have_count(1)
    other.close()


def test_a_link_can_do_no_harm(browser: Browser, server: Server) -> None:
    bad = "/?q=%3Cscript%3Ealert(7)%3C/script%3E&author=%3Cimg%20src=x%20onerror=alert(8)%3E&kind=x"
    other = Visitor(browser, server, link=bad).ready()
    other.turn(1, "<script>alert(7)</script>")
    expect(other.page.locator(".message")).to_contain_text("nknown kind 'x'")
    other.close()


def test_twenty_ask_at_once_and_each_gets_their_own(browser: Browser, server: Server) -> None:
    asked = {
        "what territory had IS lost?": "22 percent",
        "Where was the lens hidden in the war?": "potato field",
        "How hot does the zorblax engine burn?": "900 degrees",
        "Who calls the operation amateurish?": "LTRich",
    }
    visitors = [Visitor(browser, server, calm=True).ready() for _ in range(20)]
    questions = [list(asked)[number % len(asked)] for number in range(20)]
    for visitor, question in zip(visitors, questions, strict=True):
        visitor.page.locator("#question textarea").fill(question)
    begun = time.monotonic()
    for visitor in visitors:
        visitor.page.locator("#question textarea").press("Enter")
    for visitor, question in zip(visitors, questions, strict=True):
        visitor.turn(1, question)
        expect(visitor.page.locator(".answer .exact")).to_have_text(asked[question])
        expect(visitor.page.locator(".question")).to_have_count(1)
    print(f"20 answers in {time.monotonic() - begun:.1f} s")
    for visitor in visitors:
        visitor.close()
