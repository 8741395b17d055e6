"""The data sets of the benchmarks, with their embeddings, and draws of examples and queries.

They are beside the project in ``../shared/data`` (or ``$PROTOLABEL_DATA``) and are never copied.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.results import CACHE, ROOT

if TYPE_CHECKING:
    from protolabel.encoders.cache import CachedEncoder

DATA = Path(os.environ.get("PROTOLABEL_DATA", ROOT.parent / "shared" / "data"))
PACKAGES = (CACHE / "mpnet", CACHE / "multilingual")  # with the weights of other encoders
FOLDERS = {"banking77": "protaugment_banking77", "clinc150": "protaugment_clinc150"}


@dataclass(frozen=True, eq=False)
class Data:
    """Texts, label indices, class names as words, and their embeddings by the default encoder.

    embeddings ``(n, d)``; y ``(n,)``; names: K; name_embeddings ``(K, d)``.
    """

    name: str
    texts: list[str]
    y: np.ndarray
    names: list[str]
    embeddings: np.ndarray
    name_embeddings: np.ndarray

    def only(self, classes: Sequence[int]) -> Data:
        """The same with some of its classes, renumbered."""
        new = {old: i for i, old in enumerate(classes)}
        rows = np.flatnonzero(np.isin(self.y, classes))
        return Data(
            self.name,
            [self.texts[i] for i in rows],
            np.array([new[int(self.y[i])] for i in rows]),
            [self.names[c] for c in classes],
            self.embeddings[rows],
            self.name_embeddings[list(classes)],
        )


def require_data(folder: str) -> Path:
    """The folder of a data set, or a message and exit code 0 where the data are not."""
    path = DATA / folder
    if not path.exists():
        print(f"skipped: {path} is not there (set PROTOLABEL_DATA)")
        sys.exit(0)
    return path


def rows_of(folder: str, file: str = "docs.jsonl.gz") -> list[dict[str, str]]:
    """The records of a data set."""
    with gzip.open(require_data(folder) / file, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def load(name: str, encoder: CachedEncoder | None = None) -> Data:
    """A data set with embeddings by the default encoder, or by another one; see ``encoder_of``."""
    folder = FOLDERS[name]
    rows = rows_of(folder)
    labels = json.loads((require_data(folder) / "labels.json").read_text(encoding="utf-8"))
    order = sorted(labels)
    index = {label: i for i, label in enumerate(order)}
    texts = [row["text"] for row in rows]
    names = [labels[label]["name"] for label in order]
    vectors = (encoder or encoder_of()).encode(texts + names)
    y = np.array([index[row["label"]] for row in rows])
    return Data(name, texts, y, names, vectors[: len(texts)], vectors[len(texts) :])


def both() -> Data:
    """BANKING77 and CLINC150 as one set of 227 classes."""
    one, two = load("banking77"), load("clinc150")
    return Data(
        "both",
        one.texts + two.texts,
        np.concatenate([one.y, two.y + len(one.names)]),
        one.names + two.names,
        np.concatenate([one.embeddings, two.embeddings]),
        np.concatenate([one.name_embeddings, two.name_embeddings]),
    )


def fold(name: str, number: str = "01") -> dict[str, list[int]]:
    """A published class fold as class indices: train, valid, test."""
    folder = require_data(FOLDERS[name])
    order = sorted(json.loads((folder / "labels.json").read_text(encoding="utf-8")))
    index = {label: i for i, label in enumerate(order)}
    splits = json.loads((folder / "splits.json").read_text(encoding="utf-8"))
    return {part: [index[c] for c in names] for part, names in splits["folds"][number].items()}


def encoder_of(*name: str) -> CachedEncoder:
    """The encoder of a name, or the default one; embeddings are kept in ``.bench`` between runs.

    Packages that another benchmark has installed there are found, too.
    """
    from protolabel.encoders import Encoder, load_encoder
    from protolabel.encoders.cache import CachedEncoder

    CACHE.mkdir(exist_ok=True)
    sys.path += [place for place in map(str, PACKAGES) if place not in sys.path]  # last: hide none
    encoder = load_encoder(*name)
    assert isinstance(encoder, Encoder)
    return CachedEncoder(encoder, CACHE / "embeddings.sqlite")


def embed(texts: list[str]) -> np.ndarray:
    """Embeddings by the default encoder, kept between runs."""
    return encoder_of().encode(texts)


@dataclass(frozen=True, eq=False)
class Draw:
    """One draw: rows of the support (k a class) and of the queries; disjoint."""

    support: np.ndarray
    queries: np.ndarray


def draw(data: Data, shots: int, seed: int, queries: int | None = None) -> Draw:
    """k random documents a class as support, all others (or some of them) as queries."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(data.y))
    support: list[int] = []
    for c in range(len(data.names)):
        support.extend(order[data.y[order] == c][:shots].tolist())
    rest = np.setdiff1d(order, support, assume_unique=True)
    if queries is not None:
        rest = rng.permutation(rest)[:queries]
    return Draw(np.array(support, dtype=np.int64), rest)
