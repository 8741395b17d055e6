"""Examples that are equal: one document under two labels, or there more than once. Only reads.

They are no damage. ``equality`` decides which documents are equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from protolabel.equality import document_digests
from protolabel.quantity import quantity
from protolabel.store.protocol import Rows

_REPORTED = 20  # groups of each kind that are named


@dataclass(slots=True)
class _Group:
    """Examples that share a text, an image or a vector; ``others`` have the first one's label."""

    label: str
    example: str
    what: str
    others: int = 0
    second_label: str = ""
    second_example: str = ""


def duplicates(rows: Rows) -> Iterator[str]:
    """Yield a sentence for each group of equal examples of classes that answer now.

    A document that may have several labels is there once for each: that is no repetition.
    """
    with rows.reading():
        groups = [g for g in _groups(rows).values() if g.others or g.second_label]
    conflicts = [g for g in groups if g.second_label]
    copies = [g for g in groups if not g.second_label]
    for group in conflicts[:_REPORTED]:
        yield (
            f"one {group.what} under two labels: {group.example!r} of class {group.label!r} and "
            f"{group.second_example!r} of class {group.second_label!r}"
        )
    if len(conflicts) > _REPORTED:
        yield f"{len(conflicts) - _REPORTED:,} more documents under two labels"
    for group in copies[:_REPORTED]:
        yield (
            f"one {group.what} more than once: {group.example!r} of class {group.label!r} and "
            f"{quantity(group.others, 'other example')} of it"
        )
    if len(copies) > _REPORTED:
        yield f"{len(copies) - _REPORTED:,} more documents more than once"


def _groups(rows: Rows) -> dict[str, _Group]:
    """Return the examples by the digest of what they hold; images and vectors one at a time."""
    version = rows.version()
    encoding = rows.encoding(version)
    several = rows.settings(version).get("labels") == "several"
    groups: dict[str, _Group] = {}
    for row in rows.classes(version):
        if row.retired:
            continue
        for example in rows.examples(row.key, version):
            what, digests = "text", document_digests(text=example.text)
            if example.has_image:
                what, digests = "image", document_digests(image=rows.image(example.item))
            elif example.text is None:
                vector = rows.vectors_of([example.item], encoding)[example.item]
                what, digests = "embedding", document_digests(vector=vector)
            own = f"{row.key} {digests[0]}" if several else digests[0]
            group = groups.setdefault(own, _Group(row.name, example.id, what, -1))
            if group.label == row.name:
                group.others += 1
            elif not group.second_label:
                group.second_label, group.second_example = row.name, example.id
    return groups
