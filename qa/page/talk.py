"""The conversation: questions and their answers, with links to the passages."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from index.types import Document
from qa.answer import Answer, Basis, Citation, speaker
from qa.citing import said
from qa.feedback import MOST_NOTE, VERDICTS, WRONG
from qa.page.head import welcome
from qa.page.markup import anchor, clipped, escape, inline, marked_text, sentence
from qa.page.turn import Turn, link_to
from qa.quotes import joined
from qa.render import NEAREST, exact_words, nearest_words


def conversation(
    turns: Sequence[Turn],
    documents: Sequence[Document] = (),
    examples: Sequence[str] = (),
    *,
    loaded: bool = True,
) -> str:
    """The questions and answers so far; what there is to ask about when there are none.

    The passages of the turn that is selected are meant to stand beside it (``evidence``).

    Args:
        turns: the conversation.
        documents: what can be asked.
        examples: questions that fit them.
        loaded: whether the documents can be asked yet.
    """
    if not turns:
        return f'<div class="qa talk empty">{welcome(documents, examples)}</div>'
    items = "".join(_turn(turn, number, loaded) for number, turn in enumerate(turns, 1))
    return f'<div class="qa talk" role="log"><ol class="turns">{items}</ol></div>'


def linked(answer: Answer, turn: int) -> str:
    """The answer's text: whose words, the words, and a link to the passage that they are from.

    It is built from the citations, as the text is, so that a ``[n]`` within quoted words, which is
    the document's own, stays text. Words are marked where the sentence has more of them.
    """
    if not answer.citations:
        return "<br>".join(map(escape, answer.text.splitlines()))
    parts = [escape(answer.lead)] if answer.lead else []
    parts += [_said(before, cited, turn) for before, cited in said(answer.citations, answer.basis)]
    return " ".join(parts)


def _said(before: str, citations: Sequence[Citation], turn: int) -> str:
    """What is quoted from one passage."""
    first = citations[0]
    text = first.passage.document.text
    cited = clipped(((each.start, each.end) for each in citations), 0, len(text))
    sentences = []
    for start, end in joined((each.context_start, each.context_end) for each in citations):
        some = [span for span in cited if span != (start, end)]
        sentences.append(re.sub(r"\s+", " ", marked_text(text, start, end, some)))
    words = " ".join(sentences)
    lead = f"{inline(before.rstrip())} " if before else ""
    return f"{lead}<bdi>{words}</bdi> {_link(first, turn)}"


def _turn(turn: Turn, number: int, loaded: bool) -> str:
    if turn.answer is not None:
        after = f'<div class="after">{_actions(turn, number)}{_judge(turn, number)}</div>'
        body = _answer(turn.answer, number) + after
    elif turn.message is not None:
        body = f'<p class="message">{escape(sentence(turn.message))}</p>' + _actions(turn, number)
    else:
        doing = _STAGES.get(turn.stage, "Waiting…") if loaded else _NOT_LOADED
        body = (
            f'<div class="waiting"><p role="status">{doing}</p>'
            '<button type="button" data-do="stop">Stop</button></div>'
        )
    return (
        f'<li><div class="question"><p>{escape(turn.question)}</p></div>'
        f"{_understood(turn, number)}{_narrowed(turn, number)}"
        f'<div class="answer">{body}</div></li>'
    )


_NOT_LOADED = "Waiting until the documents are loaded…"
_STAGES = {
    "search": "Searching the documents…",
    "read": "Reading what was found…",
    "choose": "Choosing the words…",
}


def _actions(turn: Turn, number: int) -> str:
    """What can be done with a question and its answer."""
    copied = f"{turn.question}\n\n{turn.answer}" if turn.answer is not None else turn.question
    passages = (
        f'<button type="button" data-do="show" data-sheet data-turn="{number}">Passages</button> '
        if turn.answer is not None and turn.answer.hits
        else ""
    )
    return (
        f'<p class="actions">{passages}'
        f'<button type="button" data-copy="{escape(copied)}">Copy</button>'
        f' <button type="button" data-link="{escape(link_to(turn))}">Copy link</button>'
        f' <button type="button" data-do="again" data-turn="{number}">Ask again</button>'
        f' <button type="button" data-do="change" data-turn="{number}"'
        f' data-put="{escape(turn.question)}">Change</button></p>'
    )


def _judge(turn: Turn, number: int) -> str:
    """Right or wrong? And what a visitor wants to add, once that is said."""
    if turn.answer is None or turn.answer.basis is Basis.TALK:
        return ""
    buttons = "".join(
        f'<button type="button" data-do="judge" data-verdict="{verdict}" data-turn="{number}"'
        f' aria-pressed="{str(turn.verdict == verdict).lower()}">{verdict}</button>'
        for verdict in VERDICTS
    )
    if not turn.verdict:
        return f'<div class="judge"><p>Is this right? {buttons}</p></div>'
    which = ""
    if turn.verdict == WRONG and turn.answer.hits:
        which = "<p>Which passage is right? Open it and say so.</p>"
    return (
        f'<div class="judge"><p>Kept, thank you. {buttons}</p>{which}'
        f'<p><input type="text" aria-label="Your note" maxlength="{MOST_NOTE}" placeholder="A note, if you like">'
        f' <button type="button" data-do="judge" data-note data-turn="{number}">Add the note</button>'
        "</p></div>"
    )


def _narrowed(turn: Turn, number: int) -> str:
    """Whose words alone were searched because the question named them: one click takes that back."""
    if turn.answer is None or not turn.answer.narrowed:
        return ""
    name, value = next(iter(turn.answer.narrowed.items()))
    shown = _KINDS.get(value, value) if name == "kind" else value
    return (
        f'<p class="chips"><button type="button" class="chip" data-do="widen" data-turn="{number}"'
        f' aria-label="only {escape(shown)}: search everything instead">only {inline(shown)}'
        ' <span aria-hidden="true">×</span></button></p>'
    )


_KINDS = {"comment": "comments", "caption": "captions", "paragraph": "the article"}


def _understood(turn: Turn, number: int) -> str:
    """How a follow-up was understood; one click puts it into the box, to be changed."""
    if turn.answer is None or not turn.answer.understood:
        return ""
    full = turn.answer.understood
    return (
        f'<p class="understood">Understood as: {inline(full)}'
        f' <button type="button" data-do="change" data-turn="{number}"'
        f' data-put="{escape(full)}">edit</button></p>'
    )


def _answer(answer: Answer, turn: int) -> str:
    text = f'<p class="words">{linked(answer, turn)}</p>'
    if answer.abstained:
        return text + _nearest(answer, turn)
    words = exact_words(answer)
    exact = f'<p class="exact">{inline(words)}</p>' if words else ""
    note = f'<p class="note">{escape(answer.note)}</p>' if answer.note else ""
    sources = {citation.number: citation for citation in answer.citations}
    items = "".join(
        f"<li>{_link(citation, turn)} {inline(citation.speaker)}, in"
        f" <cite>{inline(citation.passage.document.title)}</cite>{_where(citation)}</li>"
        for citation in sources.values()
    )
    sure = (
        '<p class="sure" title="How likely it is that this answer is right, from 0 to 1">'
        f"sure {answer.confidence:.2f}</p>"
    )
    if answer.basis is not Basis.PASSAGES:
        sure = ""
    sources_and_sure = f'<div class="sources"><ul>{items}</ul>{sure}</div>' if items else ""
    return f"{exact}{text}{note}{sources_and_sure}"


def _nearest(answer: Answer, turn: int) -> str:
    """What is near the question, in small: it is no answer."""
    items = "".join(
        f'<li><a href="#{anchor(hit.passage, turn)}" data-do="show" data-turn="{turn}">{inline(speaker(hit.passage))}</a>:'
        f" {inline(textwrap.shorten(hit.passage.text, 100, placeholder=' …'))}</li>"
        for hit in answer.hits[:NEAREST]
    )
    words = nearest_words(answer)
    if not items and not words:
        return ""
    shown = f"<p>Nearest: {inline(words)}</p>" if words else "<p>Nearest:</p>"
    return f'<div class="sources nearest">{shown}<ul>{items}</ul></div>'


def _where(citation: Citation) -> str:
    locator = citation.passage.locator
    return f", {inline(locator)}" if locator else ""


def _link(citation: Citation, turn: int) -> str:
    target = anchor(citation.passage, turn)
    return (
        f'<a class="cite" href="#{target}" data-do="show" data-turn="{turn}"'
        f' aria-label="citation {citation.number}">{citation.number}</a>'
    )
