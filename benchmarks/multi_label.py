"""Several labels a document: F1 and exact sets beside one-against-rest logistic regression.

Pairs of CLINC150 queries of different intents, made here, and GoEmotions. The arithmetic was chosen
on pairs of the training and validation queries, and on the half of GoEmotions that examples are
drawn from; the queries asked about here took no part. SetFit trains once a data set, on draw 0.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold
from threadpoolctl import threadpool_limits

from benchmarks.common import (
    CACHE,
    NEW_DATA,
    ROOT,
    Sampling,
    embed,
    interval_text,
    log_line,
    require_data,
    rows_of,
    save,
    table,
)
from protolabel import Example, LabelSpace
from protolabel.encoders import load_encoder
from protolabel.encoders.cache import CachedEncoder
from protolabel.encoders.locate import DEFAULT, locate

SHOTS = (1, 5, 10, 20)
DRAWS = 10
QUERIES = 750  # pairs of CLINC150 that are asked about
SETFIT_SHOTS, SETFIT_SECONDS = 5, 300
MEASURES = ("micro F1", "macro F1", "exact sets")
Result = dict[str, float]
Matrix = np.ndarray


@dataclass(frozen=True, eq=False)
class Part:
    """Texts with their labels, ``(n, K)`` bool."""

    texts: list[str]
    labels: Matrix

    def take(self, rows: Matrix) -> Part:
        """Some of them."""
        return Part([self.texts[i] for i in rows], self.labels[rows])


@dataclass(frozen=True, eq=False)
class Task:
    """One draw: examples, queries and the names of the classes."""

    names: list[str]
    examples: Part
    queries: Part


def pairs(part: str, rounds: int, seed: int) -> tuple[list[str], Part]:
    """Two queries of different intents joined; each intent is in one pair a round."""
    rows = rows_of("clinc150_oos")
    words = json.loads((require_data("clinc150_oos") / "labels.json").read_text(encoding="utf-8"))
    order = sorted(label for label in words if label != "oos")
    texts = [[r["text"] for r in rows if r["set"] == part and r["label"] == k] for k in order]
    rng = np.random.default_rng(seed)
    joined: list[str] = []
    labels: list[tuple[int, int]] = []
    for _ in range(rounds):
        places = rng.permutation(len(order)).tolist()
        for a, b in zip(places[::2], places[1::2], strict=True):
            one, two = rng.integers(len(texts[a])), rng.integers(len(texts[b]))
            joined.append(f"{texts[a][one]} {texts[b][two]}")
            labels.append((a, b))
    matrix = np.zeros((len(joined), len(order)), np.bool_)
    matrix[np.arange(len(joined))[:, None], labels] = True
    return [words[k]["name"] for k in order], Part(joined, matrix)


def clinc(shots: int, draw: int) -> Task:
    """Pairs of training queries as examples, pairs of test queries as queries."""
    names, examples = pairs("train", shots, 1000 + draw)
    _, queries = pairs("test", QUERIES // 75, 2000 + draw)
    return Task(names, examples, queries)


def goemotions(shots: int, draw: int) -> Task:
    """Comments of one half as examples, so that each label has its number; the other half asked."""
    rows = rows_of("goemotions")
    labels = json.loads((require_data("goemotions") / "labels.json").read_text(encoding="utf-8"))
    order = sorted(labels)
    matrix = np.array([[k in row["labels"] for k in order] for row in rows])
    every = Part([row["text"] for row in rows], matrix)
    halves = np.random.default_rng(100 + draw).permutation(len(rows))
    pool, rest = np.split(halves, [len(rows) // 2])
    chosen: list[int] = []
    counts = np.zeros(len(order), np.int64)
    for k in np.argsort(matrix.sum(axis=0), kind="stable"):  # the rarest first
        for i in pool[matrix[pool, k]].tolist():
            if counts[k] >= shots:
                break
            if i not in chosen:
                chosen.append(i)
                counts += matrix[i]
    return Task([labels[k]["name"] for k in order], every.take(np.array(chosen)), every.take(rest))


def measures(answers: Matrix, labels: Matrix) -> Result:
    """The three measures, in per cent."""
    kinds = {"micro F1": "micro", "macro F1": "macro"}
    result = {
        name: 100 * f1_score(labels, answers, average=kind, zero_division=0)
        for name, kind in kinds.items()
    }
    return result | {"exact sets": 100 * float((answers == labels).all(axis=1).mean())}


def protolabel(task: Task, *, names: bool = True) -> Result:
    """A label space of several labels, as it comes."""
    encoder = CachedEncoder(load_encoder(), CACHE / "embeddings.sqlite")
    place = {name: k for k, name in enumerate(task.names)}
    with LabelSpace.create(
        encoder=encoder, labels="several", names_mean=names, background=False
    ) as space:
        space.add(
            [
                Example(task.names[k], text)
                for text, row in zip(task.examples.texts, task.examples.labels, strict=True)
                for k in np.flatnonzero(row)
            ]
        )
        started = time.perf_counter()
        space.settle()
        seconds = time.perf_counter() - started
        answers = np.zeros_like(task.queries.labels)
        sure: list[float] = []
        for i, answer in enumerate(space.label_many(task.queries.texts, evidence=0)):
            for one in answer.labels or ():
                answers[i, place[one.label]] = True
                sure.extend([] if one.probability is None else [one.probability])
    result = measures(answers, task.queries.labels) | {"fit seconds": seconds}
    if sure:
        right = (answers & task.queries.labels).sum() / answers.sum()
        result |= {"stated": 100 * float(np.mean(sure)), "right": 100 * float(right)}
    return result


def regressions(x: Matrix, y: Matrix, queries: Matrix, c: float, balanced: bool) -> Matrix:
    """Chances by a logistic regression of each class against the rest."""
    chances = np.zeros((len(queries), y.shape[1]))
    weight = "balanced" if balanced else None
    with threadpool_limits(1):  # many small problems
        for k in np.flatnonzero(y.any(axis=0) & ~y.all(axis=0)):
            one = LogisticRegression(C=c, class_weight=weight, max_iter=200)
            chances[:, k] = one.fit(x, y[:, k]).predict_proba(queries)[:, 1]
    return chances


def cut_of(chances: Matrix, labels: Matrix) -> float:
    """The least chance with the best micro F1."""
    order = np.argsort(-chances.ravel(), kind="stable")
    right = np.cumsum(labels.ravel()[order])
    f1 = 2 * right / (np.arange(1, len(order) + 1) + labels.sum())
    return float(chances.ravel()[order[int(f1.argmax())]])


def rival(task: Task, *, c: float, balanced: bool = False, cut: bool = False) -> Result:
    """One-against-rest logistic regression on the same vectors, the names as examples."""
    vectors, queries = embed(task.examples.texts), embed(task.queries.texts)
    names, identity = embed(task.names), np.eye(len(task.names), dtype=np.bool_)
    y = task.examples.labels

    def chances(rows: Matrix, of: Matrix) -> Matrix:
        x = np.concatenate([vectors[rows], names])
        return regressions(x, np.concatenate([y[rows], identity]), of, c, balanced)

    least = 0.5
    if cut:
        left_out = np.zeros(y.shape)
        for rows, others in KFold(3, shuffle=True, random_state=0).split(vectors):
            left_out[others] = chances(rows, vectors[others])
        least = cut_of(left_out, y)
    return measures(chances(np.arange(len(y)), queries) >= least, task.queries.labels)


METHODS: dict[str, Callable[[Task], Result]] = {
    "protolabel": protolabel,
    "protolabel, names are codes": lambda task: protolabel(task, names=False),
    "logistic regression, C=1": lambda task: rival(task, c=1),
    "the same, C=30, balanced": lambda task: rival(task, c=30, balanced=True),
    "the same, C=30, cut by cross-validation": lambda task: rival(task, c=30, cut=True),
}
SETS: dict[str, Callable[[int, int], Task]] = {"CLINC150 pairs": clinc, "GoEmotions": goemotions}


def setfit(task: Task) -> Result | None:
    """SetFit's one-vs-rest head after its training; None where its environment is not there."""
    python = CACHE / "rival" / "bin" / "python"
    if not python.exists():
        return None
    with tempfile.TemporaryDirectory() as folder:
        request = {
            "model": str(locate(DEFAULT)),
            "texts": task.examples.texts,
            "labels": task.examples.labels.astype(int).tolist(),
            "queries": task.queries.texts,
            "seconds": SETFIT_SECONDS,
            "folder": folder,
        }
        run = subprocess.run(
            [str(python), "-W", "ignore", "-m", "benchmarks.setfit_labels_rival"],
            input=json.dumps(request), capture_output=True, text=True, check=False, cwd=ROOT,
        )  # fmt: skip
    if run.returncode:
        log_line(run.stderr[-2000:])
        return None
    record = json.loads(run.stdout.splitlines()[-1])
    answers = np.array(record.pop("answers"), np.bool_)
    more: Result = {name: float(value) for name, value in record.items()}
    return measures(answers, task.queries.labels) | more


def run_set(name: str, draws: int) -> dict[str, dict[str, list[Result]]]:
    """All draws of a data set: results by shots and method."""
    results: dict[str, dict[str, list[Result]]] = {}
    for shots in SHOTS:
        some = results.setdefault(str(shots), {method: [] for method in METHODS})
        for draw in range(draws):
            for method, result in _kept(name, shots, draw).items():
                some[method].append(result)
        log_line(f"{name}, {shots} examples a label: {some['protolabel'][-1]}")
    return results


def _kept(name: str, shots: int, draw: int) -> dict[str, Result]:
    """One draw's results by method; those of an earlier run are kept in ``.bench``."""
    place = CACHE / "multi_label" / f"{name.split(' ')[0].lower()}-{shots}-{draw}.json"
    if not place.exists():
        task = SETS[name](shots, draw)
        results = {method: answer(task) for method, answer in METHODS.items()}
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(results), encoding="utf-8")
    kept: dict[str, Result] = json.loads(place.read_text(encoding="utf-8"))
    return kept


def rows_for(results: dict[str, dict[str, list[Result]]], measure: str) -> list[list[str]]:
    """A table's rows: a method each, a column for each number of examples."""
    return [
        [method, *(interval_text([one[measure] for one in results[str(s)][method]], 1,
                                 Sampling(QUERIES)) for s in SHOTS)]
        for method in METHODS
    ]  # fmt: skip


def main() -> None:
    """All of it."""
    warnings.filterwarnings("ignore", category=ConvergenceWarning)
    draws = next((int(word) for word in sys.argv[1:] if word.isdigit()), DRAWS)
    results = {name: run_set(name, draws) for name in SETS}
    with_setfit = "--no-setfit" not in sys.argv
    rivals = {name: setfit(SETS[name](SETFIT_SHOTS, 0)) if with_setfit else None for name in SETS}
    body = page(results, rivals, draws)
    values = {"draws": draws, "results": results, "setfit": rivals}
    if sys.argv[1:]:
        body += (
            f"\n\nMade with the options `{' '.join(sys.argv[1:])}`; draws are kept between runs."
        )
    save("multi_label", "make bench-multi-label", body, values, None)


def page(
    results: dict[str, dict[str, dict[str, list[Result]]]],
    rivals: dict[str, Result | None],
    draws: int,
) -> str:
    """The page in Markdown."""
    parts = [
        "# Several labels a document",
        f"{draws} draws; {NEW_DATA}. *CLINC150 pairs*: two queries of different intents, joined; "
        f"150 classes, examples from its training queries, {QUERIES} pairs of its test queries "
        "asked about in each draw. *GoEmotions*: 5,427 comments with one or several of 28 emotions "
        "(the published test split alone is here): examples from one half, chosen by the draw's "
        "seed, the other half asked about. It is hard for everybody: raters disagree, and examples "
        "are drawn so that each label has its number, while a third of the comments asked about "
        "are neutral. The arithmetic and its constant were chosen on pairs of training and "
        "validation queries, and on the examples' half of GoEmotions "
        "([decision](../decisions/0048-several-labels.md)).",
        "The regressions have the same vectors, and the class names as examples besides. The cut "
        "by cross-validation is the best one by micro F1 in three parts of the examples.",
    ]
    for name, some in results.items():
        for measure in MEASURES:
            head = [f"{name}: {measure}, %", *(f"{s} a label" for s in SHOTS)]
            parts.append(table(head, rows_for(some, measure)))
    parts.append(_chances(results))
    parts.append(_setfit(results, rivals))
    return "\n\n".join(parts)


def _chances(results: dict[str, dict[str, dict[str, list[Result]]]]) -> str:
    """Whether the probabilities of the labels that were answered are true."""
    rows = []
    for name, some in results.items():
        for shots in SHOTS:
            draws = [one for one in some[str(shots)]["protolabel"] if "stated" in one]
            if draws:
                mean = {k: float(np.mean([one[k] for one in draws])) for k in draws[0]}
                rows.append([name, str(shots), f"{mean['stated']:.1f}", f"{mean['right']:.1f}",
                             f"{mean['fit seconds']:.2f}"])  # fmt: skip
    text = (
        "Are the probabilities true? The mean probability of all labels that were answered, and "
        "the share of them that are right. They are true for a stream that is like the examples: "
        "that of GoEmotions is not, since its examples have rare emotions as often as common ones."
    )
    head = ["", "examples a label", "mean probability, %", "right, %", "seconds to fit"]
    return f"{text}\n\n{table(head, rows)}"


def _setfit(
    results: dict[str, dict[str, dict[str, list[Result]]]], rivals: dict[str, Result | None]
) -> str:
    """SetFit beside the same draw."""
    if not any(rivals.values()):
        return "SetFit's multi-label head was not run for this page."
    rows = []
    for name, result in rivals.items():
        own = results[name][str(SETFIT_SHOTS)]["protolabel"][0]
        rows.append([f"{name}, protolabel", *(f"{own[m]:.1f}" for m in MEASURES), ""])
        if result is None:
            rows.append([f"{name}, SetFit", "not run", "", "", ""])
            continue
        steps = f"{result['seconds']:.0f} s, {result['steps']:.0f} of {result['planned']:.0f} steps"
        rows.append([f"{name}, SetFit", *(f"{result[m]:.1f}" for m in MEASURES), steps])
    text = (
        f"SetFit 1.2 with its multi-label head (one-vs-rest logistic regression on vectors that it "
        f"has trained, the same MiniLM), {SETFIT_SHOTS} examples a label, draw 0 alone, training "
        f"stopped after {SETFIT_SECONDS} s:"
    )
    return f"{text}\n\n{table(['', *(f'{m}, %' for m in MEASURES), 'training'], rows)}"


if __name__ == "__main__":
    main()
