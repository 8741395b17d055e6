"""All labels that a person gave a document which may have several: the answer log keeps one.

Whoever gives a document its labels makes it an example of each, so the examples say which they are.
They are read once for each version of the label space.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from protolabel.equality import short_digest
from protolabel.label_space.item_digests import ITEMS_AT_ONCE, item_digests
from protolabel.store import AnswerRow, Rows

if TYPE_CHECKING:
    from protolabel.label_space.session import Session

LabelsByContent = dict[bytes, tuple[str, ...]]


def contradicts(
    decided: tuple[str, ...], answer: tuple[str, ...], paths: Mapping[str, tuple[str, ...]]
) -> bool:
    """Return whether an answer differs from the labels that a person gave a document.

    The answer may be less exact or more so: a class above the label, or one under it.

    Args:
        decided: the labels that a person gave.
        answer: its labels; none for *none of these*.
        paths: of each class those from the top down to it.
    """

    def is_of(label: str, other: str) -> bool:
        return label in paths.get(other, (other,)) or other in paths.get(label, (label,))

    pairs = ((decided, answer), (answer, decided))
    return any(
        not any(is_of(one, two) for two in others) for labels, others in pairs for one in labels
    )


@dataclass(slots=True, eq=False)
class LabelsOfExamples:
    """The labels of the documents that are examples, as of the version that was asked for last."""

    _version: int = -1
    _labels: LabelsByContent = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, rows: Rows, version: int) -> LabelsByContent:
        """Return the labels of each document, sorted, by what answers call its content."""
        with self._lock:
            if version != self._version:
                self._labels, self._version = labels_of_examples(rows, version), version
            return self._labels


def decided_labels(session: Session, row: AnswerRow) -> tuple[str, ...] | None:
    """Return the labels that a person gave a remembered document, sorted.

    None where the label space gives a document one label, and where no person has given it any or
    its examples are gone.
    """
    if not row.person or row.class_key is None:
        return None
    view = session.view()
    if not view.settings.several:
        return None
    return session.indexes.labels.at(view.rows, view.version).get(row.content)


def labels_of_examples(rows: Rows, version: int) -> LabelsByContent:
    """Return the labels of each document that is an example, sorted, by its content."""
    labels: dict[bytes, set[str]] = defaultdict(set)
    with rows.reading():
        items = rows.example_items(version).tolist()
        for start in range(0, len(items), ITEMS_AT_ONCE):
            part = items[start : start + ITEMS_AT_ONCE]
            examples = rows.examples_of_items(set(part), version)
            for item, digests in zip(part, item_digests(rows, version, part), strict=True):
                names = {label for _, label in examples.get(item, ())}
                if digests and names:
                    labels[short_digest(digests[0])] |= names
    return {content: tuple(sorted(names)) for content, names in labels.items()}
