"""The ways to several labels that ``multi_label`` compares, each with what it costs."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold
from threadpoolctl import threadpool_limits

from benchmarks.data_sets import embed, encoder_of
from benchmarks.multi_label_sets import Matrix, Task
from benchmarks.results import CACHE, ROOT, log_line
from protolabel import Example, LabelSpace
from protolabel.encoders.locate import DEFAULT, locate

SETFIT_SHOTS = 5
SETFIT = ("SetFit", "SetFit, cut where its F1 on the queries is best")
MEASURES = ("micro F1", "macro F1", "exact sets")
Result = dict[str, float]


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
    encoder = encoder_of()
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


def setfit(task: Task) -> dict[str, Result] | None:
    """SetFit's one-vs-rest head after its training; None where its environment is not there.

    Each class name is one more example, as it is a description for the others. The second result
    knows the queries' labels: it is the most that any cut of its chances would reach.
    """
    python = CACHE / "rival" / "bin" / "python"
    if not python.exists():
        return None
    identity = np.eye(len(task.names), dtype=np.bool_)
    with tempfile.TemporaryDirectory() as folder:
        request = {
            "model": str(locate(DEFAULT)),
            "texts": task.examples.texts + task.names,
            "labels": np.concatenate([task.examples.labels, identity]).astype(int).tolist(),
            "queries": task.queries.texts,
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
    answers, chances = np.array(record["answers"], np.bool_), np.array(record["chances"])
    truth = task.queries.labels
    cost: Result = {name: float(record[name]) for name in ("seconds", "steps")}
    each = (answers, chances >= cut_of(chances, truth))
    return {title: measures(one, truth) | cost for title, one in zip(SETFIT, each, strict=True)}
