"""Proposed classes: hide a quarter of the classes, stream the documents, group what is declined.

``python -m benchmarks.discovery [--tables]``: BANKING77, CLINC150 and newsgroups20, ten examples a
known class, hidden classes among the test classes of a published fold (the share of the way from
one class to two was chosen on validation classes: docs/decisions/0034-discovery.md). Beside it, on
the same vectors: k-means and Ward, which get the true number of classes in the pool, and EVoC and
HDBSCAN, which do not. Each draw is kept in ``.bench/discovery`` and not made again.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import normalized_mutual_info_score

from benchmarks.common import (
    CACHE,
    Data,
    fold,
    interval_text,
    log_line,
    require_data,
    save,
    table,
)
from benchmarks.open_worlds import World, any_data, replies
from protolabel.arithmetic.spread import spread_of
from protolabel.label_space.fit_support import read_support
from protolabel.open_world.discovery import LEAST
from protolabel.open_world.grouping import grouped

KEPT = CACHE / "discovery"
RIVAL = CACHE / "rival" / "bin" / "python"
SETS = ("banking77", "clinc150", "newsgroups20")
DRAWS, SHOTS, SHARE_HIDDEN = 5, 10, 0.25
SIZES = (20_000, 100_000, 1_000_000)
METHODS = {
    "protolabel": "protolabel discover",
    "kmeans": "k-means, true number",
    "ward": "Ward, true number",
    "evoc": "EVoC 0.3.2",
    "hdbscan": "HDBSCAN 0.8.44, at least 5",
}
RIVAL_SCRIPT = """
import sys, time, numpy as np
vectors = np.load(sys.argv[1]); start = time.perf_counter()
if sys.argv[3] == "evoc":
    import evoc
    labels = evoc.EVoC().fit_predict(vectors)
else:
    import hdbscan
    labels = hdbscan.HDBSCAN(min_cluster_size=5).fit_predict(vectors)
np.savez(sys.argv[2], labels=labels, seconds=time.perf_counter() - start)
"""


def test_classes(name: str, data: Data) -> list[int]:
    """The test classes of the first published fold."""
    if name != "newsgroups20":
        return fold(name)["test"]
    folder = require_data(name)
    order = sorted(json.loads((folder / "labels.json").read_text(encoding="utf-8")))
    splits = json.loads((folder / "splits.json").read_text(encoding="utf-8"))
    return [order.index(c) for c in splits["contrastnet_laqda_folds"]["01"]["test"]]


def one_draw(name: str, seed: int) -> dict[str, dict[str, float]]:
    """Figures of each method on the declined documents of one draw."""
    data, rng = any_data(name), np.random.default_rng(seed)
    n_hidden = round(len(data.names) * SHARE_HIDDEN)
    hidden = sorted(rng.permutation(test_classes(name, data))[:n_hidden].tolist())
    taught = [c for c in range(len(data.names)) if c not in hidden]
    order = rng.permutation(len(data.y))
    support = np.sort(np.concatenate([order[data.y[order] == c][:SHOTS] for c in taught]))
    stream = np.setdiff1d(np.arange(len(data.y)), support)
    here = World(data, taught, support, stream[:0], stream[:0])
    with here.space() as space:
        answers = replies(space, data, stream, names=here.names(stream))
        spread = spread_of(read_support(space._session.store.rows, space.view().prototypes).support)
    assert spread is not None
    pool = stream[~answers.taken]
    vectors, y = data.embeddings[pool], data.y[pool]
    strange = np.isin(data.y[stream], hidden)
    result = {
        "stream": {
            "documents": len(stream), "declined": len(pool), "hidden classes": len(hidden),
            "hidden declined": 100 * float((~answers.taken)[strange].mean()),
            "others declined": 100 * float((~answers.taken)[~strange].mean()),
            "labels at random": at_random(y, hidden, rng),
        }
    }  # fmt: skip
    true = len(np.unique(y))
    for method in METHODS:
        start = time.perf_counter()
        if method == "protolabel":
            labels = grouped(vectors, spread, LEAST)[0]
        elif method == "kmeans":
            labels = KMeans(true, n_init=4, random_state=seed).fit_predict(vectors)
        elif method == "ward":
            labels = fcluster(linkage(vectors.astype(float), "ward"), true, "maxclust") - 1
        else:
            labels, start = rival(method, vectors)
            if not len(labels):
                continue
        seconds = time.perf_counter() - start
        result[method] = {"seconds": seconds} | figures(labels, y, hidden)
    return result


def rival(method: str, vectors: np.ndarray) -> tuple[np.ndarray, float]:
    """Labels by a library in an environment of its own, and when its clock began."""
    if not RIVAL.exists():
        return np.empty(0), 0.0
    source, target = KEPT / "vectors.npy", KEPT / "labels.npz"
    np.save(source, vectors)
    subprocess.run([RIVAL, "-c", RIVAL_SCRIPT, source, target, method], check=True)
    outcome = np.load(target)
    return outcome["labels"], time.perf_counter() - float(outcome["seconds"])


def figures(labels: np.ndarray, y: np.ndarray, hidden: list[int]) -> dict[str, float]:
    """What a grouping is worth. Noise is wrong in accuracy, and each its own group in NMI.

    A hidden class counts as proposed where half of a group's documents are of it, and the group has
    three tenths of its declined documents.
    """
    groups, classes = np.unique(labels[labels >= 0]), np.unique(y)
    counts = np.array([[((labels == g) & (y == c)).sum() for c in classes] for g in groups])
    counts = counts.reshape(len(groups), len(classes))
    alone = np.where(labels < 0, labels.max() + 1 + np.arange(len(labels)), labels)
    of_hidden = np.isin(classes, hidden)
    rows, columns = linear_sum_assignment(-counts)
    rows_h, columns_h = linear_sum_assignment(-counts[:, of_hidden])
    among = np.isin(y, hidden)
    totals = np.array([(y == c).sum() for c in classes])
    good = (counts >= 0.5 * counts.sum(axis=1, keepdims=True)) & (counts >= 0.3 * totals)
    by_size = np.argsort(-counts.sum(axis=1), kind="stable")
    proposed = good[:, of_hidden].any(axis=0)
    first = [
        int(good[by_size][:, k].argmax()) + 1 for k in np.flatnonzero(of_hidden & good.any(axis=0))
    ]
    largest, matched = counts.max(axis=1, initial=0).sum(), counts[:, of_hidden][rows_h, columns_h]
    return {
        "groups": len(groups),
        "noise": 100 * float((labels < 0).mean()),
        "proposed": int(proposed.sum()),
        "purity": 100 * float(largest / max(counts.sum(), 1)),
        "accuracy": 100 * float(counts[rows, columns].sum() / len(y)),
        "accuracy of hidden": 100 * float(matched.sum() / among.sum()),
        "NMI": 100 * float(normalized_mutual_info_score(y, alone)),
        "NMI of hidden": 100 * float(normalized_mutual_info_score(y[among], alone[among])),
        "looks": max(first, default=0),
    }  # fmt: skip


def at_random(y: np.ndarray, hidden: list[int], rng: np.random.Generator) -> float:
    """Declined documents that are labelled at random until each hidden class has one: a mean."""
    present = [c for c in hidden if (y == c).any()]
    firsts = []
    for _ in range(200):
        order = y[rng.permutation(len(y))]
        firsts.append(max(int((order == c).argmax()) + 1 for c in present))
    return float(np.mean(firsts))


def timed(n: int) -> dict[str, float]:
    """Seconds and memory of grouping n vectors: those of CLINC150, jittered, in a process."""
    out = subprocess.run(
        [sys.executable, "-m", "benchmarks.discovery", "--size", str(n)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return dict(json.loads(out.stdout.splitlines()[-1]))


def group_many(n: int) -> None:
    """Group n vectors that lie in a file, and print seconds and the peak of memory."""
    import tempfile

    data, rng = any_data("clinc150"), np.random.default_rng(0)
    spread = None
    from protolabel.arithmetic.support import Support

    rows = np.concatenate([np.flatnonzero(data.y == c)[:10] for c in range(150)])
    nothing = np.zeros((150, data.embeddings.shape[1]), np.float32), np.zeros(150, np.bool_)
    spread = spread_of(Support.of(data.embeddings[rows], data.y[rows], *nothing))
    assert spread is not None
    with tempfile.TemporaryFile() as file:
        for _ in range(0, n, 10_000):
            some = data.embeddings[rng.integers(0, len(data.y), 10_000)]
            some = some + 0.02 * rng.normal(size=some.shape).astype(np.float32)
            some /= np.linalg.norm(some, axis=1, keepdims=True)
            file.write(some.astype("<f4").tobytes())
        file.flush()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        vectors = np.memmap(file, "<f4", "r", shape=(n, data.embeddings.shape[1]))
        start = time.perf_counter()
        labels, _ = grouped(vectors, spread, LEAST)
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "groups": int(labels.max()) + 1, "MB": peak,
                      "MB before": before}))  # fmt: skip


def kept(key: str, make: object) -> dict:
    """What a key stands for: read, or made and kept."""
    KEPT.mkdir(parents=True, exist_ok=True)
    place = KEPT / f"{key}.json"
    if not place.exists():
        assert callable(make)
        place.write_text(json.dumps(make()), encoding="utf-8")
        log_line(f"{key}: {place.read_text(encoding='utf-8')[:300]}")
    return dict(json.loads(place.read_text(encoding="utf-8")))


HEAD = """# Proposed classes

A quarter of the classes is hidden, all from the test classes of a published fold; the others have
ten examples each. What the label space declines is grouped. k-means and Ward get the true number of
classes among these documents; the others get none.

- *proposed*: hidden classes that have a group which is half of that class or more, and which holds
  30 % or more of its declined documents.
- *purity*: share of grouped documents that are of their group's largest class.
- *accuracy*: groups and classes matched one to one (Hungarian); noise is wrong. *Of hidden*: the
  same for documents of hidden classes alone.
- *looks*: how many groups a person looks at, largest first, until all proposed hidden classes have
  been there.

"""
COLUMNS = ("proposed", "groups", "noise", "purity", "accuracy", "accuracy of hidden", "NMI",
           "NMI of hidden", "looks", "seconds")  # fmt: skip


def report() -> None:
    """Write the tables from the draws that are there."""
    parts, values = [], {}
    for name in SETS:
        draws = [json.loads(p.read_text()) for p in sorted(KEPT.glob(f"{name}-*.json"))]
        if not draws:
            continue
        values[name] = draws
        about = {k: np.mean([d["stream"][k] for d in draws]) for k in draws[0]["stream"]}
        rows = []
        for method, title in METHODS.items():
            have = [d[method] for d in draws if method in d]
            if have:
                rows.append([title, *(interval_text([h[c] for h in have]) for c in COLUMNS)])
        parts.append(
            f"## {name}\n\n{len(draws)} draws. {about['hidden classes']:.0f} classes are hidden; "
            f"of {about['documents']:,.0f} documents {about['declined']:,.0f} are declined: "
            f"{about['hidden declined']:.0f} % of those of hidden classes, and "
            f"{about['others declined']:.0f} % of the others. Until each hidden class has a label, "
            f"{about['labels at random']:.0f} declined documents are labelled at random.\n\n"
            + table(["method", *COLUMNS], rows)
        )
    sizes = {n: KEPT / f"size-{n}.json" for n in SIZES}
    records = {n: json.loads(p.read_text()) for n, p in sizes.items() if p.exists()}
    if records:
        rows = [
            [f"{n:,}", *(f"{r[k]:.0f}" for k in ("seconds", "MB", "MB before"))]
            for n, r in records.items()
        ]
        parts.append(
            "## Time\n\nGrouping alone: vectors of CLINC150 with noise, in a file; two cores that "
            "others use too.\n\n"
            + table(["vectors", "seconds", "peak MB", "of which MB before"], rows)
        )
    head = HEAD
    save("discovery", "make bench-discover", head + "\n\n".join(parts), values, None)


def main() -> None:
    """Make what is lacking, and write what there is."""
    if "--size" in sys.argv:
        group_many(int(sys.argv[-1]))
        return
    if "--tables" not in sys.argv:
        for seed in range(DRAWS):
            for name in SETS:
                kept(f"{name}-{seed}", lambda name=name, seed=seed: one_draw(name, seed))
        for n in SIZES:
            kept(f"size-{n}", lambda n=n: timed(n))
    report()


if __name__ == "__main__":
    main()
