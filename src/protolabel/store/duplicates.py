"""Examples that are equal: under two labels, more than once, or refuted as well. Only reads.

They are no damage. ``equality`` decides which documents are equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from protolabel.copies.equality import document_digest
from protolabel.store.class_paths import way_up
from protolabel.store.read_protocol import Rows
from protolabel.store.records import ExampleRow
from protolabel.types import VectorSpace
from protolabel.words.quantity import quantity

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
        yield f"{quantity(len(conflicts) - _REPORTED, 'more document')} under two labels"
    for group in copies[:_REPORTED]:
        yield (
            f"one {group.what} more than once: {group.example!r} of class {group.label!r} and "
            f"{quantity(group.others, 'other example')} of it"
        )
    if len(copies) > _REPORTED:
        yield f"{quantity(len(copies) - _REPORTED, 'more document')} more than once"


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
            what, digest = _content_of(rows, example, encoding)
            group_key = f"{row.key} {digest}" if several else digest
            group = groups.setdefault(group_key, _Group(row.name, example.id, what, -1))
            if group.label == row.name:
                group.others += 1
            elif not group.second_label:
                group.second_label, group.second_example = row.name, example.id
    return groups


def contradictions(rows: Rows) -> Iterator[str]:
    """Yield a sentence for each example whose document is not of its class, or of one above.

    Changes let the later statement hold; files of earlier versions may have both.
    """
    with rows.reading():
        version = rows.version()
        encoding, parents = rows.encoding(version), rows.class_parents(version)
        refuted = {
            (row.class_key, _content_of(rows, row, encoding)[1]): row.id
            for row in rows.negatives(version)
        }
        classes = {row.key: row.name for row in rows.classes(version)} if refuted else {}
        count = 0
        for key, name in classes.items():
            path = way_up(parents, key)
            for example in rows.examples(key, version):
                what, digest = _content_of(rows, example, encoding)
                above = next((class_ for class_ in path if (class_, digest) in refuted), None)
                if above is not None and (count := count + 1) <= _REPORTED:
                    yield (
                        f"one {what} that is of a class and is not: example {example.id!r} of "
                        f"class {name!r} and negative example {refuted[above, digest]!r} of class "
                        f"{classes[above]!r}"
                    )
        if count > _REPORTED:
            more = quantity(count - _REPORTED, "more example is", "more examples are")
            yield f"{more} negative, too"


def _content_of(rows: Rows, example: ExampleRow, encoding: VectorSpace) -> tuple[str, str]:
    """Return what an example holds, in a word, and the digest that equal ones share."""
    if example.has_image:
        return "image", document_digest(image=rows.image(example.item))
    if example.text is None:
        vector = rows.vectors_of([example.item], encoding)[example.item]
        return "embedding", document_digest(vector=vector)
    return "text", document_digest(text=example.text)
