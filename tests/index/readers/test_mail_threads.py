"""Who wrote what in a mail that quotes others: in each program's way, in several languages."""

from email.message import EmailMessage

import pytest

from index.readers.mail import read_eml
from index.readers.mail.attributions import read_attribution
from index.types import Kind

SENT = "2026-01-06 09:00"


def mail(text, html=None):
    message = EmailMessage()
    message["From"] = "Bob Berg <bob@example.org>"
    message["To"] = "Ann Olsen <ann@example.org>"
    message["Date"] = "Tue, 06 Jan 2026 09:00:00 +0100"
    message["Subject"] = "Re: The bridge"
    if text is not None:
        message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def said(data, path="a.eml"):
    """What each paragraph says, and who says it, when; without the mail's own fields."""
    document = read_eml(data, path)
    assert [b.locator for b in document.blocks][:2] == [None, "headers"]
    return [
        (block.author, block.date, document.text[block.start : block.end])
        for block in document.blocks[2:]
        if block.kind is Kind.PARAGRAPH
    ]


BOB, ANN = "I agree with the plan.", "The stone arch will be rebuilt in May."


# --- the line above a quote ---------------------------------------------------------------------

ATTRIBUTIONS = [
    ("On Mon, 5 Jan 2026 at 10:12, Ann Olsen <ann@example.org> wrote:", "Mon, 5 Jan 2026 at 10:12"),
    ("On Jan 5, 2026, at 10:12 AM, Ann Olsen <ann@example.org> wrote:", "Jan 5, 2026, at 10:12 AM"),
    ("On 05/01/2026 10:12, Ann Olsen wrote:", "05/01/2026 10:12"),
    ("On 2026-01-05 10:12, Ann Olsen wrote:", "2026-01-05 10:12"),
    ("On Monday, January 5, 2026 Ann Olsen <ann@example.org> wrote:", "Monday, January 5, 2026"),
    ("Ann Olsen <ann@example.org> wrote on 5 January 2026 10:12:", "5 January 2026 10:12"),
    ("Am 05.01.2026 um 10:12 schrieb Ann Olsen:", "05.01.2026 um 10:12"),
    (
        "Am Mo., 5. Jan. 2026 um 10:12 Uhr schrieb Ann Olsen <ann@example.org>:",
        "Mo., 5. Jan. 2026 um 10:12 Uhr",
    ),
    ("Ann Olsen <ann@example.org> schrieb am Mo., 5. Jan. 2026, 10:12:", "Mo., 5. Jan. 2026, 10:12"),
    ("Le lun. 5 janv. 2026 à 10:12, Ann Olsen <ann@example.org> a écrit :", "lun. 5 janv. 2026 à 10:12"),
    ("Le 05/01/2026 à 10:12, Ann Olsen a écrit :", "05/01/2026 à 10:12"),
    ("El lun, 5 ene 2026 a las 10:12, Ann Olsen (<ann@example.org>) escribió:", "lun, 5 ene 2026 a las 10:12"),
    ("Il giorno lun 5 gen 2026 alle ore 10:12 Ann Olsen <ann@example.org> ha scritto:", "lun 5 gen 2026 alle ore 10:12"),
    ("Em seg., 5 de jan. de 2026 às 10:12, Ann Olsen <ann@example.org> escreveu:", "seg., 5 de jan. de 2026 às 10:12"),
    ("Op ma 5 jan 2026 om 10:12 schreef Ann Olsen <ann@example.org>:", "ma 5 jan 2026 om 10:12"),
    ("Den mån 5 jan. 2026 kl 10:12 skrev Ann Olsen <ann@example.org>:", "mån 5 jan. 2026 kl 10:12"),
    ("man. 5. jan. 2026 kl. 10:12 skrev Ann Olsen <ann@example.org>:", "man. 5. jan. 2026 kl. 10:12"),
    ("pon., 5 sty 2026 o 10:12 Ann Olsen <ann@example.org> napisał(a):", "pon., 5 sty 2026 o 10:12"),
    ("пн, 5 янв. 2026 г. в 10:12, Ann Olsen <ann@example.org>:", "пн, 5 янв. 2026 г. в 10:12"),
    ("2026-01-05 10:12 GMT+01:00 Ann Olsen <ann@example.org>:", "2026-01-05 10:12 GMT+01:00"),
    ("Ann Olsen <ann@example.org> 于2026年1月5日周一 10:12写道：", "2026年1月5日周一 10:12"),
    ("2026年1月5日(月) 10:12 Ann Olsen <ann@example.org>:", "2026年1月5日(月) 10:12"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "date"), ATTRIBUTIONS)
def test_the_line_above_a_quote(line, date):
    found = read_attribution(line)
    assert (found.author, found.date, found.certain) == ("Ann Olsen", date, True)
    quoted = f"{BOB}\n\n{line}\n\n> {ANN}\n"
    assert said(mail(quoted)) == [("Bob Berg", SENT, BOB), ("Ann Olsen", date, ANN)]
    unmarked = f"{BOB}\n\n{line}\n\n{ANN}\n"
    assert said(mail(unmarked)) == [("Bob Berg", SENT, BOB), ("Ann Olsen", date, ANN)]


@pytest.mark.parametrize(
    "line",
    [
        "Here is what I would like to know:",
        "The paper of 5 January 2026 at 10:12 says so:",
        "We will meet on Monday, 5 January 2026 at 10:12:",
        "To: Ann Olsen <ann@example.org>",
        "wrote:",
        "",
    ],
)
def test_other_lines_with_a_colon(line):
    assert read_attribution(line) is None


def test_a_sentence_that_ends_in_wrote_names_nobody_without_a_quote():
    text = f"As Shakespeare wrote:\n\n{ANN}\n"
    assert {author for author, _, _ in said(mail(text))} == {"Bob Berg"}


def test_a_name_without_a_date_stands_above_marks_only():
    assert said(mail(f"Ann Olsen wrote:\n> {ANN}\n{BOB}")) == [
        ("Ann Olsen", f"before {SENT}", ANN),
        ("Bob Berg", SENT, BOB),
    ]


@pytest.mark.parametrize(
    "lines",
    [
        "On Mon, 5 Jan 2026 at 10:12, Ann Olsen\n<ann@example.org> wrote:",
        "On Mon, 5 Jan 2026 at 10:12,\nAnn Olsen <ann@example.org>\nwrote:",
        "On Mon, 5 Jan 2026 at 10:12, Ann Olsen <\nann@example.org> wrote:",
    ],
)
def test_the_line_may_be_wrapped(lines):
    assert said(mail(f"{BOB}\n\n{lines}\n> {ANN}\n"))[1] == (
        "Ann Olsen",
        "Mon, 5 Jan 2026 at 10:12",
        ANN,
    )


def test_the_line_is_kept_but_not_searched():
    line = ATTRIBUTIONS[0][0]
    document = read_eml(mail(f"{BOB}\n\n{line}\n> {ANN}\n"), "a.eml")
    [byline] = [b for b in document.blocks if b.kind is Kind.BYLINE]
    assert document.text[byline.start : byline.end] == line
    assert [b.locator for b in document.blocks] == [
        None,
        "headers",
        "message 1",
        "message 2",
        "message 2",
    ]


# --- marks --------------------------------------------------------------------------------------


def test_a_thread_of_three():
    text = (
        f"{BOB}\n\n"
        "On Mon, 5 Jan 2026 at 10:12, Ann Olsen <ann@example.org> wrote:\n"
        f"> {ANN}\n"
        ">\n"
        "> On Sun, 4 Jan 2026 at 08:00, Cy Dee <cy@example.org> wrote:\n"
        ">> When will the arch\n"
        ">> be rebuilt?\n"
        "> > Or will it not?\n"
    )
    assert said(mail(text)) == [
        ("Bob Berg", SENT, BOB),
        ("Ann Olsen", "Mon, 5 Jan 2026 at 10:12", ANN),
        ("Cy Dee", "Sun, 4 Jan 2026 at 08:00", "When will the arch\nbe rebuilt?\nOr will it not?"),
    ]


def test_answers_between_the_lines():
    text = (
        "On Mon, 5 Jan 2026 at 10:12, Ann Olsen <ann@example.org> wrote:\n"
        "> Who pays for the arch?\n"
        "The city does.\n"
        "> And for the road?\n"
        "The state.\n"
    )
    assert [(author, words) for author, _, words in said(mail(text))] == [
        ("Ann Olsen", "Who pays for the arch?"),
        ("Bob Berg", "The city does."),
        ("Ann Olsen", "And for the road?"),
        ("Bob Berg", "The state."),
    ]


def test_a_quote_of_nobody_is_not_the_sender_s():
    assert said(mail(f"> {ANN}\n\n{BOB}\n")) == [
        ("someone quoted", f"before {SENT}", ANN),
        ("Bob Berg", SENT, BOB),
    ]


def test_marks_that_are_none():
    text = "The load x > 5 tons is too much.\n\n>From here on the road is closed.\n"
    assert [words for _, _, words in said(mail(text))] == [
        "The load x > 5 tons is too much.",
        "From here on the road is closed.",
    ]


# --- fields in the text -------------------------------------------------------------------------

BLOCKS = [
    ("From: Ann Olsen\nSent: Monday, 5 January 2026 10:12\nTo: Bob Berg\nSubject: The bridge", "Monday, 5 January 2026 10:12"),
    ("From: Ann Olsen <ann@example.org>\nDate: 5 January 2026 at 10:12:00 CET\nTo: bob@example.org\nSubject: The bridge", "5 January 2026 at 10:12:00 CET"),
    ("From: Ann Olsen [mailto:ann@example.org]\nSent: 05/01/2026\nTo: Bob\nCc: Cy\nSubject: x\nImportance: High", "05/01/2026"),
    ("*From:* Ann Olsen <ann@example.org>\n*Sent:* 05/01/2026\n*To:* Bob", "05/01/2026"),
    ("Von: Ann Olsen\nGesendet: Montag, 5. Januar 2026 10:12\nAn: Bob Berg\nBetreff: Die Brücke", "Montag, 5. Januar 2026 10:12"),
    ("De : Ann Olsen\nEnvoyé : lundi 5 janvier 2026 10:12\nÀ : Bob Berg\nObjet : Le pont", "lundi 5 janvier 2026 10:12"),
    ("De: Ann Olsen\nEnviado el: lunes, 5 de enero de 2026 10:12\nPara: Bob\nAsunto: El puente", "lunes, 5 de enero de 2026 10:12"),
    ("Da: Ann Olsen\nInviato: lunedì 5 gennaio 2026 10:12\nA: Bob\nOggetto: Il ponte", "lunedì 5 gennaio 2026 10:12"),
    ("Van: Ann Olsen\nVerzonden: maandag 5 januari 2026 10:12\nAan: Bob\nOnderwerp: De brug", "maandag 5 januari 2026 10:12"),
    ("发件人: Ann Olsen\n发送时间: 2026年1月5日 10:12\n收件人: Bob\n主题: 桥", "2026年1月5日 10:12"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "date"), BLOCKS)
@pytest.mark.parametrize("separator", ["", "-----Original Message-----\n", "________________\n"])
def test_fields_begin_a_message(fields, date, separator):
    fields_said, *others = said(mail(f"{BOB}\n\n{separator}{fields}\n\n{ANN}\n"))[1:]
    assert fields_said[:2] == ("Ann Olsen", date)
    assert "; " in fields_said[2]
    assert others == [("Ann Olsen", date, ANN)]


def test_a_wrapped_list_of_recipients():
    fields = "From: Ann Olsen\nTo: Bob Berg; Cy Dee;\n Di Eve\nSent: 5 January 2026\nSubject: x"
    _, head, body = said(mail(f"{BOB}\n\n{fields}\n\n{ANN}\n"))
    assert head[2] == (
        "From: Ann Olsen; To: Bob Berg; Cy Dee; Di Eve; Sent: 5 January 2026; Subject: x"
    )
    assert body[0] == "Ann Olsen"


def test_a_forwarded_mail():
    for opening in ("Begin forwarded message:", "---------- Forwarded message ---------"):
        text = f"FYI\n\n{opening}\n\nFrom: Ann Olsen <a@example.org>\nDate: 5 Jan 2026\nTo: Bob\n\n{ANN}"
        found = said(mail(text))
        assert [(author, words) for author, _, words in found][::2] == [
            ("Bob Berg", "FYI"),
            ("Ann Olsen", ANN),
        ]
        assert not any("orwarded" in words for _, _, words in found)


def test_answers_one_below_the_other_as_outlook_has_them():
    text = (
        f"{BOB}\n\nFrom: Ann Olsen\nSent: 5 January 2026\nTo: Bob\nSubject: Re: x\n\n{ANN}\n\n"
        "From: Cy Dee\nSent: 4 January 2026\nTo: Ann\nSubject: x\n\nWhen will it be rebuilt?\n"
    )
    assert [author for author, _, _ in said(mail(text))] == [
        "Bob Berg",
        "Ann Olsen",
        "Ann Olsen",
        "Cy Dee",
        "Cy Dee",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "From: the city hall\nTo: the river\nit is an hour on foot, and worth it.",
        "From: Monday\n\nwe are closed.",
        "Subject: bridges\nDate: soon",
        "________________\n\nThe form ends here.",
    ],
)
def test_fields_that_are_no_mail_s(text):
    assert {author for author, _, _ in said(mail(text))} == {"Bob Berg"}


# --- signatures ---------------------------------------------------------------------------------


def test_signatures_are_kept_but_not_searched():
    line = ATTRIBUTIONS[0][0]
    text = f"{BOB}\n\n-- \nBob Berg\nCity of Elmstad\n\n{line}\n> {ANN}\n> -- \n> Ann\n> Elmstad\n"
    document = read_eml(mail(text), "a.eml")
    found = [
        (b.author, document.text[b.start : b.end])
        for b in document.blocks
        if b.kind is Kind.BOILERPLATE
    ]
    assert found == [("Bob Berg", "Bob Berg\nCity of Elmstad"), ("Ann Olsen", "Ann\nElmstad")]
    assert [words for _, _, words in said(mail(text))] == [BOB, ANN]


def test_a_long_text_below_two_dashes_is_no_signature():
    text = "First.\n\n--\n\n" + "\n\n".join(f"Paragraph {n}." for n in range(20))
    assert len(said(mail(text))) == 21


# --- pages --------------------------------------------------------------------------------------


def test_gmail_quotes_in_pages():
    html = f"""<div dir="ltr"><div>{BOB}</div><div><br></div><div>See you.</div></div><br>
    <div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, 5 Jan 2026 at 10:12,
    Ann Olsen &lt;<a href="mailto:ann@example.org">ann@example.org</a>&gt; wrote:<br></div>
    <blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid">
    <div>{ANN}</div><div class="gmail_quote"><div class="gmail_attr">On Sun, 4 Jan 2026, Cy Dee
    &lt;cy@example.org&gt; wrote:</div><blockquote class="gmail_quote"><p>When?</p></blockquote>
    </div></blockquote></div>"""
    assert said(mail(None, html)) == [
        ("Bob Berg", SENT, BOB),
        ("Bob Berg", SENT, "See you."),
        ("Ann Olsen", "Mon, 5 Jan 2026 at 10:12", ANN),
        ("Cy Dee", "Sun, 4 Jan 2026", "When?"),
    ]


def test_outlook_quotes_in_pages():
    html = f"""<html><head><style>p {{margin:0}}</style></head><body><p class="MsoNormal">{BOB}</p>
    <div id="divRplyFwdMsg"><div style="border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal">
    <b>From:</b> Ann Olsen &lt;ann@example.org&gt; <br><b>Sent:</b> Monday, January 5, 2026 10:12 AM
    <br><b>To:</b> Bob Berg<br><b>Subject:</b> The bridge<o:p></o:p></p></div></div>
    <p class="MsoNormal">{ANN}</p></body></html>"""
    own, fields, quoted = said(mail(None, html))
    date = "Monday, January 5, 2026 10:12 AM"
    assert own == ("Bob Berg", SENT, BOB)
    assert fields[:2] == ("Ann Olsen", date)
    assert quoted == ("Ann Olsen", date, ANN)


def test_apple_quotes_in_pages():
    html = f"""<body><div>{BOB}</div><div><br><blockquote type="cite"><div>On 5 Jan 2026, at 10:12,
    Ann Olsen &lt;ann@example.org&gt; wrote:</div><br><div><div>{ANN}</div></div></blockquote></div>"""
    assert said(mail(None, html)) == [
        ("Bob Berg", SENT, BOB),
        ("Ann Olsen", "5 Jan 2026, at 10:12", ANN),
    ]


def test_pages_are_read_by_their_blocks():
    html = """<title>x</title><style>p{}</style><div style="display:none">Preview</div>
    <h1>News</h1><p>One<br>two</p><ul><li>first</li><li>second</li></ul>
    <table><tr><th>City</th><th>Tons</th></tr><tr><td>Elmstad</td><td>900</td></tr></table>
    <blockquote style="margin-right: 0px">Only indented.</blockquote><pre>a\n  b</pre><script>x</script>"""
    assert [words for _, _, words in said(mail(None, html))] == [
        "News",
        "One\ntwo",
        "- first\n- second",
        "City | Tons",
        "Elmstad | 900",
        "Only indented.",
        "a\nb",
    ]
    assert {author for author, _, _ in said(mail(None, html))} == {"Bob Berg"}


def test_time_grows_with_the_length_only():
    lines = "On Mon, 5 Jan 2026 at 10:12, Ann Olsen <ann@example.org\n" * 20_000
    document = read_eml(mail(f"{lines}\n{'> ' * 5000}deep\n" + "From: x\n" * 5000), "a.eml")
    assert len(document.text) > 1_000_000
