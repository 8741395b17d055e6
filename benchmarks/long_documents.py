"""Sets of long documents, cut into passages and beginnings whose vectors are kept between runs.

Contracts are read from their PDF files by protolabel's own reader; no file name is an input.
``letters`` are made here: an article stands anywhere among remarks about other things.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.data_sets import embed, require_data, rows_of
from benchmarks.newsgroups import newsgroup_text
from benchmarks.text_sets import names_of
from protolabel.encoders.locate import DEFAULT, locate
from protolabel.encoders.text.windows import Windower
from protolabel.readers import read_documents

WINDOW, PASSAGE = 256, 128  # tokens, as the default encoder has them
BEGINNINGS = (20, 40, 80)  # tokens, without special ones
FEWEST = 12  # documents of a class
ARTICLES, WORDS = 20, (200, 1400)  # of a class of letters; of the remarks in a letter


@dataclass(frozen=True, eq=False)
class LongDocuments:
    """Documents as passages (m, d) with their owner and tokens, beginnings (b, n, d), and names.

    ``validation``: which documents rules may be chosen on.
    """

    title: str
    y: np.ndarray
    names: list[str]
    validation: np.ndarray
    passages: np.ndarray
    owner: np.ndarray
    tokens: np.ndarray
    beginnings: np.ndarray
    name_vectors: np.ndarray

    @property
    def firsts(self) -> np.ndarray:
        """The row of each document's first passage."""
        return np.searchsorted(self.owner, np.arange(len(self.y)))

    @property
    def split(self) -> np.ndarray:
        """Which documents are longer than the window."""
        return np.bincount(self.owner) > 1


@dataclass(frozen=True)
class Texts:
    """Texts with class indices; ``validation``: which may be chosen on."""

    texts: list[str]
    y: list[int]
    names: list[str]
    validation: list[bool]


def contracts() -> Texts:
    """The contracts, half of each type for validation."""
    root = require_data("cuad_pdfs")
    index = json.loads((root / "index.json").read_text(encoding="utf-8"))
    labels = {str(root / row["file"]): row["label"] for row in index}
    types = sorted(set(labels.values()))
    documents = [d for d in read_documents(sorted(labels)) if d.text]
    y = np.array([types.index(labels[d.source]) for d in documents])
    rng, validation = np.random.default_rng(0), np.zeros(len(y), bool)
    for c in range(len(types)):
        own = rng.permutation(np.flatnonzero(y == c))
        validation[own[: (len(own) + 1) // 2]] = True
    names = [f"{t.replace('-', ' ').lower()} agreement" for t in types]
    return Texts([d.text or "" for d in documents], y.tolist(), names, validation.tolist())


def newsgroups() -> Texts:
    """Posts without headers, quotations and signatures; validation is of the bydate train part."""
    rows, names = rows_of("newsgroups20"), names_of("newsgroups20")
    texts = [newsgroup_text(row["text"], "stripped") for row in rows]
    return _halves(rows, texts, names, "train", (700, 1300))


def articles() -> Texts:
    """Encyclopedia articles, 70 classes; those with few documents are left out."""
    rows = rows_of("dbpedia_l2")
    return _halves(rows, [r["text"] for r in rows], names_of("dbpedia_l2"), "val", (700, 1400))


def letters() -> Texts:
    """An article at a random place among remarks: 20 classes, 20 documents of each."""
    with gzip.open(require_data("goemotions") / "docs.jsonl.gz", "rt", encoding="utf-8") as stream:
        remarks = [json.loads(line)["text"] for line in stream]
    rows, names = rows_of("dbpedia_l2"), names_of("dbpedia_l2")
    rng = np.random.default_rng(1)
    usable = [i for i, row in enumerate(rows) if 60 <= len(row["text"].split()) <= 150]
    counts = Counter(rows[i]["label"] for i in usable)
    frequent = sorted(label for label, n in counts.items() if n >= 30)
    classes = [frequent[j] for j in sorted(rng.permutation(len(frequent))[:20])]
    texts, y, validation = [], [], []
    for c, label in enumerate(classes):
        own = [i for i in usable if rows[i]["label"] == label]
        for n, i in enumerate(rng.permutation(own)[:ARTICLES].tolist()):
            parts: list[str] = []
            words, enough = 0, int(rng.integers(*WORDS))
            while words < enough:
                parts.append(remarks[int(rng.integers(len(remarks)))])
                words += len(parts[-1].split())
            parts.insert(int(rng.integers(len(parts) + 1)), rows[i]["text"])
            texts.append("\n".join(parts))
            y.append(c)
            validation.append(n < ARTICLES // 2)
    return Texts(texts, y, [names[label]["name"].lower() for label in classes], validation)


SETS: dict[str, Callable[[], Texts]] = {
    "Contracts": contracts,
    "Newsgroup posts": newsgroups,
    "DBpedia articles": articles,
    "Letters": letters,
}


def load(title: str) -> LongDocuments:
    """A set with its vectors; those that are in the cache of the benchmarks are not made again."""
    data = SETS[title]()
    tokenizer = Path(locate(DEFAULT)) / "tokenizer.json"
    windower = Windower(tokenizer, WINDOW, PASSAGE, BEGINNINGS)
    pieces, owner, tokens = [], [], []
    begins = [list(data.texts) for _ in BEGINNINGS]  # of a text that is not split: all of it
    n_begins = np.zeros(len(data.texts), np.int64)
    for window in windower.windows(data.texts):
        text = data.texts[window.owner][window.start : window.end]
        if window.beginning:
            begins[n_begins[window.owner]][window.owner] = text
            n_begins[window.owner] += 1
            continue
        pieces.append(text)
        owner.append(window.owner)
        tokens.append(max(1, window.ids.size - windower.n_special))
    vectors = embed([*pieces, *(text for texts in begins for text in texts), *data.names])
    ends = np.cumsum([len(pieces), *(len(texts) for texts in begins)])
    passages, *beginnings, name_vectors = np.split(vectors, ends)
    return LongDocuments(
        title,
        np.array(data.y),
        data.names,
        np.array(data.validation),
        passages,
        np.array(owner),
        np.array(tokens),
        np.stack(beginnings),
        name_vectors,
    )


def _halves(
    rows: Sequence[dict[str, str]],
    texts: Sequence[str],
    names: Mapping[str, Mapping[str, str]],
    part: str,
    sizes: tuple[int, int],
) -> Texts:
    """Some documents of one part for validation and some of the other, of the same classes."""
    order = [i for i in np.random.default_rng(0).permutation(len(rows)).tolist()
             if len(texts[i].split()) > 2]  # fmt: skip
    chosen = [
        [i for i in order if (rows[i]["set"] == part) == is_part] for is_part in (True, False)
    ]
    chosen = [own[:size] for own, size in zip(chosen, sizes, strict=True)]
    counts = [Counter(rows[i]["label"] for i in own) for own in chosen]
    labels = sorted(c for c in counts[0] if min(n[c] for n in counts) >= FEWEST)
    kept = [(i, k == 0) for k, own in enumerate(chosen) for i in own if rows[i]["label"] in labels]
    return Texts(
        [texts[i] for i, _ in kept],
        [labels.index(rows[i]["label"]) for i, _ in kept],
        [names[label]["name"].lower() for label in labels],
        [is_validation for _, is_validation in kept],
    )
