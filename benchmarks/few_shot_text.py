"""5-way tasks on classes that were not trained on: intents, headlines, newsgroups.

``python -m benchmarks.few_shot_text [--sets NAME ...] [--folds 01 ...]``: published class folds.
Of each fold the default encoder is trained on the train classes, stopped on the valid classes,
written, loaded by the inference path, and answers the test classes once: 1- and 5-shot, without
and with class names as descriptions; beside it the encoder as it was. Every fold is kept in
``.bench/text`` and is not repeated. The recipe was chosen on the valid classes of BANKING77's
fold 01 (docs/experiments.md).
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from benchmarks.command_line import command_line
from benchmarks.data_sets import require_data, rows_of
from benchmarks.intervals import folds, over_folds
from benchmarks.keep import keep
from benchmarks.newsgroups import POSTS, newsgroup_text
from benchmarks.results import CACHE, kept_folds, log_line, machine, save, table
from protolabel.encoders import Encoder, load_encoder
from protolabel.episodes.sampler import Sampler, generator_of
from protolabel.episodes.scenario import Scenario
from protolabel.evaluation.episodic import episodic_accuracy
from protolabel.training import Network, Past, Recipe, RunOptions, SplitPlan, train
from protolabel.training.loop.reports import Report

PLACE = CACHE / "text"
RECIPE = Recipe(
    episodes=80, learning_rate=5e-5, weight_decay=0.01, average=0.95, validate_every=20,
    n_validation=300, patience=3,
)  # fmt: skip


@dataclass(frozen=True)
class Set:
    """A data set's protocol, and the inductive figures to beat: 1-shot, 5-shot (recalled)."""

    folder: str
    n_query: int
    n_episodes: int
    published: tuple[float, float]
    max_tokens: int = 64


SETS = {
    "BANKING77": Set("protaugment_banking77", 5, 600, (91.18, 96.40)),
    "CLINC150": Set("protaugment_clinc150", 5, 600, (96.59, 98.46)),
    "HuffPost": Set("bao_huffpost", 25, 1000, (53.06, 65.32)),
    "20News": Set("newsgroups20", 25, 1000, (71.74, 81.57), max_tokens=128),
}
TASKS = ((1, False), (5, False), (1, True), (5, True))


def past_and_folds(one: Set) -> tuple[Past, dict[str, dict[str, list[str]]]]:
    """Documents with class names as words, and the folds by name: train, valid, test."""
    rows = rows_of(one.folder)
    folder = require_data(one.folder)
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    order = sorted(labels)
    index = {label: i for i, label in enumerate(order)}
    texts = [
        newsgroup_text(r["text"], "with subject") if one.folder == "newsgroups20" else r["text"]
        for r in rows
    ]
    keep = [i for i, text in enumerate(texts) if text.strip()]
    past = Past(
        [texts[i] for i in keep],
        np.array([index[rows[i]["label"]] for i in keep]),
        order,
        [labels[label]["name"].lower() for label in order],
    )
    splits = json.loads((folder / "splits.json").read_text(encoding="utf-8"))
    parts = splits.get("folds") or splits["contrastnet_laqda_folds"]
    return past, {n: {p: f[p] for p in ("train", "valid", "test")} for n, f in parts.items()}


def answered(
    encoder: Encoder, past: Past, classes: Sequence[str], one: Set, kappa: float
) -> dict[str, float]:
    """Accuracy on the episodes of test classes, per cent."""
    numbers = [past.names.index(name) for name in classes]
    rows = np.flatnonzero(np.isin(past.labels, numbers))
    vectors = np.zeros((len(past.labels), encoder.dim), np.float32)
    vectors[rows] = encoder.encode([str(past.documents[i]) for i in rows.tolist()])
    words = encoder.encode([str(text) for text in past.descriptions])
    figures = {}
    for shot, named in TASKS:
        scenario = Scenario(5, shot, one.n_query, described=float(named))
        sampler = Sampler(past.labels, scenario, classes=numbers)
        episodes = (sampler.draw(generator_of(42, shot, i)) for i in range(one.n_episodes))
        accuracy = episodic_accuracy(episodes, vectors, words, kappa=kappa)
        figures[f"{shot}-shot{' with names' if named else ''}"] = 100 * accuracy.mean
    return figures


def fold(name: str, number: str, past: Past, classes: dict[str, list[str]]) -> dict[str, object]:
    """Train on one fold and test, or take what was found before."""
    one = SETS[name]
    place = PLACE / f"{name}-{number}"
    result = place / "result.json"
    if result.is_file():
        return dict(json.loads(result.read_text(encoding="utf-8")))
    place.mkdir(parents=True, exist_ok=True)

    def on_report(report: Report) -> None:
        if report.validation is not None:
            log_line(f"{name} {number} episode {report.episode}: {report.validation}")

    n_train = len(classes["train"])
    started = time.monotonic()
    trained = train(
        past, place / "encoder", recipe=RECIPE, network=Network(max_tokens=one.max_tokens),
        split=SplitPlan(classes["valid"], classes["test"]),
        scenario=Scenario(min(25, n_train), 1, 3, described=0.3),
        options=RunOptions(only_if_better=False, overwrite=True, on_report=on_report),
    )  # fmt: skip
    minutes = (time.monotonic() - started) / 60
    kappa = trained.outcome.kappa
    before = load_encoder()
    after = load_encoder(place / "encoder")
    assert isinstance(before, Encoder)
    assert isinstance(after, Encoder)
    record = {
        "before": answered(before, past, classes["test"], one, 1.0),
        "after": answered(after, past, classes["test"], one, kappa),
        "minutes": minutes, "episodes": trained.outcome.best_episode, "kappa": kappa,
        "machine": machine(), "threads": torch.get_num_threads(),
    }  # fmt: skip
    keep(result, json.dumps(record, indent=1))
    return record


def report() -> None:
    """Write docs/results/few_shot_text from the folds that are there."""
    keys = [f"{s}-shot{' with names' if n else ''}" for s, n in TASKS]
    rows, values = [], {}
    for name, one in SETS.items():
        kept = kept_folds(PLACE, name)
        records = list(kept.values())
        if not records:
            continue
        values[name] = kept
        rows.append(
            [name, "published, inductive", *(f"{a:.2f}" for a in one.published), "", "", ""]
        )
        for when in ("before", "after"):
            cells = [over_folds([r[when][key] for r in records]) for key in keys]
            minutes = f"{np.mean([r['minutes'] for r in records]):.1f}" if when == "after" else ""
            what = "as it was" if when == "before" else "trained"
            rows.append([folds(name, len(records)), what, *cells, minutes])
    head = ["set", "encoder", *keys, "minutes"]
    body = (
        "# 5-way tasks on classes that were not trained on\n\n"
        "Accuracy in %, mean over the published class folds ± s over folds; all-MiniLM-L6-v2 (22 M "
        f"parameters), inductive. {POSTS['with subject']} "
        "Intents: 600 episodes of 5 queries a class; news: 1,000 of 25. "
        "Training learns from the fold's train classes and stops by its valid classes. "
        "Published: ContrastNet (BERT-base), without names, as given in the data sets' notes. "
        f"Minutes are those of training one fold, beside other work.\n\n{table(head, rows)}"
    )
    save("few_shot_text", "make bench-text", body, values, None)


def main() -> None:
    """Run what is lacking, and write what there is."""
    parser = command_line(__doc__)
    parser.add_argument("--sets", nargs="*", choices=list(SETS), default=list(SETS))
    parser.add_argument("--folds", nargs="*", default=["01", "02", "03", "04", "05"])
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for number in options.folds:
        for name in options.sets:
            past, splits = past_and_folds(SETS[name])
            record = fold(name, number, past, splits[number])
            log_line(f"{name} {number}: {record['before']} -> {record['after']}")
    report()


if __name__ == "__main__":
    main()
