"""Answers by level: accuracy against coverage where classes stand under others, beside hiclass.

``make bench-hierarchy``: CLINC150, 150 intents under its ten domains with the out-of-scope queries
as strangers, and dbpedia_l2, 70 classes under nine. Label spaces of 1, 5 and 10 examples a class
with the class names as descriptions, 10 draws; every rule and rival has the same vectors. Which
rule is built in was chosen on validation queries (``--validation``); test queries are read once.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.common import (
    CACHE,
    NEW_DATA,
    Data,
    Sampling,
    embed,
    interval_text,
    log_line,
    mean_interval,
    require_data,
    rows_of,
    save,
    table,
)
from benchmarks.spaces import name_of, space_of
from protolabel import LabelSpace
from protolabel.arithmetic.calibration import Calibration
from protolabel.arithmetic.hierarchy import Hierarchy
from protolabel.arithmetic.scores import softmax
from protolabel.label_space.decision import AnswerForm
from protolabel.types import Encoded

SHOTS, DRAWS = (1, 5, 10), 10
COVERAGES = (1.0, 0.9, 0.8, 0.6)
LEAST = (0.5, 0.7, 0.9)  # chances that a level may be asked for
FEWEST = 20  # documents of a class of dbpedia_l2 that takes part


@dataclass(frozen=True, eq=False)
class Set:
    """A data set of two levels. ``above``: (K,), the parent of each class; ``parts``: the rows of
    train, validation, test and, of each but train, the strangers.
    """

    data: Data
    parents: list[str]
    above: np.ndarray
    parts: dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Scored:
    """Probabilities of n queries: leaf (n, K), top (n, P); belongs (n,); passes: (n,), by the
    threshold of the label space.
    """

    leaf: np.ndarray
    top: np.ndarray
    belongs: np.ndarray
    passes: np.ndarray


def clinc() -> Set:
    """CLINC150 with its domains and out-of-scope queries, in the published parts."""
    folder = "clinc150_oos"
    rows = rows_of(folder)
    labels = json.loads((require_data(folder) / "labels.json").read_text(encoding="utf-8"))
    order = sorted(label for label in labels if label != "oos")
    index = {label: i for i, label in enumerate(order)} | {"oos": -1}
    parents = sorted({labels[label]["domain"] for label in order})
    above = np.array([parents.index(labels[label]["domain"]) for label in order])
    names, texts = [labels[label]["name"] for label in order], [row["text"] for row in rows]
    vectors = embed(texts + names)
    y = np.array([index[row["label"]] for row in rows])
    data = Data("CLINC150", texts, y, names, vectors[: len(texts)], vectors[len(texts) :])
    kind = np.array([row["set"] for row in rows])
    parts = {part: np.flatnonzero(kind == part) for part in ("train", "val", "test")}
    parts |= {f"{part} strangers": np.flatnonzero(kind == f"oos_{part}") for part in parts}
    return Set(data, parents, above, parts)


def dbpedia() -> Set:
    """DBpedia, level 2 under level 1: examples from one half of the val file, queries from the
    other half and from the test file; three classes of ten are strangers, whole.
    """
    folder = "dbpedia_l2"
    rows = rows_of(folder)
    labels = json.loads((require_data(folder) / "labels.json").read_text(encoding="utf-8"))["l2"]
    counts = {label: sum(row["label"] == label for row in rows) for label in labels}
    order = sorted((label for label in labels if counts[label] >= 2 * FEWEST), key=int)
    members = [label for i, label in enumerate(order) if i % 10 < 7]
    index = {label: i for i, label in enumerate(members)}
    numbers = sorted({labels[label]["parent"] for label in members}, key=int)
    above = np.array([numbers.index(labels[label]["parent"]) for label in members])
    texts, names = [row["text"] for row in rows], [labels[label]["name"] for label in members]
    vectors = embed(texts + names)
    y = np.array([index.get(row["label"], -1) for row in rows])
    data = Data("DBpedia", texts, y, names, vectors[: len(texts)], vectors[len(texts) :])
    kind = np.array([row["set"] for row in rows])
    far = np.array([row["label"] in order and row["label"] not in index for row in rows])
    first = np.random.default_rng(0).random(len(rows)) < 0.5
    member = y >= 0
    parts = {
        "train": np.flatnonzero(member & (kind == "val") & first),
        "val": np.flatnonzero(member & (kind == "val") & ~first),
        "test": np.flatnonzero(member & (kind == "test")),
        "val strangers": np.flatnonzero(far & (kind == "val")),
        "test strangers": np.flatnonzero(far & (kind == "test")),
    }
    return Set(data, [f"level 1, {number}" for number in numbers], above, parts)


def support_of(one: Set, shots: int, seed: int) -> np.ndarray:
    """Random rows of the training part: so many a class, or as many as there are."""
    rows = np.random.default_rng(seed).permutation(one.parts["train"])
    chosen = [rows[one.data.y[rows] == c][:shots] for c in range(len(one.data.names))]
    return np.sort(np.concatenate(chosen))


def nested_space(one: Set, support: np.ndarray) -> LabelSpace:
    """The label space, each class under its parent, settled."""
    space = space_of(one.data, support, refine=True)
    space.configure(threshold="auto")
    parents = {
        name_of(one.data, c): f"parent {one.parents[p]}" for c, p in enumerate(one.above.tolist())
    }
    space.nest(parents, new=True)
    space.settle()
    return space


def hierarchy_of(one: Set) -> Hierarchy:
    """The classes as columns, and the parents after them."""
    k, p = len(one.above), len(one.parents)
    return Hierarchy(np.concatenate([k + one.above, np.full(p, -1)]), np.arange(k + p), k)


def scored(space: LabelSpace, one: Set, queries: np.ndarray) -> Scored:
    """Probabilities by the label space; at one example, where it has none, by a temperature of 0.05
    and without *none of these*.
    """
    view, x = space.view(), one.data.embeddings[queries]
    scores = view.head.scores(x).astype(float)
    best, sizes = scores.max(axis=1), view.head.sizes[scores.argmax(axis=1)]
    fitted, n = view.calibration, len(queries)
    belongs, passes, temperature = np.ones(n), np.ones(n, bool), 0.05
    if isinstance(fitted, Calibration):
        temperature = fitted.temperature
        none = fitted.none_probability(best, sizes, view.settings.strangers)
        belongs = np.ones(n) if none is None else 1.0 - none
        passes = best >= fitted.thresholds(sizes)
    leaf = softmax(scores, temperature)
    return Scored(leaf, hierarchy_of(one).sums(leaf)[:, len(one.above) :], belongs, passes)


def top_down(one: Set, support: np.ndarray, queries: np.ndarray, temperature: float) -> Scored:
    """The other rule: a prototype for each parent, of all documents and names under it, then a
    softmax among its children: p(class) = p(parent) p(class | parent).
    """
    x, y, data = one.data.embeddings, one.data.y, one.data
    sums = np.zeros((len(one.above), x.shape[1]))
    np.add.at(sums, y[support], x[support])
    sums += data.name_embeddings
    tops = np.zeros((len(one.parents), x.shape[1]))
    np.add.at(tops, one.above, sums)
    unit = [m / np.linalg.norm(m, axis=1, keepdims=True) for m in (sums, tops)]
    leaf_scores, top_scores = (x[queries] @ m.T for m in unit)
    top = softmax(top_scores.astype(float), temperature)
    leaf = np.zeros(leaf_scores.shape)
    for parent in range(len(one.parents)):
        inside = one.above == parent
        leaf[:, inside] = softmax(leaf_scores[:, inside].astype(float), temperature)
        leaf[:, inside] *= top[:, [parent]]
    return Scored(leaf, top, np.ones(len(queries)), np.ones(len(queries), bool))


def rival(one: Set, support: np.ndarray, queries: np.ndarray) -> Scored:
    """Hiclass: a logistic regression a parent on the same vectors, names as examples."""
    sys.path.insert(0, str(CACHE / "hiclass"))
    from hiclass import LocalClassifierPerParentNode

    sys.path.pop(0)
    x = np.concatenate([one.data.embeddings[support], one.data.name_embeddings])
    classes = np.concatenate([one.data.y[support], np.arange(len(one.above))])
    labels = np.array([[f"p{one.above[c]:03d}", f"c{c:03d}"] for c in classes.tolist()])
    model = LocalClassifierPerParentNode(
        local_classifier=LogisticRegression(C=30.0, max_iter=300),
        probability_combiner="multiply",
        return_all_probabilities=True,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(x, labels)
        top, leaf = model.predict_proba(one.data.embeddings[queries])
    return Scored(
        np.asarray(leaf), np.asarray(top), np.ones(len(queries)), np.ones(len(queries), bool)
    )


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
        encoded = Encoded.whole(one.data.embeddings[rows])
        decisions = view.decisions(encoded, AnswerForm(2, 0))
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


Figures = dict[str, dict[str, list[float]]]


def run(one: Set, part: str, draws: int) -> dict[str, Figures]:
    """All figures: by examples a class, method and figure, a value a draw."""
    queries, far = one.parts[part], one.parts[f"{part} strangers"]
    results: dict[str, Figures] = {}
    for shots in SHOTS:
        methods: Figures = {}
        for seed in range(draws):
            support = support_of(one, shots, seed)
            with nested_space(one, support) as space:
                ours, strangers = scored(space, one, queries), scored(space, one, far)
                fitted = space.view().calibration
                warm = fitted.temperature if isinstance(fitted, Calibration) else 0.05
                rows = {"sums of classes": figures(one, ours, queries, strangers)}
                if isinstance(fitted, Calibration):
                    rows["answers"] = by_rules(one, ours, queries, strangers)
                    rows["answers"] |= promised(one, space, queries, far)
            for name, other in (
                ("top-down, prototypes", top_down(one, support, queries, min(warm, 0.1))),
                ("hiclass, a regression a parent", rival(one, support, queries)),
            ):
                rows[name] = figures(one, other, queries, other)
            for name, values in rows.items():
                for key, value in values.items():
                    methods.setdefault(name, {}).setdefault(key, []).append(value)
        results[str(shots)] = methods
        ours = methods["sums of classes"]
        log_line(f"{one.data.name} {part} {shots}: {mean_interval(ours['class, 100%'])[0]:.1f}")
    return results


def tables(one: Set, part: str, results: dict[str, Figures]) -> list[str]:
    """The page's part about one set."""
    counts = np.bincount(one.data.y[one.parts["train"]], minlength=len(one.above))
    body = []
    for level in ("class", "parent"):
        rows = []
        for shots, methods in results.items():
            how = Sampling(len(one.parts[part]), float(np.minimum(int(shots) / counts, 1.0).mean()))
            for name, values in methods.items():
                if name == "answers":
                    continue
                cells = [interval_text(values[f"{level}, {c:.0%}"], how=how) for c in COVERAGES]
                gap = f"{mean_interval(values[f'gap of the {level}'])[0]:.1f}"
                rows.append([shots, name, *cells, gap])
        headers = ["examples", "method", *(f"{c:.0%}" for c in COVERAGES), "gap"]
        body += [
            f"**{one.data.name}: accuracy of the {level}, by coverage**",
            "",
            table(headers, rows),
            "",
        ]
    rows = []
    for shots, methods in results.items():
        answers = methods.get("answers")
        if answers is None:
            rows.append([shots, "no calibration: the nearest class answers", *["-"] * 4])
            continue
        keys = ["without levels"]
        keys += [
            f"{rule}, {least}"
            for rule in ("threshold, then level", "chance at each level")
            for least in LEAST
        ]
        for key in keys:
            cells = [
                f"{mean_interval(answers[f'{key}: {what}'])[0]:.1f}"
                if f"{key}: {what}" in answers
                else "-"
                for what in ("class", "parent", "right", "strangers")
            ]
            rows.append([shots, key, *cells])
        right = 100.0 - np.array(answers["target: wrong"])
        rows.append([shots, "target errors 5%", *(
            f"{mean_interval(answers[f'target: {what}'])[0]:.1f}" for what in ("class", "parent")
        ), f"{mean_interval(right.tolist())[0]:.1f}",
            f"{mean_interval(answers['target: strangers'])[0]:.1f}"])  # fmt: skip
    body += [
        f"**{one.data.name}: answers**", "",
        table(["examples", "rule", "answered with a class", "with a parent", "right",
               "strangers answered"], rows), "",
    ]  # fmt: skip
    return body


def main(arguments: Sequence[str] = ()) -> None:
    """Run and write docs/results/hierarchy.*; with ``--validation`` print validation alone."""
    start = time.perf_counter()
    part = "val" if "--validation" in arguments else "test"
    sets = [clinc(), dbpedia()]
    results = {one.data.name: run(one, part, 3 if part == "val" else DRAWS) for one in sets}
    body = [line for one in sets for line in tables(one, part, results[one.data.name])]
    if part == "val":
        print("\n".join(body))
        return
    save("hierarchy", "make bench-hierarchy", "\n".join([*HEAD, *body]), results,
         time.perf_counter() - start)  # fmt: skip


HEAD = [
    "# Answers by level",
    "",
    "Classes that stand under others: CLINC150's 150 intents under its ten domains, with its "
    "out-of-scope queries as strangers; and 70 % of DBpedia's level-2 classes of 40 documents or "
    "more under level 1, with the other classes as strangers. "
    f"{NEW_DATA}, over {DRAWS} draws.",
    "",
    "*Sums of classes* is what label spaces do: the probability of a parent is the sum over the "
    "classes under it. *Top-down, prototypes* gives each parent a prototype of all that stands "
    "under it, and chooses among its children afterwards. hiclass 5.0.8 fits a logistic regression "
    "for each parent, on the same vectors, names as examples. Coverage answers the surest queries "
    "first, by the method's own probability of the level. *Gap* is the mean probability less the "
    "accuracy, in points: how far the probabilities are off. At one example a class a label space "
    "has no calibration; the table then uses a temperature of 0.05.",
    "",
    "*Answers* are what the label space says: shares of the queries that are answered with a "
    "class, or with a parent where the class is too unsure; the share of these that is right (a "
    "parent is right where the class of the query stands under it); and the share of strangers "
    "that is answered. *Threshold, then level* takes the threshold to decide whether there is an "
    "answer, and the chance at each level to decide how deep; *0.5* is built in. *Chance at each "
    "level* declines where no level has the chance. The row *target* is the label space's own "
    "answer to `errors 5%`, with strangers as 20 % of the stream, in which its errors are counted.",
    "",
]


if __name__ == "__main__":
    main(sys.argv[1:])
