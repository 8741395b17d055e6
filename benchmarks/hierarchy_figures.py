"""What ``hierarchy`` measures of each way: accuracy by level, answers under each rule, promises."""

from __future__ import annotations

import numpy as np

from benchmarks.hierarchy_methods import Scored
from benchmarks.hierarchy_sets import Set
from benchmarks.spaces import name_of, ranked
from protolabel import LabelSpace

COVERAGES = (1.0, 0.9, 0.8, 0.6)
LEAST = (0.5, 0.7, 0.9)  # chances that a level may be asked for


def at_coverages(right: np.ndarray, sure: np.ndarray) -> list[float]:
    """Accuracy in % of the surest queries, at each coverage."""
    order = np.argsort(-sure, kind="stable")
    hits = right[order]
    return [100.0 * float(hits[: max(1, round(c * len(hits)))].mean()) for c in COVERAGES]


def figures(one: Set, s: Scored, queries: np.ndarray, strangers: Scored) -> dict[str, float]:
    """Accuracy by level and coverage, and the separation of strangers by the top's chance."""
    y = one.data.y[queries]
    leaf, top = s.leaf.argmax(axis=1), s.top.argmax(axis=1)
    values = {}
    for c, value in zip(COVERAGES, at_coverages(leaf == y, s.leaf.max(axis=1)), strict=True):
        values[f"class, {c:.0%}"] = value
    for c, value in zip(
        COVERAGES, at_coverages(top == one.above[y], s.top.max(axis=1)), strict=True
    ):
        values[f"parent, {c:.0%}"] = value
    values["parent of the best class"] = 100.0 * float((one.above[leaf] == one.above[y]).mean())
    wrong = [np.abs(p.max(axis=1).mean() - r.mean()) for p, r in
             ((s.leaf, leaf == y), (s.top, top == one.above[y]))]  # fmt: skip
    values["gap of the class"], values["gap of the parent"] = (100.0 * float(w) for w in wrong)
    return values


def by_rules(one: Set, s: Scored, queries: np.ndarray, far: Scored) -> dict[str, float]:
    """What answers look like under each rule that was tried: shares in %."""
    y, values = one.data.y[queries], {}
    for least in LEAST:
        for rule in ("threshold, then level", "chance at each level"):
            shares = []
            for scores, truth in ((s, y), (far, np.full(len(far.belongs), -1))):
                leaf, top = scores.leaf.argmax(axis=1), scores.top.argmax(axis=1)
                own = scores.leaf.max(axis=1) * scores.belongs >= least
                above = scores.top.max(axis=1) * scores.belongs >= least
                if rule == "threshold, then level":
                    as_leaf, as_top = scores.passes & own, scores.passes & ~own
                else:
                    as_leaf, as_top = own, above & ~own
                hits = (as_leaf & (leaf == truth)) | (as_top & (top == one.above[truth]))
                shares.append((as_leaf, as_top, hits & (truth >= 0)))
            (leaf_in, top_in, right), (leaf_far, top_far, _) = shares
            key = f"{rule}, {least}"
            values[f"{key}: class"] = 100.0 * float(leaf_in.mean())
            values[f"{key}: parent"] = 100.0 * float(top_in.mean())
            either = leaf_in | top_in
            values[f"{key}: right"] = 100.0 * float(right[either].mean()) if either.any() else 100.0
            values[f"{key}: strangers"] = 100.0 * float((leaf_far | top_far).mean())
    own = s.passes & (s.leaf.argmax(axis=1) == y)
    values["without levels: class"] = 100.0 * float(s.passes.mean())
    values["without levels: right"] = 100.0 * float(own.sum() / max(1, s.passes.sum()))
    values["without levels: strangers"] = 100.0 * float(far.passes.mean())
    return values


def promised(one: Set, space: LabelSpace, queries: np.ndarray, far: np.ndarray) -> dict[str, float]:
    """What the label space itself answers at the target of 5 % errors, through its own decisions.

    As many strangers take part as the setting says: 20 % of the stream.
    """
    space.configure(target="errors 5%", strangers=0.2)
    space.settle()
    view, share = space.view(), 0.2
    names = [name_of(one.data, c) for c in range(len(one.above))]
    parents = [f"parent {p}" for p in one.parents]
    rates = []
    for rows in (queries, far):
        decisions = ranked(view, one.data, rows)
        name = {row.key: row.name for row in view.rows.classes(view.version)}
        labels = [None if key is None else name[key] for key in decisions.answer_keys]
        truth = one.data.y[rows].tolist()
        as_class = np.array([label in names for label in labels])
        passes = np.array([label is not None for label in labels])
        right = np.array([
            y >= 0 and label in (names[y], parents[one.above[y]])
            for label, y in zip(labels, truth, strict=True)
        ])  # fmt: skip
        rates.append((passes.mean(), as_class.mean(), (passes & ~right).mean()))
    (coverage, as_class, wrong), (coverage_far, _, wrong_far) = rates
    answers = (1 - share) * coverage + share * coverage_far
    errors = (1 - share) * wrong + share * wrong_far
    return {
        "target: class": 100.0 * float(as_class),
        "target: parent": 100.0 * float(coverage - as_class),
        "target: strangers": 100.0 * float(coverage_far),
        "target: wrong": 100.0 * float(errors / answers) if answers else 0.0,
    }
