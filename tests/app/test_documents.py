"""Documents in the page: adding, removing, keeping."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browsing import ROOT, SLOW, Browser, Server, Visitor, expect, start, stop


def test_documents_are_added_and_removed_by_one_visitor_alone(
    browser: Browser, server: Server, visitor: Visitor, tmp_path: Path
) -> None:
    page = visitor.page
    (tmp_path / "kiln.txt").write_text("Kiln log\n\nThe kiln reached 900 degrees at noon.\n")
    (tmp_path / "noise.txt").write_bytes(bytes(range(256)) * 40)
    visitor.open_documents()
    page.locator("#files input[type=file]").set_input_files(
        [tmp_path / "kiln.txt", tmp_path / "noise.txt"]
    )
    listed = page.locator(".qa.documents")
    expect(listed.locator(".problem")).to_contain_text("noise.txt was not added: ", timeout=SLOW)
    expect(listed).to_contain_text("kiln.txt 1 paragraph · 48 characters")
    expect(page.locator("#doing")).to_have_text("1 of 2 added.")
    expect(page.locator(".status")).to_contain_text("ready: 6 documents")
    visitor.picture("documents")
    asked = "How hot did the kiln get, as hot as the zorblax?"
    visitor.ask(asked)
    expect(page.locator("#evidence")).to_contain_text("The kiln reached 900 degrees at noon.")

    other = Visitor(browser, server).ready()
    other.ask(asked)
    expect(other.page.locator("#evidence .passage").first).to_be_visible()
    assert "The kiln reached" not in other.page.content()
    other.close()

    visitor.remove("Kiln log")
    visitor.ask(asked)
    expect(page.locator("#evidence .passage").first).to_be_visible()
    expect(page.locator("#evidence")).not_to_contain_text("The kiln reached")


def test_a_table_s_row_and_a_mail_s_writer_are_cited(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    (tmp_path / "rent.csv").write_text(
        "Boat,Owner,Rent\nHesper,Ada Brook,120 crowns\nMermaid,Olaf Lind,95 crowns\n"
    )
    (tmp_path / "quay.eml").write_text(
        "From: Ada Brook <ada@quay.example>\nTo: Olaf Lind <olaf@quay.example>\n"
        "Subject: The quay\nDate: Tue, 6 Jan 2026 09:00:00 +0000\n\n"
        "The crane comes on Friday.\n\n"
        "On Mon, 5 Jan 2026 at 10:12, Olaf Lind <olaf@quay.example> wrote:\n"
        "> When is the zorblax lifted out of the water?\n"
    )
    visitor.open_documents()
    page.locator("#files input[type=file]").set_input_files(
        [tmp_path / "rent.csv", tmp_path / "quay.eml"]
    )
    expect(page.locator("#doing")).to_have_text("2 of 2 added.", timeout=SLOW)
    visitor.ask("What is the rent of the boat Mermaid of Olaf Lind?")
    shown = page.locator("#evidence .passage", has_text="95 crowns").first
    expect(shown).to_contain_text("row 3")
    visitor.ask("When is the zorblax lifted out of the water?")
    asked = page.locator("#evidence .passage", has_text="zorblax lifted").first
    expect(asked.locator(".speaker")).to_have_text("The author, Olaf Lind")
    visitor.picture("row-and-mail")


def test_text_is_pasted(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open_documents()
    page.get_by_label("Or paste text").fill("The lido <b>at</b> Ostrey\n\nThe lido opens at seven.")
    page.get_by_role("button", name="Add the text").click()
    expect(page.locator(".qa.documents")).to_contain_text("The lido <b>at</b> Ostrey", timeout=SLOW)
    visitor.ask("When does the lido open?")
    expect(page.locator("#evidence")).to_contain_text("The lido opens at seven.")


def test_a_file_that_was_not_indexed_is_reported(visitor: Visitor) -> None:
    problems = visitor.page.locator(".problems")
    expect(problems.locator("summary")).to_have_text("1 file was not indexed")
    problems.locator("summary").click()
    expect(problems.locator("li")).to_contain_text("broken.txt: ")
    expect(problems.locator("li")).to_be_visible()
    visitor.picture("problems")


def test_a_folder_is_added_with_what_is_in_its_folders(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    (tmp_path / "logs" / "old").mkdir(parents=True)
    (tmp_path / "logs" / "kiln.txt").write_text("Kiln log\n\nThe kiln reached 900 degrees.\n")
    (tmp_path / "logs" / "old" / "boats.md").write_text("# Boats\n\nThe Hesper sailed in 1931.\n")
    visitor.open_documents()
    page.locator("#folder ~ input, #folder input, input[webkitdirectory]").first.set_input_files(
        tmp_path / "logs"
    )
    expect(page.locator("#doing")).to_have_text("2 of 2 added.", timeout=SLOW)
    expect(page.locator(".qa.documents")).to_contain_text("boats.md")


def test_files_are_dropped_anywhere(visitor: Visitor) -> None:
    page = visitor.page
    dropped = page.evaluate_handle(
        """() => {
          const all = new DataTransfer();
          all.items.add(new File(["Kiln log\\n\\nThe kiln reached 900 degrees."], "kiln.txt"));
          all.items.add(new File(["x"], "<img src=x onerror=alert(9)>.exe"));
          return all;
        }"""
    )
    page.dispatch_event("#talk", "dragover", {"dataTransfer": dropped})
    expect(page.locator("#columns")).to_have_class(re.compile("qa-drop"))
    visitor.picture("drop")
    page.dispatch_event("#talk", "drop", {"dataTransfer": dropped})
    expect(page.locator("#columns")).not_to_have_class(re.compile("qa-drop"))
    expect(page.locator(".qa.documents")).to_contain_text("kiln.txt", timeout=SLOW)
    expect(page.locator(".problem")).to_contain_text("onerror")
    expect(page.locator("#doing")).to_have_text("1 of 2 added.")
    visitor.ask("How hot did the kiln get, as hot as the zorblax?")
    expect(page.locator("#evidence")).to_contain_text("The kiln reached 900 degrees.")


def test_long_work_says_how_far_it_is_and_can_be_stopped(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    words = "of the many kilns that were lit at noon on that day, when it rained in the valley"
    many = "\n\n".join(
        f"Kiln {n} reached {n} degrees, {words}, and {n} saw it." for n in range(3000)
    )
    (tmp_path / "kilns.txt").write_text(f"Kilns\n\n{many}")
    visitor.open_documents()
    page.locator("#files input[type=file]").set_input_files(tmp_path / "kilns.txt")
    doing = page.locator("#doing")
    expect(doing).to_contain_text(
        re.compile(r"Indexing [\d,]+ of 3,000 passages, about \d+ (s|min) left"), timeout=SLOW
    )
    visitor.picture("indexing")
    doing.get_by_role("button", name="Stop").click()
    expect(page.locator(".problem")).to_have_text("kilns.txt was not added: Stopped.", timeout=SLOW)
    expect(doing).to_have_text("0 of 1 added.")
    expect(page.locator(".status")).to_contain_text("ready: 5 documents")


def test_examples_fit_what_was_added(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    (tmp_path / "hesper.md").write_text(
        "# The ferry Hesper\n\n"
        "The Hesper was built in 1931 by Harald Voss, a shipwright from Leith. She carried 140"
        " passengers and six cars across the Sound of Ulsay.\n\n"
        "In March 1962 a storm tore her from her moorings. The harbour master, Ada Brook, found her"
        " the next morning on the rocks below Kellan Head.\n\n"
        "She was sold to a museum for 4,000 pounds in 1971. Children can steer her there today.\n"
    )
    visitor.open_documents()
    page.locator("#files input[type=file]").set_input_files(tmp_path / "hesper.md")
    expect(page.locator("#doing")).to_have_text("1 of 1 added.", timeout=SLOW)
    shown = page.locator(".examples button").all_inner_texts()
    assert 1 <= len(shown) <= 3, shown
    assert not any("Skarrow" in each or "IS" in each for each in shown), shown
    page.locator(".examples button").first.click()
    visitor.turn(1, shown[0])
    expect(page.locator("#evidence")).to_contain_text("The ferry Hesper")


def test_a_collection_is_kept_and_opened_after_a_restart(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_COLLECTIONS", str(tmp_path / "collections"))
    (tmp_path / "kiln.txt").write_text("Kiln log\n\nThe kiln reached 900 degrees at noon.\n")
    serve = ["--documents", ROOT / "seeds", "--reader", "none"]
    server = start(tmp_path / "cache", *serve)
    visitor = Visitor(browser, server).ready()
    visitor.open_documents()
    visitor.page.locator("#files input[type=file]").set_input_files(tmp_path / "kiln.txt")
    expect(visitor.page.locator("#doing")).to_have_text("1 of 1 added.", timeout=SLOW)
    name = visitor.page.get_by_label("A collection of yours, kept under a name")
    name.fill("Kilns <b>&</b> bowls")
    name.press("Enter")
    visitor.page.get_by_role("button", name="Keep", exact=True).click()
    expect(visitor.page.locator("#doing")).to_have_text("Kept as “Kilns <b>&</b> bowls”.")
    state = visitor.context.storage_state()
    visitor.close()
    stop(server.process)

    # Another port is another origin to the browser: its key is taken along by hand.
    server = start(tmp_path / "cache", *serve)
    try:
        [origin] = state["origins"]
        origin["origin"] = server.url
        visitor = Visitor(browser, server, state=state).ready()
        visitor.open_documents()
        expect(visitor.page.locator(".qa.documents")).not_to_contain_text("Kiln log")
        visitor.page.get_by_label("A collection of yours, kept under a name").click()
        visitor.page.get_by_role("option", name="Kilns <b>&</b> bowls").click()
        visitor.page.get_by_role("button", name="Open", exact=True).click()
        expect(visitor.page.locator(".qa.documents")).to_contain_text("Kiln log", timeout=SLOW)
        assert "900 degrees" in visitor.ask("How hot was the kiln?")
        visitor.picture("collection")
        stranger = Visitor(browser, server).ready()
        stranger.open_documents()
        stranger.page.get_by_label("A collection of yours, kept under a name").click()
        expect(stranger.page.get_by_role("option")).to_have_count(0)
        stranger.close()

        # What comes with the program goes, too: for everybody, while its file stays.
        visitor.remove("After nine dark years, Skarrow Point shines again")
        assert "potato" not in visitor.ask("Where was the lens hidden in the war?")
        other = Visitor(browser, server).ready()
        assert "potato" not in other.ask("Where was the lens hidden in the war?")
        other.close()
        visitor.close()
    finally:
        stop(server.process)
    assert (ROOT / "seeds" / "lighthouse-restoration.html").exists()
