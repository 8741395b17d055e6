"""Likely label errors: 5 % of the examples get another label; who finds them.

``python -m benchmarks.label_errors``: classes of the test part of a published fold, beside cleanlab
(confident learning) on the same vectors, with logistic regression in five folds as it advises.
"""

from __future__ import annotations

import os
import subprocess

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from benchmarks.common import CACHE, fold, interval_text, load, log_line, save, table
from protolabel.arithmetic.conflicts import conflicts
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arithmetic.support import Support

SETS, SHOTS, DRAWS, FLIPPED = ("banking77", "clinc150"), (5, 10, 30), 5, 0.05
KAPPA = 1.5
RIVAL = CACHE / "rival" / "bin" / "python"
SCRIPT = """
import sys, numpy as np
from cleanlab.filter import find_label_issues
data = np.load(sys.argv[1])
np.save(sys.argv[2], find_label_issues(data["y"], data["p"], n_jobs=1))
"""


def one_draw(name: str, shots: int, seed: int) -> dict[str, dict[str, float]]:
    """Precision and recall of each method."""
    whole = load(name)
    data = whole.only(sorted(fold(name)["test"]))
    k, rng = len(data.names), np.random.default_rng(seed)
    order = rng.permutation(len(data.y))
    rows = np.concatenate([order[data.y[order] == c][:shots] for c in range(k)])
    x, y = data.embeddings[rows], data.y[rows].copy()
    flipped = rng.permutation(len(y))[: round(FLIPPED * len(y))]
    y[flipped] = (y[flipped] + rng.integers(1, k, len(flipped))) % k
    wrong = np.zeros(len(y), np.bool_)
    wrong[flipped] = True
    support = Support.of(x, y, data.name_embeddings, np.ones(k, np.bool_), kappa=KAPPA)
    ours = np.zeros(len(y), np.bool_)
    ours[conflicts(simulate(support)).rows] = True
    result = {"protolabel conflicts": rates(ours, wrong)}
    if RIVAL.exists() and np.bincount(y).min() >= 2:
        model = LogisticRegression(C=30, max_iter=300)
        p = cross_val_predict(model, x, y, cv=min(5, int(np.bincount(y).min())),
                              method="predict_proba")  # fmt: skip
        result["cleanlab 2.9"] = rates(by_cleanlab(y, p), wrong)
    return result


def by_cleanlab(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Which labels cleanlab calls wrong, in an environment of its own."""
    source, target = CACHE / "issues.npz", CACHE / "issues.npy"
    np.savez(source, y=y, p=p)
    environment = os.environ | {"PYTHONPATH": ""}
    subprocess.run(
        [RIVAL, "-W", "ignore", "-c", SCRIPT, source, target], check=True, env=environment
    )
    return np.load(target)


def rates(chosen: np.ndarray, wrong: np.ndarray) -> dict[str, float]:
    """Precision, recall and F1 in per cent."""
    hits = float((chosen & wrong).sum())
    precision = 100 * hits / max(float(chosen.sum()), 1.0)
    recall = 100 * hits / max(float(wrong.sum()), 1.0)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return {"precision": precision, "recall": recall, "F1": f1}


def main() -> None:
    """Draw, and write the table."""
    rows, values = [], {}
    for name in SETS:
        for shots in SHOTS:
            draws = [one_draw(name, shots, seed) for seed in range(DRAWS)]
            values[f"{name} {shots}"] = draws
            for method in draws[0]:
                have = [d[method] for d in draws if method in d]
                cells = [interval_text([h[c] for h in have]) for c in have[0]]
                rows.append([name, str(shots), method, *cells])
            log_line(f"{name} {shots}: {rows[-1]}")
    body = (
        "# Likely label errors\n\n5 % of the examples get the label of another class by chance. The classes "
        "are those of the test part of a published fold: 27 of BANKING77, 50 of CLINC150. The rule was "
        "chosen on the other classes ([decision 35](../decisions/0035-conflicts.md)). cleanlab is "
        "confident learning over logistic regression in five folds, as it advises. In %, "
        f"{DRAWS} draws.\n\n"
        + table(["set", "examples a class", "method", "precision", "recall", "F1"], rows)
    )
    save("label_errors", "make bench-errors", body, values, None)


if __name__ == "__main__":
    main()
