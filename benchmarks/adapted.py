"""What a label space says of its answers once its encoder has learned from its examples.

``python -m benchmarks.adapted [--sets NAME ...] [--draws N]``: classes of a published fold that are
no test classes, 5 examples each and names, in a label space, which ``adapt`` moves. Before, after,
and after without what ``adapt`` measured on held-out examples: accuracy, mean probability of the
answer, calibration error (ten bins), in-scope queries declined and strangers (documents of the test
classes) refused by the default threshold. Every draw is kept in ``.bench/adapted``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import torch

from benchmarks.adapt import QUERIES
from benchmarks.command_line import command_line
from benchmarks.data_sets import Data, draw, fold, load
from benchmarks.intervals import interval_text
from benchmarks.keep import keep
from benchmarks.results import CACHE, log_line, machine, save, table
from benchmarks.spaces import name_of, space_of
from protolabel import Document, LabelSpace
from protolabel.arrays import Embeddings
from protolabel.encoders import Encoder, load_encoder
from protolabel.training.adapt import adapt

PLACE = CACHE / "adapted"
SHOTS, STRANGERS = 5, 800
KEYS = ("accuracy", "mean probability", "calibration error", "declined", "strangers refused")


def head_figures(
    space: LabelSpace, data: Data, queries: Sequence[Document], strangers: Sequence[Document]
) -> dict[str, dict[str, float]]:
    """What both heads say, in per cent. A query's id is the number of its class."""
    figures = {}
    for head in ("prototypes", "refined"):
        space.configure(refine=head == "refined", threshold="auto")
        space.settle()
        answers = list(space.label_many(queries, alternatives=1, evidence=0))
        others = list(space.label_many(strangers, alternatives=1, evidence=0))
        right = np.array([
            a.alternatives[0].label == name_of(data, int(q.id))
            for a, q in zip(answers, queries, strict=True)
        ])  # fmt: skip
        sure = np.array([a.alternatives[0].probability for a in answers], float)
        values = (
            right.mean(), sure.mean(), _error(sure, right),
            np.mean([a.label is None for a in answers]), np.mean([a.label is None for a in others]),
        )  # fmt: skip
        figures[head] = {k: 100 * float(v) for k, v in zip(KEYS, values, strict=True)}
    return figures


def _error(sure: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error over ten bins of equal width; lower is better."""
    bins = np.minimum((10 * sure).astype(int), 9)
    parts = [(bins == i) for i in range(10) if (bins == i).any()]
    return float(sum(abs(sure[p].mean() - right[p].mean()) * p.mean() for p in parts))


def one(name: str, seed: int) -> dict[str, object]:
    """One draw, or what was found of it before."""
    place = PLACE / f"{name}-{seed}"
    if (place / "result.json").is_file():
        return dict(json.loads((place / "result.json").read_text(encoding="utf-8")))
    place.mkdir(parents=True, exist_ok=True)
    whole, absent = load(name), fold(name)["test"]
    data = whole.only([c for c in range(len(whole.names)) if c not in set(absent)])
    drawn = draw(data, SHOTS, seed, QUERIES // 2)
    rng = np.random.default_rng(seed)
    strange = rng.choice(np.flatnonzero(np.isin(whole.y, absent)), STRANGERS, replace=False)
    texts = [data.texts[i] for i in drawn.queries] + [whole.texts[i] for i in strange]
    classes = [*data.y[drawn.queries].tolist(), *[-1] * STRANGERS]

    def documents(vectors: Embeddings) -> tuple[list[Document], list[Document]]:
        every = [
            Document(str(c), text, embedding=vector)
            for c, text, vector in zip(classes, texts, vectors, strict=True)
        ]
        return every[: len(drawn.queries)], every[len(drawn.queries) :]

    with space_of(data, drawn.support, refine=True) as space:
        space.settle()
        first = np.concatenate([data.embeddings[drawn.queries], whole.embeddings[strange]])
        record: dict[str, object] = {"before": head_figures(space, data, *documents(first))}
        done = adapt(space, place / "encoder", overwrite=True)
        record |= {"minutes": done.seconds / 60, "episodes": done.episodes, "machine": machine()}
        if done.folder is not None and done.learned is not None:
            last = load_encoder(done.folder)
            assert isinstance(last, Encoder)
            asked = documents(last.encode(texts))
            space.reencode(last, encoder_name=str(done.folder))
            record |= {"after": head_figures(space, data, *asked), "learned": done.learned.values()}
            space.undo()
            while space.view().embedder.fingerprint == last.fingerprint:
                space.undo()  # the settings in between
            space.reencode(last)  # without the folder's name nothing is known of what it learned
            record["after, not allowed for"] = head_figures(space, data, *asked)
    keep(place / "result.json", json.dumps(record, indent=1))
    return record


def main() -> None:
    """Run what is lacking, and write."""
    parser = command_line(__doc__)
    parser.add_argument("--sets", nargs="*", default=["banking77", "clinc150"])
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    rows, values = [], {}
    for name in options.sets:
        records = [one(name, seed) for seed in range(options.draws)]
        values[name] = records
        log_line(f"{name}: {records}")
        kept = [r for r in records if "after" in r]
        for head in ("prototypes", "refined"):
            for when in ("before", "after, not allowed for", "after"):
                cells = [interval_text([r[when][head][k] for r in kept]) for k in KEYS]  # type: ignore[index]
                spent = (
                    interval_text([float(str(r["minutes"])) for r in kept])
                    if when != "before"
                    else ""
                )
                row = [f"{name}, {head}", when, *cells, spent]
                rows.append([cell.replace(" ± nan", "") for cell in row])
    body = (
        "# Calibration after the encoder has learned from the label space's examples\n\n"
        "Each label space has the classes of fold 01 that are not test classes, with "
        f"{SHOTS} examples each and their names. It answers {QUERIES // 2} queries, and "
        f"{STRANGERS} documents of the test classes as strangers, with the default threshold. "
        f"Figures are in %, mean ± 95 % interval (t) over the {options.draws} draws in which "
        "adapting was kept. *Not allowed for*: the label space calibrates as if the encoder had "
        f"not learned from the examples.\n\n{table(['', '', *KEYS, 'minutes'], rows)}"
    )
    save("adapted", "make bench-adapted", body, values, None)


if __name__ == "__main__":
    main()
