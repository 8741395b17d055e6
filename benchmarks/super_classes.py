"""Sets whose classes hide several kinds of documents: super-classes of four data sets.

``hidden`` says which kind a document is; no method gets it. Embeddings are of the default encoder.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from benchmarks.data_sets import DATA, FOLDERS, Data, embed, require_data, rows_of
from benchmarks.newsgroups import newsgroup_text

MOST = {"20 Newsgroups, top level": 260, "DBpedia, level 1": 150}  # documents of a hidden kind
SETS = ("CLINC150, domains", "DBpedia, level 1", "20 Newsgroups, top level", "CLINC150, mixed")
FEWEST = 240  # documents of a class


@dataclass(frozen=True, eq=False)
class SuperClasses:
    """A set by super-class, and the hidden kind ``(n,)`` of each document."""

    data: Data
    hidden: np.ndarray

    def half(self, part: int) -> SuperClasses:
        """Return half of the documents of each class: 0 to choose by, 1 to report."""
        rng = np.random.default_rng(1)
        order = rng.permutation(len(self.data.y))
        rows = np.concatenate(
            [order[self.data.y[order] == c][part::2] for c in range(len(self.data.names))]
        )
        rows.sort()
        one = self.data
        data = Data(
            one.name, [one.texts[i] for i in rows], one.y[rows], one.names,
            one.embeddings[rows], one.name_embeddings,
        )  # fmt: skip
        return SuperClasses(data, self.hidden[rows])


def super_classes(title: str) -> SuperClasses:
    """Return one of ``SETS``."""
    if title.startswith("CLINC150"):
        texts, kinds, parents = _clinc(mixed=title.endswith("mixed"))
    elif title.startswith("DBpedia"):
        texts, kinds, parents = _dbpedia()
    else:
        texts, kinds, parents = _newsgroups()
    most = MOST.get(title, len(texts))
    rows: list[int] = []
    order = np.random.default_rng(0).permutation(len(texts))
    taken: dict[str, int] = {}
    for i in order.tolist():
        if taken.get(kinds[i], 0) < most and len(texts[i].split()) > 2:
            taken[kinds[i]] = taken.get(kinds[i], 0) + 1
            rows.append(i)
    counts: dict[str, int] = {}
    for i in rows:
        counts[parents[i]] = counts.get(parents[i], 0) + 1
    names = sorted(name for name, count in counts.items() if count >= FEWEST)
    rows = sorted(i for i in rows if parents[i] in set(names))
    index = {name: at for at, name in enumerate(names)}
    hidden = {kind: at for at, kind in enumerate(sorted(set(kinds)))}
    chosen = [texts[i] for i in rows]
    words = [name.lower().replace("_", " ") for name in names]
    vectors = embed(chosen + words)
    data = Data(
        title, chosen, np.array([index[parents[i]] for i in rows]), words,
        vectors[: len(chosen)], vectors[len(chosen) :],
    )  # fmt: skip
    return SuperClasses(data, np.array([hidden[kinds[i]] for i in rows]))


Columns = tuple[list[str], list[str], list[str]]
"""Texts, hidden kinds, names of super-classes."""


def _clinc(*, mixed: bool) -> Columns:
    """Return CLINC150 by its ten domains, or by 30 classes of five intents dealt at random."""
    rows = rows_of(FOLDERS["clinc150"])
    labels = json.loads((require_data("clinc150_oos") / "labels.json").read_text(encoding="utf-8"))
    parent = {label: entry["domain"] for label, entry in labels.items() if "domain" in entry}
    names = json.loads((DATA / FOLDERS["clinc150"] / "labels.json").read_text(encoding="utf-8"))
    if mixed:
        intents = sorted(names)
        order = np.random.default_rng(0).permutation(len(intents)).tolist()
        parts = [[intents[i] for i in order[at : at + 5]] for at in range(0, len(order), 5)]
        parent = {i: ", ".join(names[j]["name"] for j in part) for part in parts for i in part}
    kinds = [row["label"] for row in rows]
    return [row["text"] for row in rows], kinds, [parent[kind] for kind in kinds]


def _dbpedia() -> Columns:
    rows = rows_of("dbpedia_l2")
    labels = json.loads((require_data("dbpedia_l2") / "labels.json").read_text(encoding="utf-8"))
    parents = [labels["l1"][str(row["label_l1"])]["name"] for row in rows]
    return [row["text"] for row in rows], [str(row["label"]) for row in rows], parents


def _newsgroups() -> Columns:
    rows = rows_of("newsgroups20")
    words = {
        "alt": "atheism", "comp": "computers", "misc": "for sale", "rec": "recreation: "
        "cars, sports", "sci": "science", "soc": "christianity", "talk": "politics and religion",
    }  # fmt: skip
    kinds = [row["label"] for row in rows]
    texts = [newsgroup_text(row["text"], "stripped") for row in rows]
    return texts, kinds, [words[k.split(".")[0]] for k in kinds]
