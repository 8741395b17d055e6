"""Labels that a person gave a document beside an answer, and those that equal examples have.

What a person decided stands in the answer log; see ``NamesInLog.labels``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from protolabel.answers import Answer, LabelAnswer, Level
from protolabel.copies.equality import short_digest
from protolabel.label_space.stored_items.item_digests import ITEMS_AT_ONCE, item_digests
from protolabel.store import Rows

LabelsByContent = dict[bytes, tuple[str, ...]]
NO_PATHS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


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


def as_decided(
    answer: Answer,
    labels: tuple[str, ...],
    paths: Mapping[str, tuple[str, ...]] = NO_PATHS,
    reason: str = "a person decided so",
) -> Answer:
    """Return an answer with the labels that a person gave its document, and without a chance.

    Args:
        answer: of the label space.
        labels: that the person gave; empty for no label.
        paths: of each class that stands under others those from the top down to it.
        reason: why the document has them.
    """
    path = paths.get(labels[0], ()) if labels else ()
    several = tuple(LabelAnswer(label, None, answer.score or 0.0) for label in labels)
    return replace(
        answer,
        label=labels[0] if labels else None,
        labels=None if answer.labels is None else several,
        levels=tuple(map(Level, path)) if len(path) > 1 else (),
        probability=None,
        chance=None,
        none_probability=None,
        reason=reason,
    )


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
