"""A label space as records that another one takes in: settings, classes, examples. No history.

The first record says that it is an export, and of which encoder. Then each class has a record of
its own, followed by its examples. ``changes/imports.py`` takes them in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from protolabel.images import data_address
from protolabel.readers.rows import EXPORT, NOT_LABEL
from protolabel.readers.text_beginnings import text_beginning
from protolabel.store import StatementMoment, damage_as_cause

if TYPE_CHECKING:
    from protolabel.label_space.view import View

FORMAT = EXPORT
VERSION = 1
_BEGINNING = re.compile(rf'\s*\{{\s*"{FORMAT}"')
HEAD_BYTES = 1024  # of a file, which tell whether it is an export
ORDER = "order"  # of an example's record: its place among what people said
HEADER = {FORMAT, "encoder_fingerprint", "metric", "settings"}  # fields of the first record


def is_beginning_of_export(raw: bytes) -> bool:
    """Return whether a text that begins with these bytes is an export; see ``HEAD_BYTES``."""
    return _BEGINNING.match(text_beginning(raw)) is not None


def exported(view: View, *, vectors: bool = False) -> Iterator[dict[str, object]]:
    """Yield what a label space holds, in records that ``import_request`` takes.

    An image is its file, byte for byte, as a ``data:`` address. ``vectors``: with all embeddings.
    Without it, an example has one only where the encoder cannot make it again.
    """
    with damage_as_cause(view.rows.path):
        yield from _records(view, vectors)


def _records(view: View, vectors: bool) -> Iterator[dict[str, object]]:
    rows, embedder = view.rows, view.embedder
    yield {
        FORMAT: VERSION,
        "encoder_fingerprint": embedder.fingerprint,
        "metric": embedder.metric,
        "settings": view.settings.exported(),
    }
    encoding = rows.encoding(view.version)
    classes = rows.classes(view.version)
    names = {row.key: row.name for row in classes}
    order = _order(view) if rows.has_negatives(view.version) else None
    for row in classes:
        vectors_now = {} if row.sharpened is None else rows.vectors_of([row.sharpened], encoding)
        sharpened = [float(x) for vector in vectors_now.values() for x in vector]
        yield {
            "label": row.name,
            "description": row.description,
            "description_from": row.described_by,
            "retired": row.retired,
            **({} if row.parent is None else {"parent": names[row.parent]}),
        } | ({"sharpened_embedding": sharpened} if sharpened else {})
        examples = [
            *((example, "label") for example in rows.examples(row.key, view.version)),
            *((example, NOT_LABEL) for example in rows.negatives(view.version, row.key)),
        ]
        embeddings = rows.vectors_of([example.item for example, _ in examples], encoding)
        for example, field in examples:
            record: dict[str, object] = {"id": example.id, field: row.name}
            made_again = embedder.reads_images if example.has_image else embedder.reads_text
            if example.text is not None:
                record["text"] = example.text
            elif example.has_image:
                record["image"] = data_address(rows.image(example.item) or b"")
            else:
                made_again = False
            if vectors or not made_again:
                record["embedding"] = [float(x) for x in embeddings[example.item]]
            if example.source:
                record["source"] = example.source
            if order is not None:
                record[ORDER] = order[field == NOT_LABEL, example.key]
            yield record


def places_of(moments: Iterable[StatementMoment]) -> dict[StatementMoment, int]:
    """Return the places of moments among each other, from 1; the latest has the highest."""
    return {moment: place for place, moment in enumerate(sorted(set(moments)), start=1)}


def _order(view: View) -> dict[tuple[bool, int], int]:
    """Return the places of statements by whether they are negative, and by their keys."""
    rows, version = view.rows, view.version
    moments: dict[tuple[bool, int], StatementMoment] = {}
    for row in rows.classes(version):
        for negative, examples in (
            (False, rows.examples(row.key, version)),
            (True, rows.negatives(version, row.key)),
        ):
            of_class = rows.statement_moments(examples, version, negative)
            moments |= {
                (negative, one.key): moment for one, moment in zip(examples, of_class, strict=True)
            }
    places = places_of(moments.values())
    return {statement: places[moment] for statement, moment in moments.items()}
