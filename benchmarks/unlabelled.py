"""What unlabelled documents bring: 5-way tasks on classes that were not trained on.

``python -m benchmarks.unlabelled [--sets NAME ...] [--folds 01 ...]``: the published class folds
of ``benchmarks.few_shot_text``, and its tasks. Half of the documents of each class that is not
trained on are the stream so far: they are learned from without their labels. Test episodes are
drawn from the other half, which nothing has learned from. Maps over the default encoder's
vectors: learned from the train classes alone; from them and the stream; from the stream alone; from
the train classes and all other texts, those of the test episodes included (without labels; that is
what the published figures' training sees). And the encoder itself, learned from train classes and
stream.

Every fold is kept in ``.bench/unlabelled`` and is not repeated. What is tried was chosen on valid
classes (docs/experiments.md). ``--ways`` names some of these; two calls at once must not name the
same fold.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import torch

from benchmarks.command_line import command_line
from benchmarks.few_shot_text import RECIPE, SETS, TASKS, answered, past_and_folds
from benchmarks.intervals import folds, over_folds
from benchmarks.keep import keep
from benchmarks.newsgroups import POSTS
from benchmarks.results import CACHE, kept_folds, log_line, machine, save, table
from protolabel.arrays import Embeddings
from protolabel.encoders import Encoder, load_encoder
from protolabel.encoders.cache import with_cache
from protolabel.encoders.text.folder import read_folder
from protolabel.encoders.text.steps import read_dense
from protolabel.episodes.scenario import Scenario
from protolabel.training import Network, Past, RunOptions, SplitPlan, train

PLACE = CACHE / "unlabelled"
KEYS = [f"{s}-shot{' with names' if n else ''}" for s, n in TASKS]


@dataclass(frozen=True)
class Way:
    """What is learned from, and what learns."""

    what: str
    labelled: bool = True
    stream: Literal["none", "half", "all"] = "none"
    kind: Literal["map", "transformer"] = "map"


WAYS = {
    "labelled": Way("a map: train classes"),
    "both": Way("a map: train classes and stream", stream="half"),
    "stream": Way("a map: stream alone, no labels at all", labelled=False, stream="half"),
    "both, all": Way("a map: train classes and all texts, as published", stream="all"),
    "encoder, both": Way(
        "the encoder: train classes and stream", stream="half", kind="transformer"
    ),
}
WORDS = 180  # of a newsgroup post: ContrastNet's scripts cut at 256 tokens
MOST = 400  # posts of a newsgroup, of some 900: what two cores encode in half an hour
ENCODER = replace(RECIPE, episodes=60, episodes_per_step=3, validate_every=30, n_validation=150)


def beginnings(past: Past) -> Past:
    """The first words of each document, as many as one window holds; ``MOST`` documents a class."""
    rng = np.random.default_rng(0)
    kept = [
        rng.permutation(np.flatnonzero(past.labels == k))[:MOST] for k in range(len(past.names))
    ]
    rows = np.sort(np.concatenate(kept))
    documents = [" ".join(str(past.documents[i]).split()[:WORDS]) for i in rows.tolist()]
    return replace(past, documents=documents, labels=past.labels[rows])


def halves(past: Past, train_classes: list[str], seed: int = 0) -> tuple[list[str], Past]:
    """The stream: half of the documents of all other classes; and the past without them."""
    rng = np.random.default_rng(seed)
    base = [past.names.index(name) for name in train_classes]
    stream = np.zeros(len(past.labels), bool)
    for k in np.setdiff1d(np.arange(len(past.names)), base):
        rows = rng.permutation(np.flatnonzero(past.labels == k))
        stream[rows[: len(rows) // 2]] = True
    keep = np.flatnonzero(~stream)
    documents = [past.documents[i] for i in keep.tolist()]
    left = replace(past, documents=documents, labels=past.labels[keep])
    past_texts = {str(d) for d in left.documents}
    texts = dict.fromkeys(str(past.documents[i]) for i in np.flatnonzero(stream).tolist())
    return [text for text in texts if text not in past_texts], left


def fold(
    name: str, number: str, past: Past, classes: dict[str, list[str]], ways: Sequence[str]
) -> None:
    """Learn in these ways on one fold and test, those that were not tried before."""
    one = SETS[name]
    place = PLACE / f"{name}-{number}"
    result = place / "result.json"
    place.mkdir(parents=True, exist_ok=True)
    stream, left = halves(past, classes["train"])
    base = [past.names.index(label) for label in classes["train"]]
    others = np.flatnonzero(~np.isin(past.labels, base))
    every = list(dict.fromkeys(str(past.documents[i]) for i in others.tolist()))
    record: dict[str, object] = {"machine": machine(), "unlabelled": len(stream)}
    if result.is_file():
        record = json.loads(result.read_text(encoding="utf-8"))
    before = with_cache(load_encoder())
    assert isinstance(before, Encoder)
    if "as it was" not in record:
        record["as it was"] = answered(before, left, classes["test"], one, 1.0)
    for key in ways:
        if key in record:
            continue
        way, started = WAYS[key], time.monotonic()
        trained = train(
            left if way.labelled else [], place / key,
            network=Network(way.kind, max_tokens=one.max_tokens),
            unlabelled={"none": [], "half": stream, "all": every}[way.stream],
            recipe=ENCODER if way.kind == "transformer" else None,
            split=SplitPlan(classes["valid"], classes["test"]),
            options=RunOptions(only_if_better=False, overwrite=True),
            scenario=Scenario(min(25, len(classes["train"])), 1, 3),
        )  # fmt: skip
        record[f"{key}, minutes"] = (time.monotonic() - started) / 60
        record[f"{key}, groups"] = trained.groups
        after = load_encoder(place / key) if way.kind == "transformer" else None
        after = after or Mapped(before, place / key)
        assert isinstance(after, Encoder)
        record[key] = answered(after, left, classes["test"], one, 1.0)
        log_line(f"{name} {number} {key}: {record[key]}")
        keep(result, json.dumps(record, indent=1))


class Mapped:
    """What the inference path makes of a written map, from vectors that are in the cache.

    tests/training/test_map.py holds the two equal; this does not encode everything again.
    """

    def __init__(self, before: Encoder, folder: Path) -> None:
        dense = read_folder(folder).dense_path
        assert dense is not None
        self._before, self._matrix = before, read_dense(dense, before.dim).weight
        self.dim, self.fingerprint = len(self._matrix), f"mapped:{folder.name}"

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """(n, d) of unit length."""
        mapped = self._before.encode(texts) @ self._matrix.T
        return mapped / np.linalg.norm(mapped, axis=1, keepdims=True)


def report() -> None:
    """Write docs/results/unlabelled from the folds that are there."""
    rows, values = [], {}
    for name, one in SETS.items():
        kept = kept_folds(PLACE, name)
        records = list(kept.values())
        if not records:
            continue
        values[name] = kept
        rows.append([name, "published", *(f"{a:.2f}" for a in one.published), "", "", ""])
        names_of_ways = {"as it was": "as it was"} | {key: way.what for key, way in WAYS.items()}
        for way, what in names_of_ways.items():
            done = [r for r in records if way in r]
            if not done:
                continue
            cells = [over_folds([r[way][key] for r in done]) for key in KEYS]
            spent = [r[f"{way}, minutes"] for r in done if f"{way}, minutes" in r]
            minutes = f"{np.mean(spent):.1f}" if len(spent) == len(done) else ""
            rows.append([folds(name, len(done)), what, *cells, minutes])
    body = (
        "# What unlabelled documents bring\n\n"
        "5-way accuracy in % on classes that were not trained on, mean over the published class "
        "folds ± s over folds. The encoder is all-MiniLM-L6-v2 (22 M parameters), or a linear map "
        "over it. Each query is answered alone. "
        f"{POSTS['with subject']} They are cut to {WORDS} words, {MOST} posts a class. "
        "Intents: 600 episodes of 5 queries a class; news: 1,000 of 25. The "
        "stream is half of the documents of the validation and test classes, without labels. The "
        "episodes use the other half. Published: ContrastNet (BERT-base), without names, as given "
        "in the data sets' notes. Its scripts learn from all texts of a data set without labels "
        "(`--unlabeled-path raw.txt`), those of the test classes included. Minutes are those of "
        "learning, with one thread, beside other work.\n\n"
        f"{table(['set', 'learned from', *KEYS, 'minutes'], rows)}"
    )
    save("unlabelled", "make bench-unlabelled", body, values, None)


def main() -> None:
    """Run what is lacking, and write what there is."""
    parser = command_line(__doc__)
    parser.add_argument("--sets", nargs="*", choices=list(SETS), default=list(SETS))
    parser.add_argument("--folds", nargs="*", default=["01", "02", "03", "04", "05"])
    parser.add_argument("--ways", nargs="*", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    os.environ.setdefault("PROTOLABEL_CACHE", str(Path(CACHE) / "embeddings.sqlite"))
    for number in options.folds:
        for name in options.sets:
            past, splits = past_and_folds(SETS[name])
            past = beginnings(past) if name == "20News" else past
            fold(name, number, past, splits[number], options.ways)
    report()


if __name__ == "__main__":
    main()
