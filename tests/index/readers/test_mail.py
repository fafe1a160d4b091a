"""Mails as they are sent: fields, parts, encodings, attachments."""

import base64
from email.message import EmailMessage

import pytest

from index.errors import ReadError
from index.readers.mail import attachments, read_eml
from index.types import Kind

HEAD = b"From: Ann Olsen <ann@example.org>\nTo: Bob <bob@example.org>\nSubject: The bridge\n"
TEXT = "The stone arch will be rebuilt in May."


def made(*parts, kind="mixed", head=HEAD):
    lines = [head + f'MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary="b"\n'.encode()]
    lines += [b"--b\n" + part for part in parts]
    return b"\n".join([*lines, b"--b--\n"])


def part(content, kind="text/plain", *fields):
    lines = [f"Content-Type: {kind}", *fields, "", ""]
    return "\n".join(lines).encode() + (content if isinstance(content, bytes) else content.encode())


def paragraphs(data):
    document = read_eml(data, "box/a.eml")
    return [document.text[b.start : b.end] for b in document.blocks if b.kind is Kind.PARAGRAPH][1:]


def problem(data):
    with pytest.raises(ReadError) as caught:
        read_eml(data, "a.eml")
    return caught.value.reason


def files(data):
    return list(attachments(data, "a.eml"))


# --- fields -------------------------------------------------------------------------------------


def test_a_mail():
    data = (
        b"From: =?utf-8?q?J=C3=B8rn_Dahl?= <jorn@example.org>\r\n"
        b'To: "Olsen, Ann" <ann@example.org>,\r\n bob@example.org (Bob)\r\nCc: cy@example.org\r\n'
        b"Date: Mon, 5 Jan 2026 10:12:00 +0100 (CET)\r\n"
        b"Subject: =?utf-8?B?" + base64.b64encode("Die Brücke".encode()) + b"?=\r\n\r\n"
        b"The stone arch will be rebuilt\r\nin May, if the city pays for it\r\nas it said.\r\n\r\n"
        b"- sand\r\n- water\r\n"
    )
    document = read_eml(data, "box/a.eml")
    assert (document.title, document.author, document.date, document.path) == (
        "Die Brücke",
        "Jørn Dahl",
        "2026-01-05 10:12",
        "box/a.eml",
    )
    assert [
        (b.kind, b.locator, b.author, document.text[b.start : b.end]) for b in document.blocks
    ] == [
        (Kind.TITLE, None, None, "Die Brücke"),
        (
            Kind.PARAGRAPH,
            "headers",
            "Jørn Dahl",
            "From: Jørn Dahl <jorn@example.org>; To: Olsen, Ann <ann@example.org>, "
            "Bob <bob@example.org>; Cc: cy@example.org; Date: 2026-01-05 10:12; Subject: Die Brücke",
        ),
        (
            Kind.PARAGRAPH,
            None,
            "Jørn Dahl",
            "The stone arch will be rebuilt\nin May, if the city pays for it\nas it said.",
        ),
        (Kind.PARAGRAPH, None, "Jørn Dahl", "- sand\n- water"),
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Mon, 5 Jan 2026 10:12:00 +0100", "2026-01-05 10:12"),
        ("5 Jan 2026 10:12:00 -0000", "2026-01-05 10:12"),
        ("2026-01-05T10:12:00Z", "2026-01-05 10:12"),
        ("INVALID", None),
        ("Mon, 99 Jan 2026 10:12:00 +0100", None),
        ("", None),
    ],
)
def test_dates(written, read):
    assert read_eml(HEAD + f"Date: {written}\n\nx y".encode(), "a.eml").date == read


@pytest.mark.parametrize(
    ("written", "author"),
    [
        ("\"'Ann Olsen'\" <ann@example.org>", "Ann Olsen"),
        ("'Shop' via List <a@example.org>", "'Shop' via List"),
        ("ann@example.org", "ann@example.org"),
        ("<ann@example.org>", "ann@example.org"),
        ("=?utf-8?q?Olsen=2C_Ann?= <a@example.org>", "Olsen, Ann"),
        ("=?utf-8?b?a?= <a@example.org>", "=?utf-8?b?a?="),
        ("=?no-such-charset?q?Ann?= <a@example.org>", "Ann"),
        ("Jørn <a@example.org>", "Jørn"),
        ('"Ann \\"A\\" Olsen" <a@example.org>', 'Ann "A" Olsen'),
        ('"ann@example.org" <ann@example.org>', "ann@example.org"),
    ],
)
def test_senders(written, author):
    assert read_eml(f"From: {written}\n\nx y".encode(), "a.eml").author == author


def test_a_field_in_the_west_s_encoding():
    assert read_eml("Subject: Brücke\n\nx".encode("latin-1"), "a.eml").title == "Brücke"


def test_a_mail_without_a_subject_is_named_by_its_file():
    document = read_eml(b"From: a@example.org\n\nWords.", "box/note.eml")
    assert document.title == "note"
    assert not any(b.kind is Kind.TITLE for b in document.blocks)


def test_a_mail_of_fields_only():
    assert paragraphs(HEAD) == []
    assert "Subject: The bridge" in read_eml(HEAD, "a.eml").text


# --- what is no mail ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"  \n\n ", "empty"),
        (b"Just some words.\n\nAnd more.", "not a mail"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "not a mail"),
        (b"Received: by x\n\n", "no text"),
        (made(part("Version: 1"), kind="encrypted"), "encrypted"),
        (HEAD + b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx", "encrypted"),
        (HEAD + b"Content-Type: application/pkcs7-mime; smime-type=signed-data\n\nx", "signature"),
        (HEAD + b"\n-----BEGIN PGP MESSAGE-----\n\nhQ\n-----END PGP MESSAGE-----\n", "encrypted"),
    ],
)  # fmt: skip
def test_what_cannot_be_read(data, reason):
    assert reason in problem(data)


def test_parts_too_deep_in_one_another():
    assert "damaged" in problem(HEAD + b"Content-Type: message/rfc822\n\n" * 3000)


def test_senseless_fields_take_no_time():
    for field in (
        b"From: " + b'"' * 20_001,
        b"To: " + b"<" * 20_000,
        b"Subject: " + b"=?" * 20_000,
    ):
        assert paragraphs(field + b"\nDate: x\n\nWords.") == ["Words."]


# --- parts and encodings ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("charset", "fields", "content"),
    [
        ("utf-8", ["Content-Transfer-Encoding: base64"], base64.b64encode("Brücke „x“".encode())),
        ("utf-8", ["Content-Transfer-Encoding: quoted-printable"], b"Br=C3=BCcke =E2=80=9Ex=\n=E2=80=9C"),
        ("iso-8859-1", [], "Brücke „x“".encode("cp1252")),
        ("us-ascii", [], "Brücke „x“".encode()),
        ("no-such", [], "Brücke „x“".encode()),
        ("zlib", [], "Brücke „x“".encode()),
        ("utf-8", [], "Brücke „x“".encode("cp1252")),
    ],
)  # fmt: skip
def test_encodings(charset, fields, content):
    data = HEAD + "\n".join([f"Content-Type: text/plain; charset={charset}", *fields]).encode()
    assert paragraphs(data + b"\n\n" + content) == ["Brücke „x“"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_file_in_another_encoding(encoding):
    text = HEAD.decode() + "Content-Type: text/plain; charset=iso-8859-1\n\nDie Brücke hält."
    document = read_eml(text.encode(encoding), "a.eml")
    assert document.author == "Ann Olsen"
    if encoding != "utf-8-sig":
        assert "Die Brücke hält." in document.text


def test_plain_text_is_read_before_a_page():
    page = part(f"<p>{TEXT}</p><p>x</p>", "text/html")
    assert paragraphs(made(part(TEXT), page, kind="alternative")) == [TEXT]
    assert paragraphs(made(page, kind="alternative")) == [TEXT, "x"]


def test_a_plain_text_that_says_next_to_nothing_is_not():
    stub = part("See the web version.")
    page = part(f"<p>{TEXT}</p>" * 4, "text/html")
    assert paragraphs(made(stub, page, kind="alternative")) == [TEXT] * 4


def test_a_page_that_calls_itself_plain():
    assert paragraphs(HEAD + f"\n<html><body><p>{TEXT}</p></body></html>".encode()) == [TEXT]


def test_several_texts_follow_each_other():
    assert paragraphs(made(part("One."), part("Two."))) == ["One.", "Two."]


def test_mails_within_a_mail():
    inner = (
        "From: Cy <cy@example.org>\nDate: Sun, 4 Jan 2026 08:00:00 +0000\nSubject: Stone\n\nYes."
    )
    data = made(
        part("See below."), part(inner, "message/rfc822"), head=HEAD + b"Date: 5 Jan 2026 10:12 +0000\n"
    )  # fmt: skip
    document = read_eml(data, "a.eml")
    assert [
        (b.kind, b.locator, b.author, b.date, document.text[b.start : b.end])
        for b in document.blocks[2:]
    ] == [
        (Kind.PARAGRAPH, "message 1", "Ann Olsen", "2026-01-05 10:12", "See below."),
        (Kind.HEADING, None, None, None, "Stone"),
        (
            Kind.PARAGRAPH,
            "headers of message 2",
            "Cy",
            "2026-01-04 08:00",
            "From: Cy <cy@example.org>; Date: 2026-01-04 08:00; Subject: Stone",
        ),
        (Kind.PARAGRAPH, "message 2", "Cy", "2026-01-04 08:00", "Yes."),
    ]
    assert files(data) == []


def test_a_digest():
    inner = [b"\nFrom: a@example.org\nSubject: %d\n\nText %d.\n" % (n, n) for n in (1, 2)]
    document = read_eml(made(*inner, kind="digest"), "a.eml")
    headings = [b for b in document.blocks if b.kind is Kind.HEADING]
    assert [document.text[b.start : b.end] for b in headings] == ["1", "2"]
    assert "Text 2." in document.text


def test_a_mailbox_s_lines():
    line = b"From 123@xxx Mon Dec 05 17:09:55 +0000 2022\n"
    data = line + HEAD + b"\nOne.\n\n" + line
    assert paragraphs(data) == ["One."]
    document = read_eml(data + b"From: Cy <cy@example.org>\nSubject: Second\n\nTwo.\n", "a.eml")
    assert document.blocks[-1].author == "Cy"
    assert document.text.endswith("Two.")


def test_an_appointment():
    calendar = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=Europe/Oslo:20260105T101200\r\n"
        "DTEND:20260105T111200Z\r\nSUMMARY:Look at the\r\n  arch\\, together\r\n"
        "LOCATION:Quay 3\r\nORGANIZER;CN=Ann Olsen:mailto:ann@example.org\r\n"
        "BEGIN:VALARM\r\nDESCRIPTION:Reminder\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    found = paragraphs(made(part("Come."), part(calendar, "text/calendar; charset=utf-8")))
    assert found == [
        "Come.",
        "Begins: 2026-01-05 10:12 (Europe/Oslo); Ends: 2026-01-05 11:12 UTC; "
        "Appointment: Look at the arch, together; Place: Quay 3; Organizer: Ann Olsen",
    ]


# --- attachments --------------------------------------------------------------------------------


def attached(name, content=b"x", kind="application/pdf", **options):
    message = EmailMessage()
    main, sub = kind.split("/")
    message.set_content(content, main, sub, filename=name, **options)
    return message.as_bytes()


def test_attachments():
    data = made(
        part("See below."),
        attached("plan.pdf", b"%PDF-1"),
        attached("Übersicht – 1.txt", b"words", "text/plain"),
        attached("plan.pdf", b"%PDF-2"),
    )
    assert files(data) == [
        ("plan.pdf", b"%PDF-1"),
        ("Übersicht – 1.txt", b"words"),
        ("plan (2).pdf", b"%PDF-2"),
    ]
    assert paragraphs(data) == ["See below."]


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ('attachment; filename="../../etc/x.txt"', "x.txt"),
        ('attachment; filename="C:\\\\x\\\\y.txt"', "y.txt"),
        ("attachment; filename==?utf-8?q?=C3=BC=2Etxt?=", "ü.txt"),
        ("attachment; filename*=utf-8''%C3%BC.txt", "ü.txt"),
        ("attachment; filename*0=lo; filename*1=ng.txt", "long.txt"),
        ("attachment; filename*=broken''%%%", "%%%"),
        ("attachment", "attachment.pdf"),
        ('attachment; filename=".."', "attachment.pdf"),
        (f'attachment; filename="{"x" * 300}.txt"', "x" * 146 + ".txt"),
    ],
)
def test_names_of_attachments(field, name):
    data = made(part("x"), part("y", "application/pdf", f"Content-Disposition: {field}"))
    assert [found for found, _ in files(data)] == [name]


def test_what_is_no_attachment():
    related = made(
        part('<p>x</p><img src="cid:one">', "text/html"),
        attached("logo.png", kind="image/png"),
        kind="related",
        head=b"",
    )
    related = related.replace(b'"b"', b'"c"').replace(b"--b", b"--c").lstrip()
    data = made(
        related,
        part(
            "x", "image/gif", "Content-ID: <one>", "Content-Disposition: attachment; filename=a.gif"
        ),
        part("x", "application/pkcs7-signature; name=smime.p7s"),
        part("BEGIN:VCALENDAR", "text/calendar; name=invite.ics"),
    )
    assert files(data) == []


def test_a_picture_sent_along_is_one():
    assert files(made(part("x"), attached("photo.jpg", b"jpg", "image/jpeg"))) == [
        ("photo.jpg", b"jpg")
    ]


def test_attachments_of_mails_within():
    inner = made(part("x"), attached("deep.pdf")).replace(b'"b"', b'"c"').replace(b"--b", b"--c")
    assert [name for name, _ in files(made(part(inner, "message/rfc822")))] == ["deep.pdf"]


def test_attachments_of_an_encrypted_mail():
    with pytest.raises(ReadError):
        files(made(part("x"), kind="encrypted"))
