"""The HTML reader on small pages of our own, in the markup of common systems."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import ReadError
from index.readers.html import read_html
from index.readers.text_builder import TextBuilder
from index.types import Block, Document, Kind

LONG = (
    "The old harbour was rebuilt in stone after the storm had taken the wooden piers, and the "
    "masons who came for the work stayed in the town, where their names are still common today."
)
MORE = (
    "A second wall was added forty years later, when the ships had grown and the sand was moving; "
    "it is the one that visitors walk on, and from its end the whole of the bay can be seen."
)
ARTICLE = f"<article><h1>The harbour</h1><p>{LONG}</p><p>{MORE}</p></article>"


def page(body: str, head: str = "<title>The harbour</title>") -> bytes:
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>".encode()


def read(body: str, head: str = "<title>The harbour</title>") -> Document:
    return read_html(page(body, head), "page.html")


def texts(document: Document, *kinds: Kind) -> list[str]:
    return [
        document.text[block.start : block.end] for block in document.blocks if block.kind in kinds
    ]


def comments(document: Document) -> list[tuple[str, str | None, str | None]]:
    return [
        (document.text[block.start : block.end], block.author, block.reply_to)
        for block in document.blocks
        if block.kind is Kind.COMMENT
    ]


def body_of(document: Document) -> str:
    return "\n".join(texts(document, *(set(Kind) - {Kind.COMMENT})))


# Main text


def test_article_becomes_typed_blocks() -> None:
    document = read(
        f"<nav><a href='/'>Home</a> <a href='/news'>News</a></nav><article><h1>The harbour</h1>"
        f"<p>{LONG}</p><h2>The second wall</h2><p>{MORE}</p>"
        "<ul><li>stone from the north</li><li>lime from the south</li></ul></article>"
        "<footer>All rights reserved</footer>"
    )
    assert document.title == "The harbour"
    assert texts(document, Kind.TITLE) == ["The harbour"]
    heading = next(block for block in document.blocks if block.kind is Kind.HEADING)
    assert document.text[heading.start : heading.end] == "The second wall"
    assert heading.level == 2
    assert texts(document, Kind.PARAGRAPH) == [
        LONG,
        MORE,
        "stone from the north\nlime from the south",
    ]
    assert "Home" not in document.text


def test_long_list_is_a_block_per_item() -> None:
    items = [f"Stone number {n}: {MORE}" for n in range(6)]
    listed = "".join(f"<li>{item}</li>" for item in items)
    document = read(f"<article><h1>The harbour</h1><p>{LONG}</p><ul>{listed}</ul></article>")
    assert texts(document, Kind.PARAGRAPH)[1:] == items


def test_table_row_is_a_paragraph_of_cells() -> None:
    document = read(
        f"<article><h1>The harbour</h1><p>{LONG}</p><table><tr><th>Wall</th><th>Year</th></tr>"
        f"<tr><td>First</td><td>1742</td></tr></table><p>{MORE}</p></article>"
    )
    assert texts(document, Kind.PARAGRAPH) == [LONG, "Wall: First | Year: 1742", MORE]


@pytest.mark.parametrize("cell", ["th", "td"])
def test_each_cell_stands_behind_its_columns_name(cell: str) -> None:
    document = read(
        f"<article><h1>The harbour</h1><p>{LONG}</p><table><caption>The walls, by age</caption>"
        f"<thead><tr><{cell}>Wall</{cell}><{cell}>Year:</{cell}></tr></thead>"
        "<tbody><tr><td>First</td><td>1742</td></tr><tr><td>Second</td><td></td></tr>"
        f"<tr><td>Third</td><td>1811</td></tr></tbody></table><p>{MORE}</p></article>"
    )
    assert texts(document, Kind.PARAGRAPH) == [
        LONG,
        "The walls, by age\nWall: First | Year: 1742",
        "Wall: Second",
        "Wall: Third | Year: 1811",
        MORE,
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            "<tr><th>Built</th><td>1742</td></tr><tr><th>Stone</th><td>granite</td></tr>",
            ["Built | 1742", "Stone | granite"],
        ),
        (
            "<tr><th></th><th>1811</th><th>1812</th></tr><tr><th>Ships</th><td>41</td><td>38</td></tr>",
            ["Ships | 1811: 41 | 1812: 38"],
        ),
        (
            "<tr><td>Ships</td><td>41</td></tr><tr><td>Boats</td><td>9</td></tr>",
            ["Ships | 41", "Boats | 9"],
        ),
        ("<tr><th>Wall</th><th>Year</th></tr>", ["Wall | Year"]),
        (
            "<tr><th>Source</th><th>Photo</th></tr><tr><td>Tolls</td><td>9</td></tr>",
            ["Source: Tolls | Photo: 9"],
        ),
    ],
)
def test_tables_of_other_shapes(rows: str, expected: list[str]) -> None:
    document = read(
        f"<article><h1>The harbour</h1><p>{LONG}</p><table>{rows}</table><p>{MORE}</p></article>"
    )
    assert texts(document, Kind.PARAGRAPH) == [LONG, *expected, MORE]


def test_a_caption_stands_without_its_credit() -> None:
    document = read(
        f"<article><h1>The harbour</h1><p>{LONG}</p><figure><img src='a.jpg'><figcaption>The pier at low tide, "
        f"before the storm. Photo: Ann Olsen</figcaption></figure><p>{MORE}</p></article>"
    )
    assert texts(document, Kind.CAPTION) == ["The pier at low tide, before the storm."]
    assert texts(document, Kind.CREDIT) == ["Photo: Ann Olsen"]


def test_long_lines_are_paragraphs_and_short_ones_stay_together() -> None:
    poem = "The sea was low<br>the pier was dry<br>the gulls were few"
    document = read(
        f"<article><h1>The harbour</h1><p>{LONG}<br>{MORE}<br>{LONG[::-1]}</p><p>{poem}</p></article>"
    )
    assert texts(document, Kind.PARAGRAPH) == [LONG, MORE, LONG[::-1], poem.replace("<br>", "\n")]


def test_layout_table_gives_its_paragraphs() -> None:
    document = read(
        f"<table><tr><td><p>{LONG}</p><p>{MORE}</p><p>{LONG[::-1]}</p><p>{MORE[::-1]}</p></td></tr></table>"
    )
    assert texts(document, Kind.PARAGRAPH) == [LONG, MORE, LONG[::-1], MORE[::-1]]


def test_request_to_log_in_is_boilerplate() -> None:
    document = read(
        f"<article><h1>The harbour</h1><p>{LONG}</p><p>{MORE}</p>"
        "<p>You must be logged in to post a comment.</p></article>"
    )
    assert "You must be logged in to post a comment." not in texts(document, Kind.PARAGRAPH)


def test_quote_and_preformatted_text_are_kept() -> None:
    document = read(
        f"<article><h1>The harbour</h1><p>{LONG}</p><blockquote><p>It stood through every winter "
        f"since.</p></blockquote><pre>wall  1742\nwall  1782</pre><p>{MORE}</p></article>"
    )
    assert "It stood through every winter since." in texts(document, Kind.PARAGRAPH)
    assert any("1742" in text and "1782" in text for text in texts(document, Kind.PARAGRAPH))


@pytest.mark.parametrize(
    "figure",
    [
        "<figure><img src='a.jpg'><figcaption>The pier at low tide</figcaption></figure>",
        "<div class='wp-caption'><img src='a.jpg'><p class='wp-caption-text'>The pier at low tide</p></div>",
        "<table class='tr-caption-container'><tr><td><img src='a.jpg'></td></tr>"
        "<tr><td class='tr-caption'>The pier at low tide</td></tr></table>",
    ],
)
def test_caption_stands_where_its_picture_is(figure: str) -> None:
    document = read(f"<article><h1>The harbour</h1><p>{LONG}</p>{figure}<p>{MORE}</p></article>")
    kinds = [
        (block.kind, document.text[block.start : block.end])
        for block in document.blocks
        if block.kind in {Kind.PARAGRAPH, Kind.CAPTION}
    ]
    assert kinds == [
        (Kind.PARAGRAPH, LONG),
        (Kind.CAPTION, "The pier at low tide"),
        (Kind.PARAGRAPH, MORE),
    ]


def test_picture_credit_and_repeated_caption_are_not_captions() -> None:
    figure = "<figure><img src='a.jpg'><figcaption>The pier at low tide</figcaption></figure>"
    credit = "<figure><img src='b.jpg'><figcaption>Photo: A. Mason</figcaption></figure>"
    document = read(
        f"<article><h1>The harbour</h1>{figure}<p>{LONG}</p>{credit}<p>{MORE}</p>{figure}</article>"
    )
    assert texts(document, Kind.CAPTION) == ["The pier at low tide"]
    assert texts(document, Kind.CREDIT) == ["Photo: A. Mason"]


def test_metadata_gives_title_author_and_date() -> None:
    head = (
        "<title>The harbour | Town news</title><meta property='og:title' content='The harbour'>"
        "<meta name='author' content='Ada Mason'>"
        "<meta property='article:published_time' content='2021-03-04T10:00:00Z'>"
    )
    document = read(ARTICLE, head)
    assert (document.title, document.author, document.date) == (
        "The harbour",
        "Ada Mason",
        "2021-03-04",
    )
    assert texts(document, Kind.BYLINE) == ["Ada Mason"]
    assert texts(document, Kind.DATE) == ["2021-03-04"]


def test_scripts_styles_and_templates_are_dropped() -> None:
    document = read(
        f"<script>var secret = 'alpha';</script><style>.beta {{}}</style>{ARTICLE}"
        "<template>gamma</template><noscript>delta</noscript>"
        "<div id='cookie-banner'>We use cookies epsilon</div>"
    )
    for word in ("alpha", "beta", "gamma", "delta", "epsilon"):
        assert word not in document.text


def test_page_without_an_article_falls_back_to_its_body() -> None:
    document = read("<div>Closed on Mondays.</div><div>Open from nine to five.</div>", "")
    assert "Closed on Mondays." in document.text
    assert document.title


def test_heading_called_discussion_is_no_heading_of_comments() -> None:
    document = read(
        f"<article><h1>The harbour</h1><p>{LONG}</p><h2>Discussion</h2><p>{MORE}</p>"
        "<p>On 5 May 1782, <a href='/x'>the mason</a> wrote that it was done.</p></article>"
    )
    assert comments(document) == []
    assert MORE in texts(document, Kind.PARAGRAPH)


def test_opinion_piece_is_the_article() -> None:
    document = read(
        f"<h1>The harbour</h1><article class='kommentar'><span class='author'>Ada</span>"
        f"<time>4.3.2021</time><p>{LONG}</p><p>{MORE}</p></article>"
    )
    assert comments(document) == []
    assert LONG in texts(document, Kind.PARAGRAPH)


# Comments

WORDPRESS = """
<div id="comments" class="comments-area"><h2>3 thoughts on “The harbour”</h2><ol class="comment-list">
<li id="comment-1" class="comment even depth-1"><article id="div-comment-1" class="comment-body">
<footer class="comment-meta"><div class="comment-author vcard"><img class="avatar" src="a.png">
<b class="fn">Berta</b> <span class="says">says:</span></div><div class="comment-metadata">
<a href="#comment-1"><time datetime="2021-03-05T09:00:00">March 5, 2021 at 9:00 am</time></a></div></footer>
<div class="comment-content"><p>I have walked there every summer.</p><p>The light is best at six.</p></div>
<div class="reply"><a rel="nofollow" class="comment-reply-link" href="#">Reply</a></div></article>
<ol class="children"><li id="comment-2" class="comment depth-2"><article class="comment-body" id="div-comment-2">
<footer class="comment-meta"><div class="comment-author vcard"><b class="fn">Carl</b></div>
<div class="comment-metadata"><time>March 6, 2021</time></div></footer>
<div class="comment-content"><p>At seven in the autumn.</p></div></article></li></ol></li>
<li id="comment-3" class="comment depth-1"><article id="div-comment-3" class="comment-body">
<footer class="comment-meta"><div class="comment-author vcard"><b class="fn">Dora</b></div>
<div class="comment-metadata"><time>March 7, 2021</time></div></footer>
<div class="comment-content"><p>Is it open in winter?</p></div></article></li></ol>
<div id="respond"><h3>Leave a Reply</h3><form><p>Your email address will not be published.</p>
<label>Comment</label><textarea></textarea></form></div></div>
"""


def test_wordpress_thread() -> None:
    document = read(ARTICLE + WORDPRESS)
    assert comments(document) == [
        ("I have walked there every summer.\n\nThe light is best at six.", "Berta", None),
        ("At seven in the autumn.", "Carl", "Berta"),
        ("Is it open in winter?", "Dora", None),
    ]
    first = next(block for block in document.blocks if block.kind is Kind.COMMENT)
    assert first.date == "March 5, 2021 at 9:00 am"
    body = body_of(document)
    assert LONG in body
    assert "walked there" not in body
    assert "email address" not in document.text


@pytest.mark.parametrize(
    ("system", "markup"),
    [
        (
            "old WordPress",
            "<ol class='commentlist'><li class='alt' id='comment-7'><cite><a href='/b'>Berta</a></cite>"
            " Says:<br><small class='commentmetadata'>March 5th, 2021 at 9:00</small>"
            "<p>I have walked there every summer.</p></li></ol>",
        ),
        (
            "Blogger",
            "<div class='comments' id='comments'><h4>1 comment:</h4><ol><li class='comment' id='c1'>"
            "<div class='comment-block'><div class='comment-header'><cite class='user'>Berta</cite>"
            "<span class='datetime'>5 March 2021 at 09:00</span></div><p class='comment-content'>"
            "I have walked there every summer.</p><span class='comment-actions'><a>Reply</a></span>"
            "</div></li></ol></div>",
        ),
        (
            "Disqus",
            "<div id='disqus_thread'><ul class='post-list'><li class='post'><div class='post-body'>"
            "<header><span class='author'>Berta</span> <a class='time-ago'>2 years ago</a></header>"
            "<div class='post-message'><p>I have walked there every summer.</p></div>"
            "<footer><a>Reply</a> <a>Share</a></footer></div></li></ul></div>",
        ),
        (
            "Drupal",
            "<div id='comments' class='comment-wrapper'><h2>Comments</h2><div class='comment odd'>"
            "<div class='submitted'>Submitted by <span class='username'>Berta</span> on 03/05/2021 - 09:00"
            "</div><div class='content'><p>I have walked there every summer.</p></div>"
            "<ul class='links'><li class='comment-reply'><a>reply</a></li></ul></div></div>",
        ),
        (
            "microdata",
            "<section><div itemprop='comment' itemscope itemtype='https://schema.org/Comment'>"
            "<span itemprop='author' itemscope><span itemprop='name'>Berta</span></span>"
            "<time itemprop='dateCreated' datetime='2021-03-05'>5 March 2021</time>"
            "<div itemprop='text'>I have walked there every summer.</div></div></section>",
        ),
        (
            "German news",
            "<div class='kommentare'><div class='rubrik'>Kommentare</div><div class='kommentar-item'>"
            "<div class='kommentar-info'><div class='benutzer'>Berta</div><div class='datum'>05.03.2021, "
            "9.00 Uhr</div></div><div class='kommentar-text'>I have walked there every summer.</div>"
            "<div class='vote'>4 2</div></div></div>",
        ),
        (
            "French news",
            "<section class='commentaires'><h3>1 commentaire</h3><article class='commentaire'>"
            "<p class='auteur'>Par Berta</p><p class='date'>le 5 mars 2021 à 9h00</p>"
            "<p class='commentaire-texte'>I have walked there every summer.</p>"
            "<a>Répondre</a> <a>Signaler</a></article></section>",
        ),
        (
            "definition list",
            "<div id='comments'><dl id='comment_list'><dt class='comment'><span class='comment_author'>"
            "Berta</span> <span class='comment_time'>March 5, 2021</span></dt><dd class='comment'>"
            "<p>I have walked there every summer.</p></dd></dl></div>",
        ),
        (
            "heading only",
            "<div class='bar'>Kommentare</div><div><h3>#1 Kommentar von Berta</h3>5. März 2021, 09:00"
            "<p>I have walked there every summer.</p></div>",
        ),
        (
            "agency style",
            "<div class='comments'><div class='comment'><p>I have walked there every summer.</p>"
            "<p>Posted by Berta | Report as abusive</p></div></div>",
        ),
        (
            "shop",
            "<div class='reviews'><h3>Customer reviews</h3><blockquote class='review'><small>Berta am "
            "5.3.2021</small><p class='review-text'>I have walked there every summer.</p></blockquote></div>",
        ),
        (
            "utility classes",
            "<div id='comments-section'><div class='p-4 m-2'><a href='/user/berta'>Berta</a>"
            " <time>5 March 2021</time><div class='mt-2'>I have walked there every summer.</div>"
            "<button>Like</button></div></div>",
        ),
    ],
)
def test_one_comment_of_many_systems(system: str, markup: str) -> None:
    document = read(ARTICLE + markup)
    found = comments(document)
    assert found == [("I have walked there every summer.", "Berta", None)], system
    assert LONG in body_of(document)
    assert "walked" not in body_of(document)


def test_question_with_answers() -> None:
    document = read(
        f"<div class='question' id='question'><h1>How old is the wall?</h1><div class='post-layout'>"
        f"<div class='s-prose'><p>{LONG}</p></div></div></div><div id='answers'>"
        f"<div class='answer' id='answer-1'><div class='s-prose' itemprop='text'><p>{MORE}</p></div>"
        "<div class='user-details' itemprop='author'><a href='/users/1/berta'>Berta</a>"
        "<span class='reputation-score'>7,104</span></div><div id='comments-1' class='comments'>"
        "<ul class='comments-list'><li class='comment' id='comment-9'><span class='comment-copy'>Really "
        "forty?</span> <a class='comment-user'>Carl</a> <span class='comment-date'>Mar 5, 2021</span>"
        "</li></ul></div></div></div>"
    )
    assert comments(document) == [(MORE, "Berta", None), ("Really forty?", "Carl", "Berta")]
    assert LONG in body_of(document)


def test_first_post_of_a_forum_is_the_text() -> None:
    def post(number: int, name: str, words: str) -> str:
        return (
            f"<article class='message message--post' id='post-{number}'><h4 class='message-name'>"
            f"<a class='username'>{name}</a></h4><time>Mar {number}, 2021</time>"
            f"<div class='message-body'><div class='bbWrapper'>{words}</div></div></article>"
        )

    document = read(
        "<div class='block thread-view'><h1>The harbour</h1>"
        + post(1, "Ada", f"{LONG} {MORE}")
        + post(2, "Berta", "I have walked there every summer.")
        + post(3, "Carl", "At seven in the autumn.")
        + "</div>"
    )
    assert comments(document) == [
        ("I have walked there every summer.", "Berta", None),
        ("At seven in the autumn.", "Carl", None),
    ]
    assert LONG in body_of(document)


def test_replies_after_their_comment_and_in_reply_to() -> None:
    def comment(name: str, words: str) -> str:
        return (
            f"<div class='comment'><a class='author'>{name}</a> <time>5 March 2021</time>"
            f"<div class='comment-text'>{words}</div></div>"
        )

    document = read(
        f"{ARTICLE}<div id='comments'>{comment('Berta', 'I have walked there.')}"
        f"<div class='comment-replies'>{comment('Carl', 'So have I.')}</div>"
        f"{comment('Dora', '<p>In reply to Carl</p><p>Me too, in the snow.</p>')}</div>"
    )
    assert comments(document) == [
        ("I have walked there.", "Berta", None),
        ("So have I.", "Carl", "Berta"),
        ("Me too, in the snow.", "Dora", "Carl"),
    ]


def test_json_ld_comments() -> None:
    data = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": "The harbour",
        "comment": [
            {
                "@type": "Comment",
                "text": "I have walked there &amp; <b>swum</b> there.",
                "author": {"@type": "Person", "name": "Berta"},
                "dateCreated": "2021-03-05",
                "comment": {"@type": "Comment", "text": "So have I.", "author": "Carl"},
            }
        ],
    }
    script = f"<script type='application/ld+json'>{json.dumps(data)}</script>"
    assert comments(read(script + ARTICLE)) == [
        ("I have walked there & swum there.", "Berta", None),
        ("So have I.", "Carl", "Berta"),
    ]


def test_latest_comments_of_a_side_bar_are_nobodys() -> None:
    document = read(
        f"<main>{ARTICLE}</main><div class='sidebar'><h3>Recent comments</h3><ul class='widget'>"
        "<li class='comment'><span class='author'>Zoe</span> 5.3.2021 <p>On another page.</p></li>"
        "</ul></div>"
    )
    assert comments(document) == []
    assert "another page" not in document.text


def test_list_of_links_to_comments_is_nobodys() -> None:
    document = read(
        f"{ARTICLE}<ul><li class='kommentar'><a href='/1'>On another page</a></li>"
        "<li class='kommentar'><a href='/2'>And one more</a></li></ul>"
    )
    assert comments(document) == []


# Encodings


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("cp1252", "windows-1252"), ("cp1252", "iso-8859-1"), ("koi8-r", "koi8-r")],
)
def test_declared_encoding(encoding: str, declared: str) -> None:
    word = "Гавань" if encoding == "koi8-r" else "Hafenmauer für 3 €"
    data = f"<html><head><meta charset={declared}></head><body><p>{word} {LONG}</p></body></html>"
    assert word in read_html(data.encode(encoding), "page.html").text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_unicode_encodings(encoding: str) -> None:
    data = f"<html><body><p>Hafenmauer für 3 € {LONG}</p></body></html>".encode(encoding)
    assert "Hafenmauer für 3 €" in read_html(data, "page.html").text


@pytest.mark.parametrize("declared", ["no-such-encoding", "utf-16", "utf-8"])
def test_wrong_declaration_is_survived(declared: str) -> None:
    text = f"<html><head><meta charset={declared}></head><body><p>Für {LONG}</p></body></html>"
    assert "harbour was rebuilt" in read_html(text.encode("cp1252"), "page.html").text


# What is no page


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n\t ",
        b"\xef\xbb\xbf",
        b"<html><head></head><body></body></html>",
        b"<html><body><script>var a = 1;</script></body></html>",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        b"just words, no markup",
        b"<!-- nothing -->",
    ],
)
def test_unreadable_files(data: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        read_html(data, "page.html")
    assert caught.value.path == "page.html"
    assert caught.value.reason


def test_deep_nesting_is_read() -> None:
    depth = 20_000
    document = read(
        "<div>" * depth + f"<h2>Deep</h2><p>{LONG}</p>" + "</div>" * depth + f"<p>{MORE}</p>"
    )
    assert LONG in document.text
    assert MORE in document.text


def test_entities_are_not_expanded() -> None:
    data = (
        "<?xml version='1.0'?><!DOCTYPE html [<!ENTITY a 'ha'>"
        + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
        + f"<!ENTITY x SYSTEM 'file:///etc/passwd'>]><html><body><p>{LONG} &a9; &x;</p></body></html>"
    )
    document = read_html(data.encode(), "page.html")
    assert len(document.text) < 2000
    assert "root:" not in document.text


def test_page_of_many_comments_is_read_in_time() -> None:
    one = (
        "<li class='comment' id='comment-{n}'><span class='author'>Reader {n}</span>"
        "<time>5 March 2021</time><p>Remark number {n}.</p></li>"
    )
    listed = "".join(one.replace("{n}", str(n)) for n in range(2000))
    begin = time.perf_counter()
    document = read(f"{ARTICLE}<ol class='comment-list'>{listed}</ol>")
    assert len(comments(document)) == 2000
    assert time.perf_counter() - begin < 30


# Offsets


def test_builder_counts_offsets() -> None:
    builder = TextBuilder()
    builder.add(Kind.TITLE, " One ")
    builder.add(Kind.PARAGRAPH, "  ")
    builder.add(Kind.PARAGRAPH, "Two\n\nthree", author="Ada")
    assert builder.text == "One\n\nTwo\n\nthree"
    assert builder.blocks == [Block(Kind.TITLE, 0, 3), Block(Kind.PARAGRAPH, 5, 15, "Ada")]


TAGS = st.sampled_from(
    [
        "div",
        "p",
        "li",
        "ul",
        "h2",
        "table",
        "tr",
        "td",
        "figure",
        "figcaption",
        "blockquote",
        "br",
        "time",
        "cite",
        "form",
        "span",
        "a",
        "dl",
        "dt",
        "section",
        "article",
        "script",
        "pre",
    ]
)
CLASSES = st.sampled_from(
    [
        "none",
        "comment",
        "comments",
        "comment-list",
        "comment-body",
        "author",
        "date",
        "reply",
        "children",
        "post",
        "thread",
        "wp-caption-text",
        "widget",
        "content",
        "review",
        "answer",
    ]
)
WORDS = st.sampled_from(
    ["A few words.", "5 March 2021", "Ada says:", "3 comments", "Reply", "\x00¤&amp;&#55296;", LONG]
)


def element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda tag, name, inside: f"<{tag} class='{name}' id='{name}-1'>{''.join(inside)}</{tag}>",
        TAGS,
        CLASSES,
        st.lists(inner, max_size=4),
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(st.recursive(WORDS, element, max_leaves=25), max_size=4).map("".join))
def test_any_markup_gives_exact_blocks_or_an_error(markup: str) -> None:
    try:
        document = read(markup, "")
    except ReadError:
        return
    end = 0
    for block in document.blocks:
        piece = document.text[block.start : block.end]
        assert piece == piece.strip()
        assert piece
        assert document.text[end : block.start] == ("\n\n" if end else "")
        end = block.end
    assert end == len(document.text)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_document_or_an_error(data: bytes) -> None:
    try:
        document = read_html(data, "page.html")
    except ReadError:
        return
    assert document.blocks
