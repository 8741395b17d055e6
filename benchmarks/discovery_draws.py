"""One draw of the discovery benchmark: a pool of declined documents, and what groupings are worth.

The pool is what a label space declines of a stream in which a quarter of the classes is hidden, or
documents of all classes where none is known. ``with_a_person`` plays the whole work through the
public API.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import normalized_mutual_info_score

from benchmarks.data_sets import Data, fold, require_data
from benchmarks.open_worlds import World, any_data, replies
from benchmarks.spaces import name_of
from protolabel import Document, LabelSpace
from protolabel.arithmetic.support import Support
from protolabel.label_space.fits.fit_support import read_support
from protolabel.label_space.session import session_of
from protolabel.open_world.accepting import accept, refuse
from protolabel.open_world.cells import cells_of
from protolabel.open_world.discovery import LEAST, discover
from protolabel.open_world.grouping import MergedDocuments

SHOTS, SHARE_HIDDEN, MOST_STREAM, MOST_UNKNOWN = 10, 0.25, 6000, 4000
SMALLER = 3  # documents of the smallest proposal, once none of LEAST is left
ROUNDS = 12
OWN = ("protolabel", "kmeans", "ward")


@dataclass(frozen=True, eq=False)
class Hidden:
    """A world with hidden classes; the known ones have examples, the stream has both."""

    data: Data
    hidden: list[int]
    world: World
    stream: np.ndarray

    @classmethod
    def draw(cls, name: str, seed: int) -> Hidden:
        """Hide a quarter of the classes, all of them test classes of a published fold."""
        data, rng = any_data(name), np.random.default_rng(seed)
        n_hidden = round(len(data.names) * SHARE_HIDDEN)
        hidden = sorted(rng.permutation(test_classes(name, data))[:n_hidden].tolist())
        others = [c for c in range(len(data.names)) if c not in hidden]
        order = rng.permutation(len(data.y))
        support = np.sort(np.concatenate([order[data.y[order] == c][:SHOTS] for c in others]))
        rest = rng.permutation(np.setdiff1d(np.arange(len(data.y)), support))
        stream = np.sort(rest[:MOST_STREAM])
        return cls(data, hidden, World(data, others, support, stream[:0], stream[:0]), stream)

    def labels(self) -> dict[int, str]:
        """The name of each class in the label space; of a hidden one, that a person gives it."""
        some = self.data.only(self.world.classes)
        names = {c: self.data.names[c] for c in self.hidden}
        return names | {c: name_of(some, k) for k, c in enumerate(self.world.classes)}


def test_classes(name: str, data: Data) -> list[int]:
    """The test classes of the first published fold."""
    if name != "newsgroups20":
        return fold(name)["test"]
    folder = require_data(name)
    order = sorted(json.loads((folder / "labels.json").read_text(encoding="utf-8")))
    splits = json.loads((folder / "splits.json").read_text(encoding="utf-8"))
    return [order.index(c) for c in splits["contrastnet_laqda_folds"]["01"]["test"]]


def pool_of(name: str, seed: int) -> dict[str, np.ndarray]:
    """The declined documents of a draw as arrays, with the examples of the known classes."""
    here = Hidden.draw(name, seed)
    with here.world.space() as space:
        answers = replies(space, here.data, here.stream, names=here.world.names(here.stream))
        support = read_support(session_of(space).store.rows, space.view().prototypes).support
    rows = here.stream[~answers.taken]
    return {
        "vectors": here.data.embeddings[rows], "y": here.data.y[rows],
        "hidden": np.array(here.hidden), "stream": here.data.y[here.stream],
        "declined": ~answers.taken, "examples": support.embeddings, "labels": support.labels,
    }  # fmt: skip


def unknown_pool(name: str, seed: int) -> dict[str, np.ndarray]:
    """Documents of all classes, of which the label space knows none."""
    data, rng = any_data(name), np.random.default_rng(seed)
    rows = np.sort(rng.permutation(len(data.y))[:MOST_UNKNOWN])
    vectors, y = data.embeddings[rows], data.y[rows]
    return {
        "vectors": vectors, "y": y, "hidden": np.unique(y), "stream": y,
        "declined": np.ones(len(y), bool), "examples": vectors[:0], "labels": y[:0],
    }  # fmt: skip


def groups_by(method: str, pool: dict[str, np.ndarray], seed: int) -> np.ndarray:
    """The group of each document of a pool; -1 for noise. k-means and Ward get the true number."""
    vectors, true = pool["vectors"], len(np.unique(pool["y"]))
    if method == "kmeans":
        return KMeans(true, n_init=4, random_state=seed).fit_predict(vectors)
    if method == "ward":
        return fcluster(linkage(vectors.astype(float), "ward"), true, "maxclust") - 1
    classes = int(pool["labels"].max(initial=-1)) + 1
    nothing = np.zeros((classes, vectors.shape[1]), np.float32), np.zeros(classes, np.bool_)
    support = Support.of(pool["examples"], pool["labels"], *nothing)
    return MergedDocuments.of(vectors, support, cells_of(vectors, support)).groups(LEAST)[0]


def figures(labels: np.ndarray, y: np.ndarray, hidden: np.ndarray) -> dict[str, float]:
    """What a grouping is worth. Noise is wrong in accuracy, and each its own group in NMI.

    A hidden class counts as proposed where half of a group's documents are of it, and the group has
    three tenths of its declined documents.
    """
    groups, classes = np.unique(labels[labels >= 0]), np.unique(y)
    counts = np.array([[((labels == g) & (y == c)).sum() for c in classes] for g in groups])
    counts = counts.reshape(len(groups), len(classes))
    alone = np.where(labels < 0, labels.max() + 1 + np.arange(len(labels)), labels)
    of_hidden, among = np.isin(classes, hidden), np.isin(y, hidden)
    rows, columns = linear_sum_assignment(-counts)
    rows_h, columns_h = linear_sum_assignment(-counts[:, of_hidden])
    totals = np.array([(y == c).sum() for c in classes])
    good = (counts >= 0.5 * counts.sum(axis=1, keepdims=True)) & (counts >= 0.3 * totals)
    matched = counts[:, of_hidden][rows_h, columns_h].sum()
    return {
        "groups": len(groups),
        "noise": 100 * float((labels < 0).mean()),
        "proposed": int(good[:, of_hidden].any(axis=0).sum()),
        "purity": 100 * float(counts.max(axis=1, initial=0).sum() / max(counts.sum(), 1)),
        "accuracy": 100 * float(counts[rows, columns].sum() / len(y)),
        "accuracy of hidden": 100 * float(matched / max(among.sum(), 1)),
        "NMI": 100 * float(normalized_mutual_info_score(y, alone)),
        "NMI of hidden": 100 * float(normalized_mutual_info_score(y[among], alone[among])),
    }


def own_figures(pool: dict[str, np.ndarray], seed: int) -> dict[str, dict[str, float]]:
    """Figures of each method that needs no other environment."""
    result = {}
    for method in OWN:
        start = time.perf_counter()
        labels = groups_by(method, pool, seed)
        seconds = time.perf_counter() - start
        result[method] = figures(labels, pool["y"], pool["hidden"]) | {"seconds": seconds}
    return result


# -- a person's work ------------------------------------------------------------------------------


def with_a_person(name: str, seed: int) -> dict[str, object]:
    """Discover, decide, discover again, until nothing is proposed that a person wants.

    The person reads the three exemplars of each proposal. Where two of them are of one class, the
    proposal gets that class's name; otherwise it is refused. Each decision is one label.

    Returns:
        How many hidden classes are known after each decision; what random labels of the same
        stream, and of its declined documents, bring; accuracy before and after.
    """
    here = Hidden.draw(name, seed)
    data, stream = here.data, here.stream
    documents = [
        Document(str(i), data.texts[i], embedding=data.embeddings[i]) for i in stream.tolist()
    ]
    names = here.labels()
    recognised: list[int] = []
    curve: list[int] = []
    with here.world.space() as space:
        declined = stream[~replies(space, data, stream, names=[""] * len(stream)).taken]
        before = right(space, here)
        least, rounds = LEAST, 0
        while rounds < ROUNDS:
            discovery = discover(space, documents, least=least)
            rounds += 1
            named = 0
            for proposal in discovery.proposals:
                some = [int(data.y[int(one.id)]) for one in proposal.exemplars]
                c = max(set(some), key=some.count)
                if some.count(c) < 2:
                    refuse(space, [proposal])
                else:
                    accept(space, proposal, names[c])
                    named += 1
                    recognised += [c] if c in here.hidden and c not in recognised else []
                curve.append(len(recognised))
            space.settle()
            if len(recognised) == len(here.hidden):
                break
            if not named:
                if least == SMALLER:
                    break
                least = SMALLER
        after = right(space, here)
    rng = np.random.default_rng(seed)
    return {
        "hidden": len(here.hidden), "in stream": len(np.intersect1d(data.y[stream], here.hidden)),
        "curve": curve, "rounds": rounds, "before": before, "after": after,
        "random of declined": at_random(data.y[declined], here.hidden, rng),
        "random of stream": at_random(data.y[stream], here.hidden, rng),
    }  # fmt: skip


def right(space: LabelSpace, here: Hidden) -> float:
    """Per cent of the stream whose nearest class is right; a class that is unknown never is."""
    labels = here.labels()
    names = [labels[int(c)] for c in here.data.y[here.stream]]
    return 100 * float(replies(space, here.data, here.stream, names=names).right.mean())


def at_random(y: np.ndarray, hidden: list[int], rng: np.random.Generator) -> list[float]:
    """Documents labelled at random until 1, 2, ... hidden classes have one: means of 200 orders."""
    present = [c for c in hidden if (y == c).any()]
    firsts = np.empty((200, len(present)))
    for turn in firsts:
        order = y[rng.permutation(len(y))]
        turn[:] = np.sort([int((order == c).argmax()) + 1 for c in present])
    return [float(value) for value in firsts.mean(axis=0)]
