"""Whom a comment answers, in the ways that pages have of showing it."""

import pytest

from index.readers.html import read_html
from index.types import Kind

PARAGRAPH = (
    "<p>The harbour of Elmstad was built by people who had come from the hills, and it has stood "
    "there ever since, through storms and floods of all kinds, as the mayor never tires to say.</p>"
)
ARTICLE = f"<title>The harbour</title><article><h1>The harbour</h1>{PARAGRAPH * 3}</article>"
WORDS = {
    "Ann": "I have walked there every summer since I was small.",
    "Bob": "So have I.",
    "Cyrus": "The second wall is the better one, in my view.",
    "Dora": "No, the first one is much older than that.",
}
THREAD = [("Ann", None), ("Bob", "Ann"), ("Cyrus", "Bob"), ("Dora", "Ann")]
"""Who answers whom on every page here."""


def replies(markup):
    document = read_html(f"<html><body>{ARTICLE}{markup}</body></html>".encode(), "page.html")
    found = [block for block in document.blocks if block.kind is Kind.COMMENT]
    for block in found:
        assert document.text[block.start : block.end] == WORDS[block.author]
    return [(block.author, block.reply_to) for block in found]


def comment(name, attributes="", head=""):
    return (
        f"<div class='comment' {attributes}><span class='author'>{name}</span> {head} "
        f"<time>5 March 2021</time><div class='comment-text'>{WORDS[name]}</div></div>"
    )


def flat(described):
    """Comments one below the other, each with attributes or with words in its head."""
    inner = "".join(comment(name, *more) for name, more in zip(WORDS, described, strict=True))
    return f"<div id='comments'>{inner}</div>"


def nested(one, wrap):
    """Comments in one another: Bob's and Dora's in Ann's, Cyrus's in Bob's."""
    bob = one("Bob", wrap(one("Cyrus", "")))
    return one("Ann", wrap(bob + one("Dora", "")))


def wordpress():
    def one(name, inner):
        return (
            f"<li class='comment'><article class='comment-body'><footer class='comment-meta'>"
            f"<b class='fn'>{name}</b> <span class='says'>says:</span> <time>5 March 2021</time>"
            f"</footer><div class='comment-content'><p>{WORDS[name]}</p></div></article>{inner}</li>"
        )

    inner = nested(one, lambda replies: f"<ol class='children'>{replies}</ol>")
    return f"<div id='comments'><ol class='comment-list'>{inner}</ol></div>"


def microdata():
    def one(name, inner):
        return (
            "<div itemprop='comment' itemscope itemtype='https://schema.org/Comment'>"
            f"<span itemprop='author'>{name}</span> <time itemprop='dateCreated'>2021-03-05</time>"
            f"<p itemprop='text'>{WORDS[name]}</p>{inner}</div>"
        )

    return nested(one, str)


def old_reddit():
    def one(name, inner):
        return (
            f"<div class='thing comment' data-author='{name}'><div class='entry unvoted'>"
            f"<p class='tagline'><a class='author'>{name}</a> <span class='score'>5 points</span> "
            f"<time>2 years ago</time></p><form action='#' class='usertext'><input type='hidden' "
            f"name='thing_id' value='t1_{name}'><div class='usertext-body'><div class='md'>"
            f"<p>{WORDS[name]}</p></div></div></form><ul class='flat-list buttons'><li>"
            f"<a href='/x'>permalink</a></li></ul></div><div class='child'>{inner}</div></div>"
        )

    inner = nested(one, lambda replies: f"<div class='sitetable listing'>{replies}</div>")
    return f"<div class='commentarea'><div class='sitetable nestedlisting'>{inner}</div></div>"


def disqus():
    def one(name, inner):
        return (
            f"<li class='post'><div class='post-content'><span class='author'>{name}</span> "
            f"<span class='post-meta'><a class='time-ago'>3 years ago</a></span>"
            f"<div class='post-message'><p>{WORDS[name]}</p></div></div>"
            f"<ul class='children'>{inner}</ul></li>"
        )

    return f"<div id='disqus_thread'><ul id='post-list'>{nested(one, str)}</ul></div>"


def drupal():
    def one(name, inner):
        return (
            f"<article class='comment'><header><span class='comment-author'>{name}</span> "
            f"<time>5 March 2021</time></header><div class='field-comment-body'>"
            f"<p>{WORDS[name]}</p></div></article>{inner}"
        )

    inner = nested(one, lambda replies: f"<div class='indented'>{replies}</div>")
    return f"<section class='comments'>{inner}</section>"


def hacker_news(mark):
    rows = ""
    for (name, words), depth in zip(WORDS.items(), (0, 1, 2, 1), strict=True):
        rows += (
            f"<tr class='athing comtr'><td><table><tr>{mark(depth)}<td class='votelinks'></td>"
            f"<td class='default'><div><span class='comhead'><a class='hnuser'>{name}</a> "
            f"<span class='age'><a>2 hours ago</a></span></span></div><br><div class='comment'>"
            f"<div class='commtext'>{words}</div></div></td></tr></table></td></tr>"
        )
    return f"<table class='comment-tree'>{rows}</table>"


PAGES = {
    "wordpress": wordpress(),
    "microdata": microdata(),
    "old reddit": old_reddit(),
    "disqus": disqus(),
    "drupal": drupal(),
    "hacker news": hacker_news(lambda depth: f"<td class='ind' indent='{depth}'><img></td>"),
    "hacker news before": hacker_news(
        lambda depth: f"<td class='ind'><img src='s.gif' height='1' width='{depth * 40}'></td>"
    ),
    "data-parent-id": flat(
        (f"data-id='{n}' data-parent-id='{parent}'",)
        for n, parent in ((11, ""), (12, 11), (13, 12), (14, 11))
    ),
    "data-parent": flat(
        (f"id='comment-{n}' data-parent='{parent}'",)
        for n, parent in ((11, 0), (12, "comment-11"), (13, 12), (14, 11))
    ),
    "in reply to a name": flat(
        ("", f"<span>in reply to <a href='#'>{to}</a></span>" if to else "") for _, to in THREAD
    ),
    "replied to a name": flat(
        ("", f"<em>replied to {to}</em>" if to else "") for _, to in THREAD
    ),
    "in German": flat(("", f"<em>antwortete {to}</em>" if to else "") for _, to in THREAD),
    "in reply to a number": flat(
        (f"id='c{n}'", f"<a href='#c{to}'>In reply to #{to}</a>" if to else "")
        for n, to in ((1, 0), (2, 1), (3, 2), (4, 1))
    ),
    "level in the class": flat(
        (f"data-x='' class='comment level-{n}'",) for n in (1, 2, 3, 2)
    ).replace("class='comment' data-x='' ", ""),
    "data-depth": flat((f"data-depth='{n}'",) for n in (0, 1, 2, 1)),
    "margin": flat((f"style='margin-left: {n}px'",) for n in (0, 20, 40, 20)),
}  # fmt: skip


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_whom_a_comment_answers(page):
    assert replies(page) == THREAD


@pytest.mark.parametrize(
    "described",
    [
        [("",)] * 4,
        [("data-parent-id='99'",)] * 4,
        [("id='c1' data-parent='1'",), ("",), ("",), ("",)],
        [("style='margin-left: 10px'",)] * 4,
        [("data-depth='0'",), ("",), ("data-depth='1'",), ("",)],
        [("", "<a href='#comments'>Reply</a>")] * 4,
        [("", "<a href='#c1'>in reply to #999</a>")] * 4,
    ],
)
def test_nobody_is_answered(described):
    assert replies(flat(described)) == [(name, None) for name in WORDS]


def test_a_form_for_a_comment_is_nobody_s_words():
    form = "<form><p>Write here<textarea class='comment-text'></textarea></p></form>"
    assert replies(flat([("",)] * 4).replace("</time>", f"</time>{form}")) == [
        (name, None) for name in WORDS
    ]
