"""Files in files: archives, archives in archives, attachments."""

import io
import zipfile
from email.message import EmailMessage

import pytest

from index.readers.containers import is_readable, read_all

LIMIT = 1_000_000
STORY = "The bridge opened on Monday, nine years after the first stone.\n"


def zipped(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def outcome(data, path, **options):
    reports = read_all(data, path, **{"max_bytes": LIMIT, **options})
    return {r.path: r.document.text if r.document else r.problem for r in reports}


def test_a_document_is_its_own_report():
    assert outcome(STORY.encode(), "a.txt") == {"a.txt": STORY}
    assert outcome(b"", "a.txt") == {"a.txt": "the file is empty"}


def test_an_archive_is_a_report_for_each_file():
    data = zipped({"z.md": STORY, "in/a.txt": STORY, "in/b.exe": "x", "in/empty.txt": ""})
    found = outcome(data, "some.zip")
    assert list(found) == [
        "some.zip/in/a.txt",
        "some.zip/in/b.exe",
        "some.zip/in/empty.txt",
        "some.zip/z.md",
    ]
    assert found["some.zip/in/a.txt"] == found["some.zip/z.md"] == STORY
    assert found["some.zip/in/b.exe"] == "not a format that is read"
    assert found["some.zip/in/empty.txt"] == "the file is empty"


def test_documents_are_named_by_their_way():
    [report] = read_all(zipped({"in/a.txt": STORY}), "some.zip", max_bytes=LIMIT)
    assert report.document.path == report.path == "some.zip/in/a.txt"
    assert report.document.title == "a"


def test_archives_in_archives_down_to_a_depth():
    data = STORY.encode()
    name = "a.txt"
    for level in range(4):
        data, name = zipped({name: data}), f"{level}.zip"
    assert outcome(data, name, depth=4) == {"3.zip/2.zip/1.zip/0.zip/a.txt": STORY}
    [(path, problem)] = outcome(data, name).items()
    assert path == "3.zip/2.zip/1.zip/0.zip"
    assert problem.startswith("it lies in too many archives")


def test_archives_in_archives_share_a_limit():
    inner = zipped({f"{n}.txt": "0123456789" * 90 for n in range(10)})
    data = zipped({f"{n}.zip": inner for n in range(9)})
    problems = [p for p in outcome(data, "a.zip", max_bytes=2000).values() if "at once" in p]
    assert problems
    assert not any("at once" in p for p in outcome(data, "a.zip", max_bytes=20_000).values())


@pytest.mark.parametrize(
    ("data", "path", "problem"),
    [
        (b"", "a.zip", "the file is empty"),
        (zipped({}), "a.zip", "the archive holds no files"),
        (zipped({".git/x": "x"}), "a.zip", "the archive holds no files"),
        (b"no archive", "a.tar.gz", "not a TAR archive, or damaged from its beginning"),
    ],
)
def test_an_archive_of_which_nothing_is_read(data, path, problem):
    assert outcome(data, path) == {path: problem}


def test_a_mail_and_what_is_attached_to_it():
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Ann <ann@example.org>", "The plan"
    mail.set_content("Please find the plan below.")
    mail.add_attachment(STORY.encode(), "text", "markdown", filename="plan.md")
    mail.add_attachment(zipped({"b.txt": STORY}), "application", "zip", filename="more.zip")
    mail.add_attachment(b"MZ", "application", "octet-stream", filename="tool.exe")
    found = outcome(mail.as_bytes(), "box/x.eml")
    assert list(found) == [
        "box/x.eml",
        "box/x.eml/plan.md",
        "box/x.eml/more.zip/b.txt",
        "box/x.eml/tool.exe",
    ]
    assert "Please find the plan below." in found["box/x.eml"]
    assert found["box/x.eml/plan.md"] == found["box/x.eml/more.zip/b.txt"] == STORY
    assert found["box/x.eml/tool.exe"].startswith("not a format that is read")


def test_an_attachment_within_limits():
    mail = EmailMessage()
    mail["From"] = "ann@example.org"
    mail.set_content("See below.")
    mail.add_attachment(b"word " * 1000, "text", "plain", filename="long.txt")
    mail.add_attachment(b"word", "text", "plain", filename="short.txt")
    found = outcome(mail.as_bytes(), "x.eml", max_bytes=3000)
    assert "over the limit" in found["x.eml/long.txt"]
    assert found["x.eml/short.txt"] == "word"
    assert "too many" in outcome(mail.as_bytes(), "x.eml", depth=0)["x.eml/short.txt"]


def test_names_of_what_is_read():
    assert is_readable("a.ZIP")
    assert is_readable("x/a.Eml")
    assert is_readable("a.txt.gz")
    assert not is_readable("a.exe")
