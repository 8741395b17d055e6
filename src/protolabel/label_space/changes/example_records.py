"""What changes that carry examples have in common, and examples as JSON holds them in a change.

An image is a ``data:`` address, a vector a list. A negative example has ``not_label`` in the place
of ``label``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Self

import numpy as np

from protolabel.documents import as_examples, name_in_errors
from protolabel.errors import InputError
from protolabel.images import data_address, from_data_address
from protolabel.label_space.changes.request import ChangeRequest, Needs
from protolabel.label_space.changes.rows import LISTED, listed
from protolabel.label_space.person_statements.corrected_answers import note_refused, noted_refusals
from protolabel.label_space.person_statements.ended_decisions import NO_DOCUMENTS
from protolabel.label_space.person_statements.statements import Statements
from protolabel.label_space.view import View
from protolabel.names import clean_name
from protolabel.readers.fields import check_text
from protolabel.readers.formats.legibility import is_rubbish
from protolabel.readers.rows import NOT_LABEL
from protolabel.store import Store, Writing
from protolabel.types import Example


class ExamplesRequest(ChangeRequest):
    """A change that carries examples. Negative ones concern remembered documents, too."""

    examples: Sequence[Example]

    def needs(self, view: View) -> Needs:
        """Return the documents, and the names of classes that they may make."""
        labels = dict.fromkeys(e.label for e in self.examples if not e.negative)
        return Needs(documents=tuple(self.examples), names=tuple(labels))

    @property
    def reads_answers(self) -> bool:
        """Whether a document is said to be of no class or another: it may have been answered."""
        return any(example.negative for example in self.examples)

    def note_answers(self, store: Store, change: int | None) -> None:
        """Refuse for remembered documents the classes that they are not of."""
        note_refused(store, Statements.of_negatives(self.examples), change)

    def decides_anew(self, store: Store) -> bool:
        """Return whether a class is refused for a document for which it was not."""
        statements = Statements.of_negatives(self.examples)
        return noted_refusals(store, statements, NO_DOCUMENTS).alters(store)

    def to_dict(self) -> dict[str, object]:
        """Return the request as JSON can hold it: images as ``data:`` addresses, vectors as lists.

        What an example does not have is left out.
        """
        return {"kind": self.kind, "examples": [example_fields(e) for e in self.examples]}

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> Self:
        """Return the request of these fields. Raises InputError."""
        records = values.get("examples")
        if not isinstance(records, list):
            raise InputError(f"a change of kind {cls.kind!r}", expected='"examples", a list')
        return super().from_dict({**values, "examples": tuple(map(example_from_fields, records))})


def words_of_refusals(labels: Iterable[str]) -> str:
    """Return the summary of a change that refuses classes, and alters no example; "" for none."""
    names = [*dict.fromkeys(labels)]
    return f"refused for documents: {listed(names)}; no example changed" if names else ""


def clean_examples(examples: Sequence[Example], nothing: str) -> tuple[Example, ...]:
    """Return examples with clean labels.

    Raises:
        InputError: there is none, which the error says as ``nothing``; or a text says nothing.
    """
    checked = as_examples(examples, negatives=True)
    if not checked:
        raise InputError(nothing, expected="at least one")
    for position, example in enumerate(checked):
        if example.embedding is None and is_rubbish(example.text or ""):
            check_text(example.text, name_in_errors(example, position))
    return tuple(replace(e, label=clean_name(e.label, e.source)) for e in checked)


def example_fields(example: Example) -> dict[str, object]:
    """Return an example as JSON can hold it; what it does not have is left out."""
    record: dict[str, object] = {NOT_LABEL if example.negative else "label": example.label}
    if example.text is not None:
        record["text"] = example.text
    if example.image is not None:
        record["image"] = data_address(example.image)
    if example.embedding is not None:
        record["embedding"] = [float(x) for x in np.asarray(example.embedding, dtype=np.float32)]
    if example.id:
        record["id"] = example.id
    if example.source:
        record["source"] = example.source
    return record


def example_from_fields(record: object) -> Example:
    """Return the example of these fields. Raises InputError."""
    names = {f.name for f in fields(Example)} - {"negative", "is_name"} | {NOT_LABEL}
    if (
        not isinstance(record, dict)
        or set(record) - names
        or ("label" in record) == (NOT_LABEL in record)
    ):
        raise InputError(
            "an example of a change",
            expected=f'"label" or "{NOT_LABEL}", and of {sorted(names)}',
        )
    values = dict(record)
    if NOT_LABEL in values:
        values |= {"label": values.pop(NOT_LABEL), "negative": True}
    if isinstance(values.get("image"), str):
        values["image"] = from_data_address(values["image"])
    if values.get("embedding") is not None:
        try:
            values["embedding"] = np.asarray(values["embedding"], dtype=np.float32)
        except (TypeError, ValueError):
            raise InputError(
                "an embedding that is no list of numbers", expected="a list of numbers"
            ) from None
    return Example(**values)


def clean_shared(ids: object) -> tuple[str, ...]:
    """Return the ids of examples that end since several mails have them. Raises InputError."""
    if not isinstance(ids, list | tuple) or not all(isinstance(id_, str) for id_ in ids):
        raise InputError("shared examples of a change", expected='"shared", a list of ids')
    return tuple(dict.fromkeys(ids))


def end_shared(writing: Writing, ids: Sequence[str]) -> list[str]:
    """End examples that are the own text of several mails, where they are there; return their ids.

    What people decided about the mails stays.
    """
    rows = [row for id_ in ids if (row := writing.rows.example_with_id(id_, writing.version))]
    for row in rows:
        writing.end_example(row)
    return [row.id for row in rows]


def note_shared(writing: Writing, ids: Sequence[str]) -> None:
    """Say in the change which examples ended so."""
    if ids:
        them = "it" if len(ids) == 1 else "them"
        writing.summary += f"; removed {listed(ids, 'example')}: other mails have {them}, too"
        writing.detail["shared"] = list(ids)[:LISTED]
