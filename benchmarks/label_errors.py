"""Likely label errors: 5 % of the examples get another label; who finds them, and how many others.

``python -m benchmarks.label_errors [--tables]``: classes of the test part of a published fold (the
rule was chosen on the others: docs/decisions/0040-conflicts.md), through the public API. Beside it,
on the same vectors: cleanlab's confident learning over logistic regression in five folds, as it
advises, in an environment of its own. Each draw is kept in ``.bench/label_errors``.
"""

from __future__ import annotations

import subprocess
from dataclasses import replace
from functools import cache, partial

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from benchmarks.command_line import command_line, tables_option
from benchmarks.data_sets import Data
from benchmarks.discovery_draws import test_classes
from benchmarks.intervals import interval_text
from benchmarks.newsgroups import POSTS
from benchmarks.open_worlds import any_data
from benchmarks.results import CACHE, kept_result, save, table
from benchmarks.spaces import name_of, space_of
from protolabel import Example
from protolabel.open_world.conflicts import find_conflicts

KEPT = CACHE / "label_errors"
RIVAL = CACHE / "rival" / "bin" / "python"
SETS, SHOTS, DRAWS, SHARE = ("banking77", "clinc150", "newsgroups20"), (5, 10, 30), 10, 0.05
KINDS = {"chance": "of any class", "near": "of the nearest class"}
OURS, CLEANLAB = "protolabel conflicts", "cleanlab 2.9.0"
SCRIPT = """
import sys, warnings, numpy as np
warnings.simplefilter("ignore")
from cleanlab.filter import find_label_issues
for line in sys.stdin:
    data = np.load(line.strip())
    ranked = find_label_issues(data["y"], data["p"], n_jobs=1,
                               return_indices_ranked_by="self_confidence")
    print(*ranked, flush=True)
"""
Figures = dict[str, dict[str, float]]


def one_draw(name: str, shots: int, kind: str, seed: int) -> Figures:
    """Precision and recall of each method on one draw."""
    whole = any_data(name)
    data = whole.only(sorted(test_classes(name, whole)))
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(data.y))
    classes = range(len(data.names))
    rows = np.concatenate([order[data.y[order] == c][:shots] for c in classes])
    y, wrong = flipped(data, rows, kind, rng)
    result = {OURS: rates(by_conflicts(data, rows, y), wrong)}
    if RIVAL.exists():
        model = LogisticRegression(C=30, max_iter=300)
        folds = min(5, int(np.bincount(y).min()))
        x = data.embeddings[rows]
        chances = cross_val_predict(model, x, y, cv=max(folds, 2), method="predict_proba")
        result[CLEANLAB] = rates(by_cleanlab(y, chances), wrong)
    return result


def flipped(
    data: Data, rows: np.ndarray, kind: str, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Labels of which some are wrong, and which: by chance, or of the class whose mean is nearest.

    No class falls below three right examples.
    """
    y, k = data.y[rows].copy(), len(data.names)
    means = np.stack([data.embeddings[data.y == c].mean(axis=0) for c in range(k)])
    wrong = np.zeros(len(y), np.bool_)
    for i in rng.permutation(len(y)):
        if wrong.sum() >= round(SHARE * len(y)):
            break
        if ((y == y[i]) & ~wrong).sum() <= 3:
            continue
        near = means @ data.embeddings[rows[i]]
        near[y[i]] = -np.inf
        y[i] = near.argmax() if kind == "near" else (y[i] + rng.integers(1, k)) % k
        wrong[i] = True
    return y, wrong


def by_conflicts(data: Data, rows: np.ndarray, y: np.ndarray) -> list[int]:
    """What the label space lists, clearest first, as places in ``rows``."""
    with space_of(replace(data, y=y), rows[:0]) as space:
        space.add(
            Example(name_of(data, int(c)), data.texts[i], id=str(at), embedding=data.embeddings[i])
            for at, (i, c) in enumerate(zip(rows, y, strict=True))
        )
        space.settle(refined=False)
        return [int(one.id) for one in find_conflicts(space, evidence=0).examples]


@cache
def cleanlab() -> subprocess.Popen[str]:
    """A process that has loaded cleanlab: the path of a file in, a line of places out."""
    return subprocess.Popen(
        [RIVAL, "-c", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def by_cleanlab(y: np.ndarray, chances: np.ndarray) -> list[int]:
    """What cleanlab calls wrong, least likely first."""
    KEPT.mkdir(parents=True, exist_ok=True)
    np.savez(KEPT / "labels.npz", y=y, p=chances)
    process = cleanlab()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{KEPT / 'labels.npz'}\n")
    process.stdin.flush()
    return [int(i) for i in process.stdout.readline().split()]


def rates(ranked: list[int], wrong: np.ndarray) -> dict[str, float]:
    """Precision, recall and F1 in per cent."""
    hits = float(wrong[ranked].sum()) if ranked else 0.0
    precision = 100 * hits / max(len(ranked), 1)
    recall = 100 * hits / max(float(wrong.sum()), 1.0)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return {"listed": len(ranked), "precision": precision, "recall": recall, "F1": f1}


HEAD = f"""# Likely label errors

5 % of the examples get a wrong label: *of any class*, by chance; or *of the nearest class*, as if a
person had erred. The classes are those of the test part of a published fold: 27 of BANKING77, 50 of
CLINC150, 7 of newsgroups20. {POSTS["beginning"]} The rule was chosen on the other classes
([decision 40](../decisions/0040-conflicts.md)).

- *protolabel conflicts*: examples at least as far on the wrong side as the median example is on the
  right side.
- *cleanlab*: confident learning with its default rule, over logistic regression (C = 30) on the
  same vectors in five folds.
- *precision*: share of what is listed that is wrong. *Recall*: share of the wrong that is listed.

In %; mean ± 95 % interval (t) over {DRAWS} draws of examples and errors. The labels of the data
sets themselves count as right, although some of them are wrong.

"""


def main() -> None:
    """Make what is lacking, and write the table."""
    parser = command_line(__doc__)
    tables_option(parser, KEPT)
    options = parser.parse_args()
    rows, values = [], {}
    for name in SETS:
        for shots in SHOTS:
            for kind, title in KINDS.items():
                key = f"{name}-{shots}-{kind}"
                results = []
                for seed in range(DRAWS):
                    make = partial(one_draw, name, shots, kind, seed)
                    place = KEPT / f"{key}-{seed}.json"
                    results.append(kept_result(place, None if options.tables else make))
                results = [one for one in results if one is not None]
                values[key] = results
                for method in (OURS, CLEANLAB):
                    some = [one[method] for one in results if method in one]
                    if some:
                        cells = [interval_text([one[c] for one in some]) for c in some[0]]
                        rows.append([name, str(shots), title, method, *cells])
    columns = ["data", "examples a class", "wrong label", "method", "listed", "precision", "recall",
               "F1"]  # fmt: skip
    save("label_errors", "make bench-label-errors", HEAD + table(columns, rows), values, None)


if __name__ == "__main__":
    main()
