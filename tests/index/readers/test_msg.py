"""Mails as Outlook saves them, written property by property."""

import struct
from datetime import UTC, datetime

import pytest

from index.errors import ReadError
from index.readers.mail import attachments, read_msg
from index.readers.mail.rtf_body import decompressed, html_within, plain_within
from index.types import Kind
from tests.index.readers.compound_file import compound_file

TEXT = "The stone arch will be rebuilt in May."


def properties(head, **fixed):
    """The stream of numbers and times: names such as x0039 stand for a property's number."""
    made = bytes(head)
    for name, value in fixed.items():
        number = int(name[1:], 16)
        if isinstance(value, datetime):
            ticks = int((value - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
            made += struct.pack("<IIQ", number << 16 | 0x40, 6, ticks)
        else:
            made += struct.pack("<IIII", number << 16 | 3, 6, value, 0)
    return made


def folder(head, texts=(), binaries=(), **fixed):
    made = {"__properties_version1.0": properties(head, **fixed)}
    for number, text in dict(texts).items():
        made[f"__substg1.0_{number:04X}001F"] = text.encode("utf-16-le")
    for number, data in dict(binaries).items():
        made[f"__substg1.0_{number:04X}0102"] = data
    return made


def message(texts, *, head=32, recipients=(), files=(), binaries=(), **fixed):
    made = folder(head, {0x001A: "IPM.Note", 0x0037: "The bridge", **texts}, binaries, **fixed)
    for number, (kind, name, address) in enumerate(recipients):
        texts = {0x3001: name, 0x39FE: address}
        made[f"__recip_version1.0_#{number:08X}"] = folder(8, texts, x0C15=kind)
    for number, file in enumerate(files):
        made[f"__attach_version1.0_#{number:08X}"] = file
    return made


SENDER = {0x0C1A: "Ann Olsen", 0x5D01: "ann@example.org"}


def blocks(data):
    document = read_msg(data, "box/a.msg")
    return [(b.kind, b.author, document.text[b.start : b.end]) for b in document.blocks]


def words(data):
    return [text for kind, _, text in blocks(data) if kind is Kind.PARAGRAPH][1:]


def problem(data):
    with pytest.raises(ReadError) as caught:
        read_msg(data, "a.msg")
    return caught.value.reason


def test_a_mail():
    body = f"{TEXT}\r\n\r\nFrom: Bob Berg\r\nSent: Sunday\r\nTo: Ann\r\nSubject: Stone\r\n\r\nWhen?"
    data = compound_file(
        message(
            {**SENDER, 0x1000: body},
            recipients=[(2, "Cy", "cy@example.org"), (1, "Bob Berg", "bob@example.org")],
            x0039=datetime(2026, 1, 5, 10, 12, tzinfo=UTC),
        )
    )
    document = read_msg(data, "box/a.msg")
    assert (document.title, document.author, document.date) == (
        "The bridge",
        "Ann Olsen",
        "2026-01-05 10:12 UTC",
    )
    assert blocks(data) == [
        (Kind.TITLE, None, "The bridge"),
        (
            Kind.PARAGRAPH,
            "Ann Olsen",
            "From: Ann Olsen <ann@example.org>; To: Bob Berg <bob@example.org>; "
            "Cc: Cy <cy@example.org>; Date: 2026-01-05 10:12 UTC; Subject: The bridge",
        ),
        (Kind.PARAGRAPH, "Ann Olsen", TEXT),
        (Kind.PARAGRAPH, "Bob Berg", "From: Bob Berg; Sent: Sunday; To: Ann; Subject: Stone"),
        (Kind.PARAGRAPH, "Bob Berg", "When?"),
    ]


def test_the_date_that_the_sender_wrote():
    headers = "From: x\r\nDate: Mon, 5 Jan 2026 10:12:00 +0100\r\n"
    data = compound_file(message({**SENDER, 0x007D: headers, 0x1000: TEXT}))
    assert read_msg(data, "a.msg").date == "2026-01-05 10:12"


def test_a_sender_inside_an_organisation():
    texts = {0x0042: "Ann Olsen", 0x0065: "/O=ELM/CN=ANN", 0x1000: TEXT, 0x0E04: "Bob; Cy"}
    assert blocks(compound_file(message(texts)))[1][2] == (
        "From: Ann Olsen; To: Bob; Cy; Subject: The bridge"
    )


def test_a_page():
    page = f"<p>{TEXT}</p><p>Grüße</p>".encode("cp1252")
    data = compound_file(message(SENDER, binaries={0x1013: page}, x3FDE=1252))
    assert words(data) == [TEXT, "Grüße"]


def test_a_text_of_before_unicode():
    made = message(SENDER, x3FFD=1253)
    made["__substg1.0_1000001E"] = "Γέφυρα και ποτάμι".encode("cp1253")
    assert words(compound_file(made)) == ["Γέφυρα και ποτάμι"]


# --- rtf ----------------------------------------------------------------------------------------

RTF = (
    b"{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{\\fonttbl{\\f0 Arial;}}"
    b"{\\*\\htmltag64 <p>}\\htmlrtf \\par \\htmlrtf0 Die Br\\'fccke h\\u228?lt.{\\*\\htmltag72 </p>}"
    b"{\\*\\htmltag64 <p>}Ja.{\\*\\htmltag72 </p>}}"
)


def stored(rtf):
    return struct.pack("<II4sI", len(rtf) + 12, len(rtf), b"MELA", 0) + rtf


def test_a_page_that_became_rtf():
    assert html_within(RTF) == "<p>Die Brücke hält.</p><p>Ja.</p>"
    assert words(compound_file(message(SENDER, binaries={0x1009: stored(RTF)}))) == [
        "Die Brücke hält.",
        "Ja.",
    ]


def test_a_text_that_became_rtf():
    rtf = b"{\\rtf1\\ansi\\fromtext{\\fonttbl{\\f0 Arial;}}{\\*\\generator x;}One\\par Two \\{2\\}\\'80\\par}"
    assert plain_within(rtf) == "One\nTwo {2}€\n"
    assert html_within(rtf) == ""


def test_compressed_rtf():
    """The example of [MS-OXRTFCP], section 3.1."""
    data = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232"
        "0af32068656c090020627705b06c647d0a800fa0"
    )
    assert decompressed(data) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


@pytest.mark.parametrize(
    "data", [b"", b"x" * 20, b"\xff" * 15 + b"LZFu", b"\0\0\0\0\xff\xff\xff\x7fLZFu\0\0\0\0\xff"]
)
def test_rtf_that_is_none(data):
    assert decompressed(data) == b""


# --- attachments --------------------------------------------------------------------------------


def attached(name, data=b"x", **texts):
    extra = {int(key[1:], 16): value for key, value in texts.items()}
    return folder(8, {0x3707: name, **extra}, {0x3701: data})


def test_attachments():
    files = [
        attached("plan.pdf", b"%PDF"),
        attached("photo.jpg", b"jpg"),
        attached("logo.png", x3712="one@x", x370E="image/png"),
        attached("C:\\x\\plan.pdf", b"%PDF-2"),
    ]
    data = compound_file(message({**SENDER, 0x1000: TEXT}, files=files))
    assert list(attachments(data, "a.msg")) == [
        ("plan.pdf", b"%PDF"),
        ("photo.jpg", b"jpg"),
        ("plan (2).pdf", b"%PDF-2"),
    ]
    assert words(data) == [TEXT]


def test_a_mail_within_a_mail():
    inner = message(
        {0x0C1A: "Cy", 0x0037: "Stone", 0x1000: "Yes."}, head=24, files=[attached("a.pdf")]
    )
    holder = folder(8, {0x3001: "Stone"})
    holder["__substg1.0_3701000D"] = inner
    data = compound_file(message({**SENDER, 0x1000: TEXT}, files=[holder]))
    assert blocks(data)[2:] == [
        (Kind.PARAGRAPH, "Ann Olsen", TEXT),
        (Kind.HEADING, None, "Stone"),
        (Kind.PARAGRAPH, "Cy", "From: Cy; Subject: Stone"),
        (Kind.PARAGRAPH, "Cy", "Yes."),
    ]
    assert [name for name, _ in attachments(data, "a.msg")] == ["a.pdf"]


def test_a_signed_mail():
    signed = b"Content-Type: text/plain\nMIME-Version: 1.0\n\n" + TEXT.encode()
    texts = {**SENDER, 0x001A: "IPM.Note.SMIME.MultipartSigned"}
    files = [attached("smime.p7m", signed, x370E="multipart/signed")]
    data = compound_file(message(texts, files=files))
    assert words(data) == [TEXT]
    assert list(attachments(data, "a.msg")) == []


# --- what is no mail ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"From: a mail of another kind", "not a mail as Outlook saves it"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "damaged"),
        (compound_file({"WordDocument": b"x"}), "not a mail"),
        (compound_file(message({0x001A: "IPM.Note.SMIME"})), "encrypted"),
        (compound_file(message({}, files=[attached("a", x370E="application/pgp-encrypted")])), "encrypted"),
        (compound_file({"__properties_version1.0": bytes(32)}), "no text"),
    ],
)  # fmt: skip
def test_what_cannot_be_read(data, reason):
    assert reason in problem(data)


def test_an_encrypted_mail_has_no_files():
    files = [attached("a", x370E="application/pgp-encrypted"), attached("b.bin")]
    with pytest.raises(ReadError, match="encrypted"):
        list(attachments(compound_file(message({}, files=files)), "a.msg"))


def test_damage_anywhere_is_told():
    whole = compound_file(
        message({**SENDER, 0x1000: TEXT * 30}, files=[attached("a.pdf", b"x" * 900)])
    )
    outcomes = {"read": 0, "refused": 0}
    for at in range(0, len(whole), 61):
        data = whole[:at] + b"\xff\xff\xff\xff" + whole[at + 4 :]
        for use in (read_msg, lambda data, path: list(attachments(data, path))):
            try:
                use(data, "a.msg")
                outcomes["read"] += 1
            except ReadError:
                outcomes["refused"] += 1
    assert all(outcomes.values())


def test_a_file_cut_short():
    whole = compound_file(message({**SENDER, 0x1000: TEXT * 30}))
    assert "damaged" in problem(whole[: len(whole) // 2])
