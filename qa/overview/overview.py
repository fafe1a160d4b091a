"""Answers about documents as a whole: counted, listed, or put together of sentences that cover them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from index.index import Index
from index.types import PASSAGE_KINDS, Document, Filter, Kind
from qa.answer import Answer, Basis
from qa.citing import cite, quoted_text
from qa.overview.requests import OverviewRequest, Wanted, overview_request
from qa.overview.scope import Scope, scope_of, without_title
from qa.overview.summary import summarise
from qa.quotes import Quote, sentence

SENTENCES = 4
"""Of a summary of one document, or of its comments."""
DOCUMENTS = 8
"""How many documents a summary of several has a sentence of."""
NAMED = 30
"""How many readers or sections a list has at most."""
STANCES = 3
"""How many comments are shown for what readers think as a whole."""
_COUNTED = "Counted in how the documents are built, not read from single passages."
_STANCE = "I agree with this article, it is right. I disagree, I don't believe it, it is wrong."
"""The comments nearest to it say what their authors think of the article."""


def answer_overview(question: str, index: Index, only: Filter) -> Answer | None:
    """Answer a question about the whole; None for one about the contents, or that nothing can count.

    Args:
        question: in words.
        index: what it is about.
        only: which passages count.

    Raises:
        ArgumentError: a kind, author or document that is not there.
    """
    plain, named = without_title(question, index)
    request = overview_request(plain)
    if request is None:
        return None
    if named is not None and only.document is None:
        only = replace(only, document=named.id)
    scope = scope_of(question, index, only)
    made = _MAKERS[request.wanted](request, scope, index)
    return None if made is None else replace(made, question=question)


# -- summaries ------------------------------------------------------------------------------------


def _summary(request: OverviewRequest, scope: Scope, index: Index) -> Answer | None:
    named = (request.kind,) if request.kind else scope.only.kinds or (Kind.PARAGRAPH,)
    kinds: Collection[str] = (named,) if isinstance(named, str) else named
    if not scope.passages(kinds) and request.kind is None:
        kinds = PASSAGE_KINDS
    passages, count = scope.passages_by_document(kinds, DOCUMENTS)
    if not passages:
        return None if not request.kind else _said(f"There are no {_plural(request.kind)} here.")
    each = max(1, -(-SENTENCES // count)) if count > 1 else SENTENCES
    lead = Kind.PARAGRAPH in kinds
    quotes: list[Quote] = []
    for own in passages:
        quotes += summarise(own, index.vectors_of(own), index.embedder, count=each, lead=lead)
    note = (
        f"Chosen to cover {_passages(len(scope.passages(kinds)), named)}, and quoted as they stand."
    )
    if count > DOCUMENTS:
        note += f" Of {count} documents the first {DOCUMENTS} are shown: ask about one of them."
    return _quoted(quotes, Basis.SUMMARY, note)


def _agreement(request: OverviewRequest, scope: Scope, index: Index) -> Answer | None:
    if not len(scope.comments):
        return _said("There are no comments here.")
    document = scope.documents[0].id if len(scope.documents) == 1 else scope.only.document
    only = Filter((Kind.COMMENT,), scope.only.author, document)
    hits = index.search(_STANCE, k=STANCES, only=only)
    quotes = [sentence(hit.passage, hit.passage.start, hit.passage.end) for hit in hits]
    lead = (
        f"Whether readers agree cannot be counted; of {_number(len(scope.comments), 'comment')}"
        " these say most plainly what they think."
    )
    note = f"{len(hits)} of {_number(len(scope.comments), 'comment')} are shown."
    return _quoted(quotes, Basis.SUMMARY, note, lead=lead)


# -- counts ---------------------------------------------------------------------------------------


def _count_comments(request: OverviewRequest, scope: Scope, index: Index) -> Answer:
    count = len(scope.comments)
    by = f", by {_number(len(scope.writers), 'reader')}" if scope.writers else ""
    return _counted(str(count), f"{_there(count, 'comment')}{by}{_in(scope)}.")


def _count_readers(request: OverviewRequest, scope: Scope, index: Index) -> Answer:
    count = len(scope.writers)
    text = (
        f"{_number(count, 'reader')} wrote {_number(len(scope.comments), 'comment')}{_in(scope)}."
    )
    return _counted(str(count), text[0].upper() + text[1:])


def _count_documents(request: OverviewRequest, scope: Scope, index: Index) -> Answer:
    count = scope.available
    return _counted(str(count), f"{_there(count, 'document')}: {_titles(index.documents)}.")


def _count_pictures(request: OverviewRequest, scope: Scope, index: Index) -> Answer:
    captions = scope.passages((Kind.CAPTION,))
    count = len(captions)
    quotes = [sentence(each, each.start, each.end) for each in captions[:NAMED]]
    lead = f"{_there(count, 'picture')} with a caption{_in(scope)}."
    note = "Pictures are known by their captions."
    return _quoted(quotes, Basis.COUNTED, note, lead=lead, answer=str(count))


def _count_words(request: OverviewRequest, scope: Scope, index: Index) -> Answer:
    lengths = {
        document: sum(
            len(document.text[block.start : block.end].split())
            for block in document.blocks
            if block.kind not in (Kind.BOILERPLATE, Kind.COMMENT, Kind.CREDIT)
        )
        for document in scope.documents
    }
    listed = "; ".join(f"{document.title}: {count:,} words" for document, count in lengths.items())
    return _counted(f"{sum(lengths.values()):,} words", f"{listed}, without comments and notices.")


def _list_readers(request: OverviewRequest, scope: Scope, index: Index) -> Answer:
    if not scope.writers:
        return _said(f"There are no comments{_in(scope)}.")
    names = [
        f"{name} ({count} times)" if count > 1 else name
        for name, count in list(scope.writers.items())[:NAMED]
    ]
    more = len(scope.writers) - len(names)
    listed = ", ".join(names) + (f" and {more} more" if more > 0 else "")
    text = f"{_number(len(scope.writers), 'reader')} commented{_in(scope)}: {listed}."
    return _counted(", ".join(list(scope.writers)[:NAMED]), text[0].upper() + text[1:])


def _busiest_reader(request: OverviewRequest, scope: Scope, index: Index) -> Answer:
    if not scope.writers:
        return _said(f"There are no comments{_in(scope)}.")
    most = max(scope.writers.values())
    names = [name for name, count in scope.writers.items() if count == most]
    if most == 1:
        return _counted("", f"Nobody commented more than once{_in(scope)}.")
    quotes = [sentence(each, each.start, each.end) for each in scope.passages_by(names)]
    lead = (
        f"{_joined(names)}, with {most} of {_number(len(scope.comments), 'comment')}{_in(scope)}."
    )
    return _quoted(quotes, Basis.COUNTED, _COUNTED, lead=lead, answer=_joined(names))


def _comments_of(request: OverviewRequest, scope: Scope, index: Index) -> Answer | None:
    name = next((n for n in scope.writers if n.casefold() == request.reader.casefold()), None)
    if name is None:
        return None
    count = scope.writers[name]
    quotes = [sentence(each, each.start, each.end) for each in scope.passages_by([name])]
    lead = f"{name} wrote {_number(count, 'comment')}{_in(scope)}."
    return _quoted(quotes, Basis.COUNTED, _COUNTED, lead=lead, answer=str(count))


# -- lists and facts of the structure ---------------------------------------------------------------


def _list_sections(request: OverviewRequest, scope: Scope, index: Index) -> Answer:
    parts = []
    for document in scope.documents:
        headings = [
            " ".join(document.text[block.start : block.end].split())
            for block in document.blocks
            if block.kind is Kind.HEADING
        ]
        shown = "; ".join(headings[:NAMED]) or "no headings"
        more = f" and {len(headings) - NAMED} more" if len(headings) > NAMED else ""
        parts.append(f"{document.title}: {shown}{more}.")
    return _counted("", "\n".join(parts))


def _list_documents(request: OverviewRequest, scope: Scope, index: Index) -> Answer:
    titles = _titles(index.documents)
    count = _number(scope.available, "document")
    return _counted(titles, f"{count[0].upper()}{count[1:]}: {titles}.")


def _date(request: OverviewRequest, scope: Scope, index: Index) -> Answer | None:
    dated = [document for document in scope.documents if document.date]
    if not dated:
        return None
    text = "; ".join(f"“{document.title}” is dated {document.date}" for document in dated)
    return _counted("; ".join(document.date or "" for document in dated), f"{text}.")


def _writer(request: OverviewRequest, scope: Scope, index: Index) -> Answer | None:
    known = [document for document in scope.documents if document.author]
    if not known:
        return None
    text = "; ".join(f"“{document.title}” is by {document.author}" for document in known)
    authors = dict.fromkeys(document.author or "" for document in known)
    return _counted("; ".join(authors), f"{text}.")


_MAKERS: dict[Wanted, Callable[[OverviewRequest, Scope, Index], Answer | None]] = {
    Wanted.SUMMARY: _summary,
    Wanted.AGREEMENT: _agreement,
    Wanted.COUNT_COMMENTS: _count_comments,
    Wanted.COUNT_READERS: _count_readers,
    Wanted.COUNT_DOCUMENTS: _count_documents,
    Wanted.COUNT_PICTURES: _count_pictures,
    Wanted.COUNT_WORDS: _count_words,
    Wanted.LIST_READERS: _list_readers,
    Wanted.BUSIEST_READER: _busiest_reader,
    Wanted.COMMENTS_OF: _comments_of,
    Wanted.LIST_SECTIONS: _list_sections,
    Wanted.LIST_DOCUMENTS: _list_documents,
    Wanted.DATE: _date,
    Wanted.WRITER: _writer,
}


# -- putting it into words --------------------------------------------------------------------------


def _counted(answer: str, text: str) -> Answer:
    return _answer(answer, text, Basis.COUNTED, _COUNTED)


def _said(text: str) -> Answer:
    return _answer("", text, Basis.COUNTED, "")


def _quoted(
    quotes: Sequence[Quote], basis: Basis, note: str, *, lead: str = "", answer: str | None = None
) -> Answer:
    """Quotes, after what the program itself says; they are the answer where it says none."""
    words = " ".join(quote.passage.document.text[quote.start : quote.end] for quote in quotes)
    short = " ".join(words.split()) if answer is None else answer
    made = replace(_answer(short, "", basis, note), citations=cite(quotes), lead=lead)
    return replace(made, text=quoted_text(made))


def _answer(answer: str, text: str, basis: Basis, note: str) -> Answer:
    return Answer("", answer, text, False, 1.0, (), (), basis=basis, note=note)


def _titles(documents: Sequence[Document]) -> str:
    shown = ", ".join(f"“{document.title}”" for document in documents[:NAMED])
    more = len(documents) - NAMED
    return shown + (f" and {more} more" if more > 0 else "")


def _there(count: int, thing: str) -> str:
    return f"There {'is' if count == 1 else 'are'} {_number(count, thing)}"


def _number(count: int, thing: str) -> str:
    return f"{count:,} {thing}" + ("" if count == 1 else "s")


def _in(scope: Scope) -> str:
    if len(scope.documents) == 1 and scope.available > 1:
        return f" in “{scope.documents[0].title}”"
    return f" in {scope.available} documents" if scope.available > 1 else ""


def _joined(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _plural(kind: Kind) -> str:
    return {Kind.COMMENT: "comments", Kind.CAPTION: "captions"}.get(kind, "paragraphs")


def _passages(count: int, kinds: Sequence[str] | object) -> str:
    names = [_plural(Kind(kind)) for kind in kinds] if isinstance(kinds, tuple) else ["passages"]
    return f"{count:,} {' and '.join(names)}" if count != 1 else "the one passage"
