import time

import pytest

from index.readers.comments import find_comments, is_counter, is_date, is_notice
from index.types import Kind

STORY = """The bridge over the Elm opened on Monday after nine years of work.

Engineers tested it with forty lorries full of sand, and the mayor walked across first.

"""


def comments(text):
    section = find_comments(text)
    if section is None:
        return []
    return [
        (text[block.start : block.end], block.author, block.date, block.reply_to)
        for block in section.blocks
        if block.kind is Kind.COMMENT
    ]


ONE = "I drove over it and the wind was terrible."
TWO = "Nine years is a long time.\n\nThe old ferry took six minutes."

LAYOUTS = {
    "posted, report": (
        f"2 comments\n\n{ONE}\n\nPosted by Kit_9 | Report as abusive\n\n{TWO}\n\nPosted by Bo | Report as abusive",
        [(ONE, "Kit_9", None, None), (TWO, "Bo", None, None)],
    ),
    "posted, no marker": (
        f"{ONE}\n\nPosted by Kit_9 | Report as abusive\n\n{TWO}\n\nPosted by Bo | Report as abusive",
        [(ONE, "Kit_9", None, None), (TWO, "Bo", None, None)],
    ),
    "posted, date": (
        f"Comments (2)\n\n{ONE}\nPosted by Kit on May 3, 2016 at 4:15 pm\n\n{TWO}\nPosted by Bo B. on May 4, 2016 at 9:01 am",
        [(ONE, "Kit", "May 3, 2016 at 4:15 pm", None), (TWO, "Bo B.", "May 4, 2016 at 9:01 am", None)],
    ),
    "posted, bare": (
        f"Reader comments\n\n{ONE}\n\nPosted by Kit\n\n{TWO}\n\nPosted by O'Neil-Day",
        [(ONE, "Kit", None, None), (TWO, "O'Neil-Day", None, None)],
    ),
    "posted, at the end of the line": (
        f"2 comments\n\n{ONE} Posted by Kit | Report as abusive\n\n{TWO} Posted by Bo | Report as abusive",
        [(ONE, "Kit", None, None), (TWO, "Bo", None, None)],
    ),
    "posted, above": (
        f"Comments\n\nPosted by Kit on May 3, 2016\n{ONE}\n\nPosted by Bo on May 4, 2016\n{TWO}",
        [(ONE, "Kit", "May 3, 2016", None), (TWO, "Bo", "May 4, 2016", None)],
    ),
    "says": (
        f"2 Responses to “The bridge”\n\nKit says:\n\n{ONE}\n\nBo Lund says:\n\n{TWO}",
        [(ONE, "Kit", None, None), (TWO, "Bo Lund", None, None)],
    ),
    "says, date": (
        f"Comments\n\nKit says:\nMay 3, 2016 at 4:15 pm\n\n{ONE}\n\nReply\n\nBo Lund says:\n\nMay 4, 2016 at 10:00 am\n\n{TWO}\n\nReply",
        [(ONE, "Kit", "May 3, 2016 at 4:15 pm", None), (TWO, "Bo Lund", "May 4, 2016 at 10:00 am", None)],
    ),
    "says, date, no marker": (
        f"Kit says:\nMay 3, 2016 at 4:15 pm\n{ONE}\n\nBo Lund says:\nMay 4, 2016 at 10:00 am\n{TWO}",
        [(ONE, "Kit", "May 3, 2016 at 4:15 pm", None), (TWO, "Bo Lund", "May 4, 2016 at 10:00 am", None)],
    ),
    "replied to": (
        f"Comments (2)\n\nKit wrote:\n{ONE}\n\nBo replied to Kit:\n{TWO}",
        [(ONE, "Kit", None, None), (TWO, "Bo", None, "Kit")],
    ),
    "in reply to": (
        f"Comments (2)\n\nKit said:\n{ONE}\n\nBo in reply to Kit\n{TWO}",
        [(ONE, "Kit", None, None), (TWO, "Bo", None, "Kit")],
    ),
    "wrote on": (
        f"Comments\n\nKit wrote on 3 May 2016:\n{ONE}\n\nOn 4 May 2016, Bo Lund wrote:\n{TWO}",
        [(ONE, "Kit", "3 May 2016", None), (TWO, "Bo Lund", "4 May 2016", None)],
    ),
    "dash": (
        f"Letters\n\n{ONE}\n— Kit Marlow\n\n{TWO}\n— Bo Lund, Berlin",
        [(ONE, "Kit Marlow", None, None), (TWO, "Bo Lund", None, None)],
    ),
    "two hyphens": (
        f"Leserbriefe\n\n{ONE}\n-- Kit\n\n{TWO}\n-- Bo Lund, 3 May 2016",
        [(ONE, "Kit", None, None), (TWO, "Bo Lund", "3 May 2016", None)],
    ),
    "hyphen, place, date": (
        f"Reader comments\n\n{ONE}\n\n- Kit, Oslo, 2 May 2016\n\n{TWO}\n\n- Jürgen Groß, Köln",
        [(ONE, "Kit", "2 May 2016", None), (TWO, "Jürgen Groß", None, None)],
    ),
    "bullet": (
        f"2 comments\n\nKit • 2 hours ago\n{ONE}\nReply\nShare\n\nBo > Kit • an hour ago\n{TWO}\n12 upvotes\n▲ 3",
        [(ONE, "Kit", "2 hours ago", None), (TWO, "Bo", "an hour ago", "Kit")],
    ),
    "bullet, no marker": (
        f"Kit • 2 hours ago\n{ONE}\n\nBo ➜ Kit • an hour ago\n{TWO}",
        [(ONE, "Kit", "2 hours ago", None), (TWO, "Bo", "an hour ago", "Kit")],
    ),
    "middle dot": (
        f"Comments\n\nKit · 3 May 2016\n\n{ONE}\n\nBo → Kit · 4 May 2016\n\n{TWO}\n\nLike · Reply · 3",
        [(ONE, "Kit", "3 May 2016", None), (TWO, "Bo", "4 May 2016", "Kit")],
    ),
    "bar": (
        f"Comments\n\nKit | 3 May 2016\n\n{ONE}\n\nBo | 4 May 2016 10:15\n\n{TWO}",
        [(ONE, "Kit", "3 May 2016", None), (TWO, "Bo", "4 May 2016 10:15", None)],
    ),
    "comma": (
        f"Comments\n\nKit, 2 hours ago\n{ONE}\n\nIvan Ω, yesterday\n{TWO}",
        [(ONE, "Kit", "2 hours ago", None), (TWO, "Ivan Ω", "yesterday", None)],
    ),
    "bullet, reply after": (
        f"Comments\n\nKit • 2 hours ago\n{ONE}\n\nBo • 1 hour ago • in reply to Kit\n{TWO}",
        [(ONE, "Kit", "2 hours ago", None), (TWO, "Bo", "1 hour ago", "Kit")],
    ),
    "numbered, dash": (
        f"Comments\n\n1. {ONE} — Kit\n2. {TWO} — Bo Lund",
        [(ONE, "Kit", None, None), (TWO, "Bo Lund", None, None)],
    ),
    "numbered, colon": (
        f"Comments\n\n1. Kit: {ONE}\n\n2. Bo Lund: {TWO}",
        [(ONE, "Kit", None, None), (TWO, "Bo Lund", None, None)],
    ),
    "numbered, header": (
        f"Comments\n\n#1 Kit (3 May 2016)\n{ONE}\n\n#2 Bo Lund (4 May 2016)\n{TWO}",
        [(ONE, "Kit", "3 May 2016", None), (TWO, "Bo Lund", "4 May 2016", None)],
    ),
    "comment by, above": (
        f"Comments\n\nComment by Kit\n{ONE}\n\nComment by Bo Lund on 3 May 2016\n{TWO}",
        [(ONE, "Kit", None, None), (TWO, "Bo Lund", "3 May 2016", None)],
    ),
    "comment by, below": (
        f"2 comments\n\n{ONE}\n\nComment by Kit\n\n{TWO}\n\nComment by Bo Lund",
        [(ONE, "Kit", None, None), (TWO, "Bo Lund", None, None)],
    ),
    "keys": (
        f"Comments\n\nName: Kit\nDate: 3 May 2016\nComment: {ONE}\n\nName: Bo Lund\nDate: 4 May 2016\nComment: {TWO}",
        [(ONE, "Kit", "3 May 2016", None), (TWO, "Bo Lund", "4 May 2016", None)],
    ),
    "keys, no marker": (
        f"Name: Kit\nComment: {ONE}\n\nName: Bo\nIn reply to: Kit\nComment:\n{TWO}",
        [(ONE, "Kit", None, None), (TWO, "Bo", None, "Kit")],
    ),
    "name above date": (
        f"Kommentare (2)\n\nKit\n3 May 2016\n{ONE}\n\nBo Lund\n4 May 2016\n{TWO}",
        [(ONE, "Kit", "3 May 2016", None), (TWO, "Bo Lund", "4 May 2016", None)],
    ),
    "colon": (
        f"Comments\n\nKit: {ONE}\n\nBo Lund: {TWO}",
        [(ONE, "Kit", None, None), (TWO, "Bo Lund", None, None)],
    ),
    "other letters": (
        f"2 comments\n\n{ONE}\n\nPosted by Мария_К | Report as abusive\n\n{TWO}\n\nPosted by 田中 | Report as abusive",
        [(ONE, "Мария_К", None, None), (TWO, "田中", None, None)],
    ),
    "one comment": (
        f"1 comment\n\n{TWO}\n\nPosted by j.d.99 | Report as abusive",
        [(TWO, "j.d.99", None, None)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tail", "expected"), LAYOUTS.values(), ids=LAYOUTS.keys())
def test_layout(tail, expected):
    assert comments(STORY + tail) == expected
    section = find_comments(STORY + tail)
    if "no marker" not in tail and not tail.startswith(ONE):
        assert section.start == len(STORY)


@pytest.mark.parametrize(("tail", "expected"), LAYOUTS.values(), ids=LAYOUTS.keys())
def test_every_character_of_a_section_belongs_to_a_block(tail, expected):
    text = STORY + tail
    section = find_comments(text)
    position = section.start
    for block in section.blocks:
        assert block.start >= position
        assert not text[position : block.start].strip("\n #.0123456789")
        assert text[block.start : block.end] == text[block.start : block.end].strip()
        position = block.end
    assert section.end == position


PROSE = {
    "one speaker": STORY + "Anna Berg says:\n\nThe river is lower than it was.\n\nShe has lived here for years.",
    "a dialogue": STORY + "Alice said:\n\nWhere is the key?\n\nBob said:\n\nUnder the mat.\n\nAlice said:\n\nGood.",
    "a quotation": STORY + "Never build on sand.\n— Mark Twain\n\nThe mayor likes that line.",
    "two quotations": "Never build on sand.\n— Mark Twain\n\nBridges are for crossing.\n— Jane Austen",
    "a diary": "Berlin, 3 May 2016\nIt rained.\n\nParis, 4 May 2016\nThe sun came out.",
    "a list": STORY + "1. Steel: forty tons\n2. Concrete: ninety tons\n3. Paint: blue",
    "posted once": STORY + "Posted by the city council",
    "the word": STORY + "Comments on the plan were few. Two people wrote to the mayor.",
    "no comments": STORY + "0 comments",
    "only a marker": STORY + "Comments\n\nThere are none so far.",
    "a chat": "ada: hello\nbob: hi\nada: bye",
    "a heading, then prose": STORY + "Reactions to the opening\n\nIn the town people were glad.\n\nThe mayor says:\nIt is done.\n\nHer deputy says:\nIt was dear.",
    "a heading, then points": STORY + "Responses to the flood\n\nNorway: a wall was built.\n\nDenmark: the port was moved.",
    "a heading, then a quotation": STORY + "Letters to a young man\n\nHave patience with everything.\n— Rilke\n\nNever build on sand.\n— Mark Twain",
    "contents": "Letters\n\nShe wrote many of them. Most are lost today.\n\nOne begins so:\n\nDear Tom, the bridge is up.\n— Ruth",
}  # fmt: skip


@pytest.mark.parametrize("text", PROSE.values(), ids=PROSE.keys())
def test_prose_has_no_comments(text):
    assert comments(text) == []


POLICY = (
    "Keep it civil. See our comment policy for what is removed, and use the report abuse button."
)


@pytest.mark.parametrize(
    "tail",
    [
        f"2 comments\n\n{POLICY}\n\n{ONE}\n\nPosted by Kit\n\n{TWO}\n\nPosted by Bo",
        f"2 comments\n\n{POLICY}\n\nKit says:\n{ONE}\n\nBo says:\n{TWO}",
    ],
)
def test_the_counter_and_the_policy_are_boilerplate(tail):
    text = STORY + tail
    section = find_comments(text)
    assert [(block.kind, text[block.start : block.end]) for block in section.blocks[:2]] == [
        (Kind.BOILERPLATE, "2 comments"),
        (Kind.BOILERPLATE, POLICY),
    ]
    assert [comment[0] for comment in comments(text)] == [ONE, TWO]


RULES = [
    "Please stay polite and on the subject. Our editors delete contributions that insult others.",
    "Letters below are the work of their authors and do not represent the Elm Post. Posts that break our rules will be removed; see https://elmpost.example/rules",
    "You can flag any post to a moderator with the button under it. The paper takes no responsibility for what visitors write.",
    "Every comment is read by the desk before it is published. We do not publish spam, profanity or personal attacks, as our guidelines explain.",
]
ABOUT_COMMENTS = [
    "The moderators removed half of the comments here, and the article is still wrong.",
    "I flagged two posts and the report abuse link did nothing. So much for your comment policy.",
    "Be respectful, you say, and then I read this article about my own street.",
    "Readers are clearly not asked for their opinions any more. The rules of the game have changed.",
    "Please publish the figures, not opinions. The other comments say the same.",
]


@pytest.mark.parametrize("rules", RULES)
def test_rules_for_comments_in_any_wording(rules):
    text = f"{STORY}2 comments\n\n{rules}\n\n{ONE}\n\nPosted by Kit\n\n{TWO}\n\nPosted by Bo"
    assert [comment[0] for comment in comments(text)] == [ONE, TWO]


@pytest.mark.parametrize("first", ABOUT_COMMENTS)
def test_a_first_comment_about_comments_is_one(first):
    text = f"{STORY}2 comments\n\n{first}\n\n{ONE}\n\nPosted by Kit\n\n{TWO}\n\nPosted by Bo"
    assert [comment[0] for comment in comments(text)] == [f"{first}\n\n{ONE}", TWO]


@pytest.mark.parametrize("rules", RULES)
def test_what_alone_stands_above_a_signature_is_its_comment(rules):
    text = f"{STORY}2 comments\n\n{rules}\n\nPosted by Kit\n\n{TWO}\n\nPosted by Bo"
    assert [comment[0] for comment in comments(text)] == [rules, TWO]


@pytest.mark.parametrize(
    "line",
    [
        "Comments received by the harbour office until 3 May",
        "Comments of the neighbours",
        "Responses from the public",
        "Letters of the week",
        "Reactions to the opening in our town hall",
        "Replies we had from the ferrymen",
        "What our readers say",
        "Readers write",
    ],
)
def test_a_heading_that_announces_comments(line):
    text = (
        f"{STORY}Yours sincerely,\nIna Kvist\n\n{line}\n\nKit Moe says:\n{ONE}\n\nBo says:\n\n{TWO}"
    )
    assert comments(text) == [(ONE, "Kit Moe", None, None), (TWO, "Bo", None, None)]
    assert find_comments(text).start == text.index(line)


def test_letters_that_readers_sent_are_signed_below():
    text = f"{STORY}Letters sent in by readers\n\n{ONE}\n— Kit Moe\n\n{TWO}\n— Bo Lund"
    assert comments(text) == [(ONE, "Kit Moe", None, None), (TWO, "Bo Lund", None, None)]


def test_lists_and_speech_inside_a_comment_do_not_cut_it():
    long = (
        "Three things:\n\n- steel\n- sand\n- paint\n\n1. Cost: too high\n2. Time: too long\n\n"
        "As my uncle says:\n\nbuild twice.\n— Old saying\n\n> Kit wrote:\n> nonsense\n\nThe minister said: wait."
    )
    text = f"{STORY}2 comments\n\n{long}\n\nPosted by Kit\n\n{TWO}\n\nPosted by Bo"
    assert comments(text) == [(long, "Kit", None, None), (TWO, "Bo", None, None)]


def test_a_list_inside_a_numbered_comment_does_not_cut_it():
    long = "My points:\n\n1. Cost: too high\n2. Time: too long"
    text = f"{STORY}Comments\n\n#1 Kit (3 May 2016)\n{long}\n\n#2 Bo (4 May 2016)\n{TWO}"
    assert [comment[0] for comment in comments(text)] == [long, TWO]


def test_a_counter_below_the_title_does_not_swallow_the_story():
    text = (
        f"A bridge opens\n2 comments\n\n{STORY * 4}Comments\n\nKit says:\n{ONE}\n\nBo says:\n{TWO}"
    )
    assert [comment[0] for comment in comments(text)] == [ONE, TWO]


def test_text_below_the_last_signature_is_not_the_comment():
    text = f"{STORY}2 comments\n\n{ONE}\n\nPosted by Kit\n\n{TWO}\n\nPosted by Bo\n\nReply\n\nMore news follows here."
    section = find_comments(text)
    assert text[section.end :].strip() == "More news follows here."


@pytest.mark.parametrize(
    "date",
    [
        "March 23, 2016", "23 March 2016", "3. Mai 2016", "2016-03-23", "23/03/16", "Wed, 3 May 2016", "yesterday",
        "2 hours ago", "an hour ago", "3d", "just now", "May 3, 2016 at 4:15 pm", "2016-05-03T10:00:00Z",
        "vor 2 Stunden", "4:15 pm, May 3, 2016", "3 May 2016, 10:15 CET",
    ],
)  # fmt: skip
def test_dates(date):
    assert is_date(date)


@pytest.mark.parametrize(
    "words", ["", "May", "2016", "Berlin", "3 people", "in March 2016 he came", "12"]
)
def test_no_dates(words):
    assert not is_date(words)


@pytest.mark.parametrize(
    "line", ["Reply", "Like · Reply", "12 upvotes", "▲ 3", "Report abuse", "👍 4", "***"]
)
def test_buttons(line):
    assert is_notice(line)


@pytest.mark.parametrize("line", ["I like it", "Reply to me", "Share the cost"])
def test_no_buttons(line):
    assert not is_notice(line)


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("11 comments", True),
        ("Comments (3)", True),
        ("0 comments", True),
        ("Comments", False),
        ("", False),
    ],
)
def test_counters(line, counts):
    assert is_counter(line) is counts


@pytest.mark.parametrize(
    "unit",
    ["a ", ">", "- a\n", "1. A: b\n", "Posted by ", "Comments\n", "A says:\n", "— A\n", "#1 A (", "*", "_a_ ", "((", "Name: A\n", "A, "],
)  # fmt: skip
def test_much_of_anything_takes_seconds(unit):
    size = 200_000 if "\n" in unit else 1_000_000
    text = "2 comments\n\n" + unit * (size // len(unit))
    began = time.perf_counter()
    find_comments(text)
    assert time.perf_counter() - began < 20
