"""All sets of texts with one label a document, each as vectors of the default encoder.

Contracts are long: their vectors are made of passages, as a label space makes them. Of GoEmotions
the comments with exactly one emotion are here. CLINC150 stands in two folders; one of them is used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import numpy as np

from benchmarks.data_sets import Data, embed, require_data, rows_of
from benchmarks.newsgroups import newsgroup_text

MOST, FEWEST = 60, 20  # documents of a class
SETS = {
    "BANKING77": "protaugment_banking77",
    "CLINC150": "protaugment_clinc150",
    "HuffPost": "bao_huffpost",
    "20 Newsgroups": "newsgroups20",
    "DBpedia, level 2": "dbpedia_l2",
    "FewRel": "fewrel",
    "GoEmotions": "goemotions",
    "Contracts": "cuad_pdfs",
}


def names_of(folder: str) -> Mapping[str, Mapping[str, str]]:
    """The entry of each label in labels.json."""
    labels = json.loads((require_data(folder) / "labels.json").read_text(encoding="utf-8"))
    return labels.get("l2", labels)


def sample(title: str) -> Data:
    """A part of a data set, with the embeddings of its texts and class names."""
    folder = SETS[title]
    if folder == "cuad_pdfs":
        return contracts(title)
    names = names_of(folder)
    by_label: dict[str, list[str]] = {}
    documents = list(labelled(folder))
    for i in np.random.default_rng(0).permutation(len(documents)).tolist():
        label, text = documents[i]
        if len(text.split()) > 2:
            by_label.setdefault(label, []).append(text)
    order = sorted(label for label, own in by_label.items() if len(own) >= FEWEST)
    chosen = [text for label in order for text in by_label[label][:MOST]]
    y = np.repeat(np.arange(len(order)), [len(by_label[label][:MOST]) for label in order])
    words = [names[label]["name"].lower().replace("_", " ") for label in order]
    vectors = embed(chosen + words)
    return Data(title, chosen, y, words, vectors[: len(chosen)], vectors[len(chosen) :])


def labelled(folder: str) -> Iterator[tuple[str, str]]:
    """Label and text of each document that has one label."""
    for row in rows_of(folder):
        text = newsgroup_text(row["text"], "stripped") if folder == "newsgroups20" else row["text"]
        if folder != "goemotions":
            yield str(row["label"]), text
        elif len(row["labels"]) == 1:
            yield row["labels"][0], text


def contracts(title: str) -> Data:
    """All contracts, read from their PDF files."""
    from benchmarks.contracts import OWN, RULES
    from benchmarks.long_documents import load

    long = load("Contracts")
    texts = [str(i) for i in range(len(long.y))]
    return Data(title, texts, long.y, long.names, RULES[OWN](long), long.name_vectors)
