r"""Makes the examples that the reader learns from, out of public question sets.

    python training/reader_examples.py --squadshifts FOLDER --squad FOLDER --nq FILE \
        --written training/written --out FOLDER

Writes ``train.jsonl`` and ``validation.jsonl`` into the folder, one group a line: a question with the
passages that are read for it. Where they come from:

* SQuADShifts (Wikipedia, Reddit, Amazon reviews): every question with its paragraph. Six Wikipedia
  articles, and one paragraph in twenty of the others, are held out for validation.
* SQuAD dev: the 16 articles that ``split.json`` lists under "train", v1's questions and v2's
  unanswerable ones. Three articles are held out for validation; the 32 test articles are not read.
* Natural Questions: the first 2,000 records, of which the last 200 are held out.
* ``written/``: questions that were written for this, answerable ones and near-misses, on passages of the
  three, none of which is held out, and on documents of our own, of which every fifth is held out. Of these
  some ("restated") use the text's own words or quite other ones whether they are answered or not, some ("described")
  name a thing that the sentence with the answer calls by what it is ("the trawler"), some are no questions but
  statements that a passage decides, or key words ("stated"), and some ask for everything of a kind that a document
  mentions.

and what is made of them:

* mined negatives: the passages that our own search finds for a question, of the same article and of
  others, that hold none of its answers; of our own documents also the other passages of the same;
* cut negatives: the question's own paragraph without the sentences that hold an answer;
* near-misses (``near_misses.py``): a name, number or word exchanged in the question or the paragraph,
  another article's title, a passage of another subject with the type of thing that is asked for;
* comments: Reddit's and Amazon's paragraphs behind an author, as the index puts one, and questions
  for who says something, to which the author is the answer.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from near_misses import Strangers, exchanged, lacks_subject, names

from index.embedders import open_embedder
from index.index import Index
from index.indexing import index_documents
from index.sentences import sentence_spans
from index.types import Block, Document, Kind

HELD_OUT_WIKI, HELD_OUT_SQUAD, HELD_OUT_NQ = 6, 3, 200
HELD_OUT_DOCUMENTS = 5
"""Of our own documents one in so many is held out."""
HELD_OUT_EVERY = 20
"""Of Reddit's and Amazon's paragraphs one in so many is held out."""
ASKED = {"own": "questions", "restated": "restated", "described": "described", "stated": "stated"}
"""What the questions on a passage of our own are called as a source, and in its file."""
TITLED = ("wiki", "squad", "nq", "written", "own")
"""Sources of articles, which near-misses are made of."""
EXCHANGES = 3
"""How often it is tried to exchange something in a question; each time something else."""
MINED = 10
"""How many passages of the search are looked at for negatives."""


@dataclass(frozen=True, slots=True)
class Read:
    """A passage to be read for a question."""

    context: str
    """What stands in front of the passage: its title, its author."""
    text: str
    answers: tuple[tuple[int, int, int], ...]
    """Start and end in ``text``, and how many people marked it; empty when it holds none. A
    negative start counts from the context's end: the author's name. Nobody marked it: it is no answer,
    but would be if the passage were about what is asked."""


@dataclass(frozen=True, slots=True)
class Group:
    """A question and the passages read for it."""

    source: str
    article: str
    question: str
    reads: tuple[Read, ...]


def spans(text: str, answers: Iterable[dict[str, Any]]) -> tuple[tuple[int, int, int], ...]:
    """The answers' places in a paragraph, the most marked first; those misplaced are left out."""
    places: Counter[tuple[int, int]] = Counter()
    for answer in answers:
        start, words = answer["answer_start"], answer["text"].rstrip()
        lead = len(words) - len(words.lstrip())
        if text[start : start + len(words)] == words and words.strip():
            places[start + lead, start + len(words)] += 1
    return tuple((start, end, count) for (start, end), count in places.most_common())


def read_articles(path: Path) -> list[dict[str, Any]]:
    """The articles of a file in SQuAD's format."""
    articles: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["data"]
    return articles


def squad_groups(source: str, articles: Iterable[dict[str, Any]], *, titled: bool) -> list[Group]:
    """Every question with its own paragraph."""
    groups = []
    for article in articles:
        title = article["title"].replace("_", " ")
        context = f"{title}\n" if titled else ""
        for paragraph in article["paragraphs"]:
            text = paragraph["context"]
            for item in paragraph["qas"]:
                places = spans(text, item["answers"])
                if places or not item["answers"]:
                    question = " ".join(item["question"].split())
                    groups.append(Group(source, title, question, (Read(context, text, places),)))
    return groups


def nq_groups(path: Path, first: int) -> list[Group]:
    """Natural Questions with their gold passages; every place of an answer is one."""
    groups = []
    for line in path.read_text(encoding="utf-8").splitlines()[:first]:
        record = json.loads(line)
        title, text = record["ctxs"][0]["title"], record["ctxs"][0]["text"]
        places = Counter(
            found.span()
            for answer in record["answers"]
            for found in re.finditer(rf"(?<!\w){re.escape(answer)}(?!\w)", text, re.IGNORECASE)
        )
        if places:
            answers = tuple((start, end, count) for (start, end), count in places.items())
            read = Read(f"{title}\n", text, answers)
            groups.append(Group("nq", title, record["question"], (read,)))
    return groups


def passage_key(text: str) -> str:
    """What stands for a paragraph in ``written/questions.jsonl``."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def written_groups(path: Path, groups: Iterable[Group]) -> list[Group]:
    """The questions that were written on the groups' paragraphs.

    A comment is a part of a paragraph of Reddit's or Amazon's, with an author of its own.
    """
    known = {passage_key(group.reads[0].text): group for group in groups}
    made = []
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        group = known[entry["passage"]]
        text, author = group.reads[0].text, entry.get("author")
        if author is not None:
            text = text[entry["start"] : entry["end"]]
        questions = [
            (question, place and tuple(place), answered)
            for question, place, answered in entry["questions"]
        ]
        made += _written("written", group.article, group.reads[0].context, text, author, questions)
    return made


def written_documents(path: Path) -> tuple[list[Group], list[Group]]:
    """The questions on documents of our own; one document in :data:`HELD_OUT_DOCUMENTS` is held out.

    The other passages of a document are negatives, where they do not hold the words of the answer.
    """
    train, held_out = [], []
    for document, learned in own_documents(path):
        made: list[Group] = []
        for passage, (source, key) in itertools.product(document["passages"], ASKED.items()):
            context = _context(document, passage)
            author, text = passage.get("author"), passage["text"]
            questions = [
                (question, None if words == author else _place(words, text), answered)
                for question, words, answered in passage.get(key, ())
            ]
            made += _written(source, document["title"], context, text, author, questions)
        reads = {group.reads[0].text: replace(group.reads[0], answers=()) for group in made}
        plain = {text: f" {_plain(text)} " for text in reads}
        groups = train if learned else held_out
        groups += [_with_others(group, reads.values(), plain) for group in made]
    return train, held_out


def written_lists(path: Path) -> tuple[list[Group], list[Group]]:
    """The questions for everything of a kind that a document of our own mentions.

    Each stands once with every passage that has something of the kind, all of it marked, and in front
    of the passages that have none; where no passage has any, once.
    """
    train, held_out = [], []
    for document, learned in own_documents(path):
        groups = train if learned else held_out
        for question, items in document.get("lists", ()):
            reads = [
                Read(
                    _context(document, passage),
                    passage["text"],
                    tuple(_everywhere(items.get(str(number), ()), passage["text"])),
                )
                for number, passage in enumerate(document["passages"])
            ]
            without = tuple(read for read in reads if not read.answers)
            alone = [(read, *without) for read in reads if read.answers] or [without]
            groups += [Group("own-list", document["title"], question, reads) for reads in alone]
    return train, held_out


def own_documents(path: Path) -> Iterator[tuple[dict[str, Any], bool]]:
    """Each document of our own, and whether it is learned from."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        yield json.loads(line), number % HELD_OUT_DOCUMENTS != 0


def _context(document: dict[str, Any], passage: dict[str, Any]) -> str:
    """What stands in front of a passage of a document of our own."""
    if passage.get("author"):
        return f"Comment by {passage['author']}:\n"
    lines = [document["title"], passage.get("section")]
    lines += ["Caption:"] if passage.get("caption") else []
    return "".join(f"{line}\n" for line in lines if line)


def _everywhere(items: Iterable[str], text: str) -> Iterator[tuple[int, int, int]]:
    """Every place of every item, as whole words if it stands so anywhere."""
    for item in items:
        whole = [found.span() for found in re.finditer(rf"(?<!\w){re.escape(item)}(?!\w)", text)]
        for start, end in whole or [_place(item, text)]:
            yield start, end, 1


def _with_others(group: Group, reads: Iterable[Read], plain: Mapping[str, str]) -> Group:
    """With the other passages of its document; what has no answer there may have one in these.

    Args:
        group: a question with its passage.
        reads: all passages of the document.
        plain: the words of each passage by its text.
    """
    own = group.reads[0]
    if not any(count for _, _, count in own.answers):
        return group
    answers = {_plain(own.text[start:end]) for start, end, _ in own.answers if start >= 0}
    others = [
        read
        for read in reads
        if read.text != own.text
        and not any(f" {answer} " in plain[read.text] for answer in answers)
    ]
    return replace(group, reads=(own, *others))


def _place(words: str, text: str) -> tuple[int, int]:
    """Where words stand first in a text: as whole words, if they do."""
    whole = re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text)
    start = whole.start() if whole else text.index(words)
    return start, start + len(words)


def _written(
    source: str,
    article: str,
    context: str,
    text: str,
    author: str | None,
    questions: Iterable[tuple[str, tuple[int, int] | None, bool]],
) -> Iterator[Group]:
    """A group for each question, with the place of its answer in the text, or None for the author.

    Where it has no answer, the words that may be taken for one are there, in nobody's count.
    """
    if author is not None:
        source, context = f"{source}-comment", f"Comment by {author}:\n"
    for question, place, answered in questions:
        start, end = place or (-len(author or "") - 2, -2)
        read = Read(context, text, ((start, end, int(answered)),))
        yield Group(source, article, question, (read,))


# -- negatives --------------------------------------------------------------------------------------


def paragraph_index(paragraphs: Iterable[tuple[str, str]]) -> Index:
    """An index of paragraphs, each given behind its article's title; an article is a document."""
    articles: dict[str, dict[str, None]] = {}
    for title, paragraph in paragraphs:
        articles.setdefault(title, {})[paragraph.strip()] = None
    documents = []
    for title, own in articles.items():
        text, blocks = "", []
        for paragraph in own:
            blocks.append(Block(Kind.PARAGRAPH, len(text), len(text) + len(paragraph)))
            text += paragraph + "\n\n"
        documents.append(Document.create(path=title, title=title, text=text, blocks=blocks))
    return index_documents(documents, embedder=open_embedder(), progress=_progress)


def _progress(done: int, of: int) -> None:
    if done % 1024 < 32 or done == of:
        print(f"embedded {done} of {of}", flush=True)


def mine(group: Group, index: Index) -> tuple[Read, ...]:
    """Passages that the search finds for a question and that do not hold an answer, best first."""
    own = group.reads[0]
    answers = {_plain(own.text[start:end]) for start, end, _ in own.answers}
    found = []
    for hit in index.search(group.question, k=MINED):
        text = hit.passage.text
        plain = f" {_plain(text)} "
        if text in own.text or any(f" {answer} " in plain for answer in answers):
            continue
        found.append(Read(f"{hit.passage.document.title}\n", text, ()))
    return tuple(found)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def without_answer(read: Read) -> Read | None:
    """The paragraph without the sentences of its answers; None when nothing is left to read."""
    answers = {_plain(read.text[start:end]) for start, end, _ in read.answers}
    kept = [
        read.text[start:end]
        for start, end in sentence_spans(read.text, 0, len(read.text))
        if not any(start < last and first < end for first, last, _ in read.answers)
    ]
    text = " ".join(kept)
    plain = f" {_plain(text)} "
    if len(kept) < 2 or any(f" {answer} " in plain for answer in answers):
        return None
    return Read(read.context, text, ())


# -- comments ---------------------------------------------------------------------------------------

_SYLLABLES = (
    "ka lo mi ra ted jo sam lee max ben tri vel nor dan kit ray pax bo zed fin gus hal ivy jax ken"
    " liv moe ned oz pip quin rex sue tom una val wes yan zoe mar art sky fox owl cat pie"
).split()
_FIRST = (
    "Anna Ben Carla David Elif Frank Grace Hassan Irene Jack Katya Liam Maria Nils Olga Pedro Rosa"
    " Sven Tara Umar Vera Will Yuki Zofia Martin Laura Peter Susan George Helen"
).split()
_LAST = (
    "Adams Berg Costa Dietrich Evans Fischer Garcia Hughes Ivanov Jones Keller Lopez Moore Novak"
    " Olsen Price Quinn Rossi Smith Turner Vogel Walker Young Ziegler"
).split()
_WHO_SAYS = (
    "Who says {}?", "Who said {}?", "Who wrote {}?", "Who thinks {}?", "Who says that {}?",
    "Which reader says {}?", "Who commented that {}?", "Who claims {}?",
)  # fmt: skip
_WHO_ABOUT = (
    "Who mentions {}?", "Who writes about {}?", "Who talked about {}?", "Who commented on {}?",
    "Which reader mentions {}?", "Who complained about {}?", "Who asks about {}?",
    "Who joked about {}?", "Whose comment is about {}?", "Who has an opinion on {}?",
)  # fmt: skip
_STOP = frozenset(
    "a an the and or but if of to in on at for with from by as is are was were be been it its this"
    " that these those i you he she we they me him her us them my your his our their not no so do"
    " does did have has had will would can could should just very really too also there here when"
    " what which who how why all any some more most than then only about into out up down over it's"
    " i'm don't i've get got one".split()
)


def author_name(chance: random.Random) -> str:
    """A name such as readers give themselves."""
    shape = chance.random()
    if shape < 0.3:
        return f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
    if shape < 0.4:
        return chance.choice(_FIRST)
    name = "".join(chance.sample(_SYLLABLES, chance.choice((2, 2, 3))))
    name = chance.choice((str, str.title, str.upper))(name)
    if chance.random() < 0.4:
        name += chance.choice(("", "_")) + str(chance.randrange(1, 2000))
    return name


def as_comment(group: Group, chance: random.Random) -> Group:
    """The same, behind an author."""
    read = group.reads[0]
    return replace(group, reads=(replace(read, context=f"Comment by {author_name(chance)}:\n"),))


def who_says(group: Group, chance: random.Random) -> Group | None:
    """A question for who says something in a comment; None when nothing there is fit to ask for."""
    text = group.reads[0].text
    author = author_name(chance)
    places = sentence_spans(text, 0, len(text))
    fit = [
        number
        for number, (a, b) in enumerate(places)
        if 4 <= len(text[a:b].split()) <= 18 and "?" not in text[a:b]
    ]
    if not fit:
        return None
    number = chance.choice(fit)
    sentence = text[slice(*places[number])].rstrip(".!, ")
    # A few sentences around it: comments are short, and what is asked for must be among what is read.
    first = max(0, number - chance.randrange(4))
    last = min(len(places), number + 1 + chance.randrange(4))
    text = text[places[first][0] : places[last - 1][1]]
    if chance.random() < 0.4:
        said = sentence[0].lower() + sentence[1:] if not sentence.startswith("I ") else sentence
        question = chance.choice(_WHO_SAYS).format(said)
    else:
        words = sentence.split()
        runs = [
            words[first:last]
            for first in range(len(words))
            for last in range(first + 1, min(first + 4, len(words) + 1))
            if not {words[first].lower(), words[last - 1].lower()} & _STOP
            and sum(len(word) for word in words[first:last]) > 5
        ]
        if not runs:
            return None
        question = chance.choice(_WHO_ABOUT).format(" ".join(chance.choice(runs)).strip('.,;:"'))
    answer = (-len(author) - 2, -2, 1)
    read = Read(f"Comment by {author}:\n", text, (answer,))
    return Group("who-says", group.article, question, (read,))


# -- all together -----------------------------------------------------------------------------------


def divided(groups: Sequence[Group], held_out: frozenset[str]) -> tuple[list[Group], list[Group]]:
    """Those to learn from, and those of the articles held out."""
    train = [group for group in groups if group.article not in held_out]
    return train, [group for group in groups if group.article in held_out]


def held_out_paragraphs(groups: Sequence[Group]) -> tuple[list[Group], list[Group]]:
    """One paragraph in :data:`HELD_OUT_EVERY` is held out, with all of its questions."""
    texts = list(dict.fromkeys(group.reads[0].text for group in groups))
    held_out = set(texts[::HELD_OUT_EVERY])
    train = [group for group in groups if group.reads[0].text not in held_out]
    return train, [group for group in groups if group.reads[0].text in held_out]


def with_negatives(groups: Sequence[Group], index: Index) -> Iterator[Group]:
    """Each group with its mined negatives; then, apart, the cut ones."""
    for number, group in enumerate(groups):
        if number % 1000 == 0:
            print(f"mined for {number} of {len(groups)} questions", flush=True)
        own, *others = group.reads
        if not any(count for _, _, count in own.answers):
            yield group
            continue
        yield replace(group, reads=(own, *_alternately(others, mine(group, index))))
        cut = without_answer(own)
        if cut is not None:
            yield replace(group, source=f"{group.source}-cut", reads=(cut,))


def _alternately(some: Sequence[Read], others: Sequence[Read]) -> Iterator[Read]:
    """One of each in turn; those of both that are the same once."""
    seen = set()
    for pair in itertools.zip_longest(some, others):
        for read in pair:
            if read is not None and read.text not in seen:
                seen.add(read.text)
                yield read


def near_miss_groups(groups: Sequence[Group], chance: random.Random) -> list[Group]:
    """All groups; those of articles with a stranger among their negatives, and their near-misses."""
    titled = [group for group in groups if group.source in TITLED]
    names_of: dict[str, set[str]] = {}
    for group in titled:
        names_of.setdefault(group.article, set()).update(names(group.reads[0].text))
    texts = {
        (group.article, group.reads[0].context, _excerpt(group.reads[0].text, chance))
        for group in groups
    }
    strangers = Strangers(sorted(texts))
    contexts = sorted({group.reads[0].context for group in titled})
    made = []
    for group in groups:
        own, *others = group.reads
        if group.source not in TITLED or not any(count for _, _, count in own.answers):
            made.append(group)
            continue
        stranger = strangers.like(group.question, group.article, chance)
        if stranger is not None:
            context, text = stranger
            plain = f" {_plain(text)} "
            if not any(f" {_plain(own.text[a:b])} " in plain for a, b, _ in own.answers):
                others.insert(min(1, len(others)), Read(context, text, ()))
        made.append(replace(group, reads=(own, *others)))
        made += _exchanged(group, names_of[group.article], chance)
        if lacks_subject(group.question, own.text, group.article):
            other = replace(own, context=chance.choice(contexts), answers=_unanswered(own.answers))
            made.append(replace(group, source=f"{group.source}-retitled", reads=(own, other)))
    return made


def _exchanged(group: Group, others: set[str], chance: random.Random) -> Iterator[Group]:
    """The question with its paragraph and the changed one, and the changed question with both."""
    own = group.reads[0]
    source = f"{group.source}-exchanged"
    made = set()
    for _ in range(EXCHANGES):
        new = exchanged(
            group.question, own.text, own.answers, title=group.article, others=others, chance=chance
        )
        if new is None or new.question in made:
            continue
        made.add(new.question)
        changed = Read(own.context, new.text, new.answers)
        wrong = replace(changed, answers=_unanswered(changed.answers))
        yield replace(group, source=source, reads=(own, wrong))
        wrong = replace(own, answers=_unanswered(own.answers))
        yield replace(group, source=source, question=new.question, reads=(changed, wrong))


def _unanswered(answers: Iterable[tuple[int, int, int]]) -> tuple[tuple[int, int, int], ...]:
    return tuple((start, end, 0) for start, end, _ in answers)


def _apart(groups: Iterable[Group]) -> tuple[list[Group], list[Group]]:
    """Those on texts, and those on comments."""
    groups = list(groups)
    return tuple(
        [group for group in groups if group.source.endswith("-comment") is comments]
        for comments in (False, True)
    )


def _excerpt(text: str, chance: random.Random) -> str:
    """One to four sentences of a text."""
    places = sentence_spans(text, 0, len(text))
    first = chance.randrange(len(places))
    last = min(len(places), first + chance.randint(1, 4))
    return text[places[first][0] : places[last - 1][1]]


def main() -> None:
    """Read, mine, make and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--squadshifts", type=Path, required=True, help="folder of its JSON files")
    parser.add_argument(
        "--squad", type=Path, required=True, help="folder: both dev files, split.json"
    )
    parser.add_argument(
        "--nq", type=Path, required=True, help="Natural Questions, a gold passage each"
    )
    parser.add_argument(
        "--written", type=Path, required=True, help="folder of what was written for it"
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)

    titles = json.loads((options.squad / "split.json").read_text(encoding="utf-8"))["train"]
    held_squad = frozenset(
        title.replace("_", " ") for title in sorted(titles)[::5][:HELD_OUT_SQUAD]
    )
    v1 = [a for a in read_articles(options.squad / "dev-v1.1.json") if a["title"] in titles]
    v2 = read_articles(options.squad / "dev-v2.0.reconstructed.json")
    near = squad_groups("squad-near", (a for a in v2 if a["title"] in titles), titled=True)
    squad = squad_groups("squad", v1, titled=True)
    squad += [group for group in near if not group.reads[0].answers]
    wiki_articles = read_articles(options.squadshifts / "new_wiki.json")
    names = sorted(article["title"].replace("_", " ") for article in wiki_articles)
    held_wiki = frozenset(names[:: len(names) // HELD_OUT_WIKI][:HELD_OUT_WIKI])
    wiki = squad_groups("wiki", wiki_articles, titled=True)
    nq = nq_groups(options.nq, 2000)

    learn_squad, check_squad = divided(squad, held_squad)
    learn_wiki, check_wiki = divided(wiki, held_wiki)
    learn_nq, check_nq = nq[:-HELD_OUT_NQ], nq[-HELD_OUT_NQ:]
    train, validation, commented = [], [], []
    for source in ("reddit", "amazon_reviews"):
        groups = squad_groups(
            source, read_articles(options.squadshifts / f"{source}.json"), titled=False
        )
        learn, check = held_out_paragraphs(groups)
        commented += learn
        train += [as_comment(g, chance) if chance.random() < 0.4 else g for g in learn]
        validation += check
        asked = (who_says(group, chance) for group in chance.sample(learn, 1000))
        train += [group for group in asked if group is not None]
        asked = (who_says(group, chance) for group in check[::4])
        validation += [group for group in asked if group is not None]

    paragraphs = [*learn_squad, *learn_wiki, *learn_nq, *commented]
    written = written_groups(options.written / "questions.jsonl", paragraphs)
    own, check_own = written_documents(options.written / "documents.jsonl")
    learn_written, comments = _apart([*written, *own])
    check_written, check_comments = _apart(check_own)
    lists, check_lists = written_lists(options.written / "documents.jsonl")
    train += [*comments, *lists]
    validation += [*check_comments, *check_lists]

    # Learning and validating have an index each: no held-out passage is mined.
    for own, mined in (
        ([*learn_squad, *learn_wiki, *learn_nq, *learn_written], train),
        ([*check_squad, *check_wiki, *check_nq, *check_written], validation),
    ):
        index = paragraph_index((group.article, group.reads[0].text) for group in own)
        mined += with_negatives(own, index)
    train, validation = near_miss_groups(train, chance), near_miss_groups(validation, chance)

    options.out.mkdir(parents=True, exist_ok=True)
    for name, groups in (("train", train), ("validation", validation)):
        with (options.out / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(group)) + "\n" for group in groups)
        print(name, dict(Counter(group.source for group in groups)))
    print("held out:", sorted(held_squad | held_wiki))


if __name__ == "__main__":
    main()
