"""Classes under classes: the probability of a class with all below it, and the way down to it.

The probability of a node is the sum of the probabilities of the classes under it, its own among
them where it has a prototype. So children and the own share sum to the parent, and the top nodes to
one, at any temperature. Which level is sure enough to be the answer is decided in ``label_space``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from protolabel.arrays import Doubles, Integers, Mask
from protolabel.words.quantity import quantity

TOP = -1  # the parent of a node that has none
NO_NODE = -1  # of a way down that has ended
MOST_AT_ONCE = 16  # rows up to which all nodes of a level are added in one call


@dataclass(frozen=True, slots=True, eq=False)
class Hierarchy:
    """Nodes, and which is under which. The first K of them are the columns of the scores.

    Attributes:
        parents: (m,) int64, the node above each, or ``TOP``.
        keys: (m,) int64, what the label space calls each; of equal nodes the one of the least key
            comes first.
        n_classes: K; the nodes from there on have no prototype of their own.
        depths: (m,) int64, how many nodes are above each.

    Raises:
        ValueError: a node is under itself, or the shapes do not agree.
    """

    parents: Integers
    keys: Integers
    n_classes: int
    depths: Integers = field(init=False)
    _upwards: Integers = field(init=False, repr=False)  # the deepest first, with a parent each
    _children: dict[int, Integers] = field(init=False, repr=False)  # of each node that has some

    def __post_init__(self) -> None:
        m = len(self.parents)
        if self.keys.shape != (m,) or not 0 <= self.n_classes <= m:
            raise ValueError(
                f"{quantity(m, 'parent')}, {quantity(len(self.keys), 'key')} "
                f"and {quantity(self.n_classes, 'class')}"
            )
        depths, above = np.zeros(m, np.int64), self.parents
        while (above != TOP).any():
            if depths.max(initial=0) >= m:
                raise ValueError("a node under itself")
            inside = above != TOP
            depths += inside
            above = np.where(inside, self.parents[above], TOP)
        object.__setattr__(self, "depths", depths)
        below = np.flatnonzero(self.parents != TOP)
        order = below[np.lexsort((self.keys[below], -depths[below]))]
        object.__setattr__(self, "_upwards", order)
        by_parent = np.lexsort((self.keys, self.parents))
        owners, starts = np.unique(self.parents[by_parent], return_index=True)
        groups = np.split(by_parent, starts[1:])
        object.__setattr__(self, "_children", dict(zip(owners.tolist(), groups, strict=True)))

    @classmethod
    def of(cls, columns: Integers, parent_of: Callable[[int], int | None]) -> Hierarchy:
        """Return the classes of the scores, and after them those that stand above them.

        Args:
            columns: (K,) int64, the key of each class of the scores.
            parent_of: returns the key above a key; None where it stands at the top.

        Raises:
            ValueError: a key stands above itself.
        """
        keys = columns.tolist()
        place = {key: node for node, key in enumerate(keys)}
        parents = []
        for key in keys:  # which grows by the keys above that are no column
            parent = parent_of(key)
            if parent is not None and parent not in place:
                place[parent] = len(keys)
                keys.append(parent)
            parents.append(TOP if parent is None else place[parent])
        return cls(np.array(parents, np.int64), np.array(keys, np.int64), len(columns))

    def __len__(self) -> int:
        return len(self.parents)

    @property
    def levels(self) -> int:
        """How many levels there are: 1 where no node has a parent."""
        return int(self.depths.max(initial=0)) + 1

    def sums(self, shares: Doubles) -> Doubles:
        """Return what each node is worth with all that is under it.

        Each parent is its own share plus those of its children, added in the order of their keys.

        *Shape:* ``(n, K)`` -> ``(n, m)`` float64.
        """
        out = np.zeros((len(self), len(shares)))
        out[: self.n_classes] = shares.T
        nodes, parents = self._upwards, self.parents[self._upwards]
        if len(shares) <= MOST_AT_ONCE:  # in the same order, and so with the same digits
            for level in np.split(
                np.arange(len(nodes)), np.flatnonzero(np.diff(self.depths[nodes])) + 1
            ):
                np.add.at(out, parents[level], out[nodes[level]])
            return out.T
        for node, parent in zip(nodes.tolist(), parents.tolist(), strict=True):
            out[parent] += out[node]
        return out.T

    def path(self, node: int) -> tuple[int, ...]:
        """Return the nodes from the top down to one, which is the last."""
        nodes = [node]
        while (parent := int(self.parents[nodes[-1]])) != TOP:
            nodes.append(parent)
        return tuple(reversed(nodes))

    def heaviest_ways(self, sums: Doubles) -> Integers:
        """Return the way down from the top that takes the heaviest child at each step.

        A node above one half of the whole is always on it.

        *Shape:* ``(n, m)`` -> ``(n, levels)`` int64: nodes, ``NO_NODE`` where the way has ended.
        """
        ways = np.full((len(sums), self.levels), NO_NODE)
        ways[:, 0] = self._heaviest_child(sums, np.full(len(sums), TOP))
        for depth in range(1, self.levels):
            going = np.flatnonzero(ways[:, depth - 1] != NO_NODE)
            ways[going, depth] = self._heaviest_child(sums[going], ways[going, depth - 1])
        return ways

    def _heaviest_child(self, sums: Doubles, owners: Integers) -> Integers:
        """Return the heaviest child of a node in each row, ``(n,)``.

        Of equal ones it is the child of the least key; ``NO_NODE`` where the node has none.
        """
        heaviest = np.full(len(owners), NO_NODE)
        if not len(owners):
            return heaviest
        order = np.argsort(owners, kind="stable")
        present, starts = np.unique(owners[order], return_index=True)
        for owner, rows in zip(present.tolist(), np.split(order, starts[1:]), strict=True):
            children = self._children.get(owner)
            if children is not None:
                every = len(present) == 1
                sums_of_children = sums[:, children] if every else sums[rows[:, None], children]
                heaviest[rows] = children[sums_of_children.argmax(axis=1)]
        return heaviest

    def candidates(self, sums: Doubles, nearest: Integers) -> tuple[Integers, Doubles]:
        """Return what can be the answer to each query, and what that is worth.

        The heaviest way from the top down, and then the nearest class, which counts as the deepest.

        Args:
            sums: (n, m), of the probability of each class.
            nearest: (n,), the node of the best score of each query.

        Returns:
            (n, levels + 1) int64, ``NO_NODE`` where a way has ended, and (n, levels + 1) float64.
        """
        nodes = np.concatenate([self.heaviest_ways(sums), nearest[:, None]], axis=1)
        return nodes, np.where(nodes == NO_NODE, 0.0, np.take_along_axis(sums, nodes, axis=1))

    def paths(self, nodes: Integers) -> Integers:
        """Return the way from the top to each node. *Shape:* ``(n,)`` -> ``(n, levels)``."""
        present, rows = np.unique(nodes, return_inverse=True)
        paths = np.full((len(present), self.levels), NO_NODE)
        for row, node in enumerate(present.tolist()):
            path = self.path(node)
            paths[row, : len(path)] = path
        return paths[rows.reshape(-1)]

    def holds(self, nodes: Integers, inner: Integers) -> Mask:
        """Return whether each inner node is the node beside it, or under it.

        *Shape:* ``(n,)`` each -> ``(n,)`` bool; ``NO_NODE`` holds nothing.
        """
        inside, above = np.zeros(len(nodes), np.bool_), inner
        for _ in range(self.levels):
            inside |= (above == nodes) & (nodes != NO_NODE)
            above = np.where(above == TOP, TOP, self.parents[above])
        return inside


def deepest(passes: Mask) -> Integers:
    """Return the last place of each row that passes; -1 where none does.

    *Shape:* ``(n, levels)`` bool -> ``(n,)`` int64.
    """
    last = passes.shape[1] - 1 - passes[:, ::-1].argmax(axis=1)
    return np.where(passes.any(axis=1), last, -1)
