"""The change that takes in what another label space exported: settings, classes and examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Literal, Self

import numpy as np

from protolabel.arguments import require_flag, require_metric, require_name
from protolabel.arrays import Floats
from protolabel.documents import as_examples, checked_text
from protolabel.errors import ImageError, InputError
from protolabel.images import from_data_address
from protolabel.label_space.changes.examples import (
    add_examples,
    example_fields,
    example_from_fields,
)
from protolabel.label_space.changes.request import ChangeRequest, Material, Needs
from protolabel.label_space.changes.rows import (
    LISTED,
    checked_description,
    counted,
    listed,
    make_class,
)
from protolabel.label_space.export import FORMAT, HEADER, VERSION
from protolabel.label_space.known_documents import twins_of
from protolabel.label_space.settings import checked_rows
from protolabel.label_space.view import View
from protolabel.names import clean_name
from protolabel.store import ClassRow, Writing
from protolabel.types import Example

NEAR = 1e-5  # how far rounding may move a vector of length one


@dataclass(frozen=True, slots=True)
class ImportedClass:
    """A class as its label space had it. ``described_by``: given, name or none."""

    label: str
    description: str | None
    described_by: Literal["given", "name", "none"]
    retired: bool


@dataclass(frozen=True)
class Import(ChangeRequest):
    """Take in classes, in their order, and examples with their ids. All or none.

    Attributes:
        settings: as stored. They are taken up only where there is no class yet; a label space in
            use keeps its own.
        skip_known: leave out examples that are here already, under whatever label.
    """

    kind: ClassVar[str] = "import"
    classes: Sequence[ImportedClass]
    examples: Sequence[Example]
    settings: Mapping[str, str] = field(default_factory=dict)
    skip_known: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", checked_rows(self.settings, "an import"))
        object.__setattr__(self, "examples", tuple(as_examples(self.examples)))
        require_flag(self.skip_known, "skip_known")
        if not self.classes and not self.examples and not self.settings:
            raise InputError("an export of nothing", expected="settings, classes or examples")
        for imported in self.classes:
            if imported.description is not None:
                checked_description(imported.description, imported.label)
        labels = [clean_name(c.label) for c in self.classes]
        if len(set(labels)) < len(labels):
            twice = next(label for label in labels if labels.count(label) > 1)
            raise InputError(f"class {twice!r} twice in an export", expected="each class once")

    def needs(self, view: View) -> Needs:
        """Return descriptions, examples, and the names of classes that have no line."""
        texts = [c.description for c in self.classes if c.description]
        labels = dict.fromkeys(example.label for example in self.examples)
        return Needs(tuple(texts), tuple(self.examples), tuple(labels))

    def write(self, writing: Writing, material: Material) -> None:
        """Set, describe, add, and retire last."""
        new = not writing.rows.classes(writing.version)
        if new:
            for key, value in self.settings.items():
                writing.set(key, value)
        for imported in self.classes:
            self._describe(writing, imported, material)
        ids: list[str] = []
        kept: list[int] = []
        if self.examples:
            assert material.documents is not None
            vectors = _as_exported(self.examples, material.documents)
            kept = self._kept(writing, material)
            examples = [self.examples[i] for i in kept]
            ids, _, _ = add_examples(writing, examples, vectors[kept], material)
        for imported in self.classes:
            row = writing.rows.class_named(imported.label, writing.version)
            if imported.retired and row is not None and not row.retired:
                writing.retire_class(row, retired=True)
        labels = [c.label for c in self.classes] or list({e.label: 0 for e in self.examples})
        writing.summary = f"imported {counted(len(labels), 'class')} and "
        writing.summary += counted(len(ids), "example") + (f": {listed(labels)}" if labels else "")
        if not labels:
            writing.summary = f"imported settings{'' if new else ', which were kept as they are'}"
        writing.detail = {
            "examples": ids[:LISTED],
            "classes": labels[:LISTED],
            "settings": "taken up" if new else "kept",
        }
        unreadable = [ids[kept.index(i)] for i in material.unreadable if i in kept]
        if unreadable:
            writing.summary += f"; the encoder cannot read {len(unreadable)} of them"
            writing.detail["unreadable"] = unreadable[:LISTED]
        n_known = len(self.examples) - len(kept)
        if n_known:
            writing.summary += f"; {counted(n_known, 'example')} that were here already left out"
            writing.detail["known"] = n_known

    def _kept(self, writing: Writing, material: Material) -> list[int]:
        """Return the positions of the examples that are to be added."""
        positions = range(len(self.examples))
        if not self.skip_known:
            return list(positions)
        assert material.documents is not None
        assert material.stored_texts is not None
        twins = twins_of(writing, self.examples, material.documents, material.stored_texts)
        repeated = {twin.position for twin in twins}
        return [i for i in positions if i not in repeated]

    def to_dict(self) -> dict[str, object]:
        """Return the request as JSON can hold it."""
        return {
            "kind": self.kind,
            "classes": [asdict(imported) for imported in self.classes],
            "examples": [example_fields(example) for example in self.examples],
            "settings": dict(self.settings),
            "skip_known": self.skip_known,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> Self:
        """Return the request of these fields. Raises InputError."""
        try:
            fields: dict[str, Any] = dict(values)
            classes = tuple(ImportedClass(**c) for c in fields.pop("classes"))
            examples = tuple(example_from_fields(e) for e in fields.pop("examples"))
            return cls(classes, examples, **fields)
        except (TypeError, KeyError) as error:
            raise InputError(
                f"a change of kind 'import': {error}", expected="classes, examples and settings"
            ) from error

    def _describe(self, writing: Writing, imported: ImportedClass, material: Material) -> None:
        """Make the class as it was, or give it the description that a person wrote for it."""
        row = writing.rows.class_named(imported.label, writing.version)
        if row is not None and imported.described_by != "given":
            return
        item, described_by = None, "none"
        if imported.description:
            vector = material.texts[imported.description]
            item, described_by = writing.item(imported.description, vector), imported.described_by
        if row is None:
            make_class(writing, imported.label, item, described_by)
        elif item is not None and _differs(row, imported):
            writing.describe_class(row, item, described_by)


def _differs(row: ClassRow, imported: ImportedClass) -> bool:
    return (row.description, row.described_by) != (imported.description, imported.described_by)


def _as_exported(examples: Sequence[Example], vectors: Floats) -> Floats:
    """Return the vectors, bit for bit as exported where they came with the examples.

    To bring a vector to length one that has it already may change its last bits.
    """
    exact = vectors.copy()
    for i, example in enumerate(examples):
        if example.embedding is not None:
            vector = np.asarray(example.embedding, dtype=np.float32)
            if np.allclose(vector, vectors[i], rtol=0, atol=NEAR):
                exact[i] = vector
    return exact


def import_request(records: Iterable[Mapping[str, Any]], view: View, name: str = "") -> Import:
    """Return the change that takes in what ``View.export`` yielded.

    Embeddings are dropped where the label space has another encoder or another metric: it makes its
    own.

    Raises:
        InputError: for a record that no export writes. ``name`` names it, with its number.
    """
    classes: list[ImportedClass] = []
    examples: list[Example] = []
    settings: dict[str, str] = {}
    same = True
    one = isinstance(records, str | bytes | Mapping) or not isinstance(records, Iterable)
    if one or getattr(records, "ndim", 1) != 1:
        raise InputError(
            f"records of an export: {repr(records)[:60]}, of type {type(records).__name__}",
            expected="what View.export() yields, or a list of it",
        )
    name = checked_text(name, "name")
    for number, record in enumerate(records, start=1):
        place = f"{name or 'an export'}:{number}"
        try:
            if FORMAT in record:
                if record[FORMAT] != VERSION:
                    raise InputError(
                        f"{place}: an export of format {record[FORMAT]!r}",
                        expected=f"format {VERSION}",
                        remedy="import it with the protolabel that exported it, or a newer one",
                    )
                settings, same = _header(record, view, place)
            elif "description_from" in record:
                classes.append(_class(record, place))
            else:
                examples.append(_example(record, place, same=same))
        except (KeyError, TypeError, AttributeError, ValueError, ImageError) as error:
            raise InputError(
                f"{place}: no record of an export ({type(error).__name__}: {error})",
                expected="a line as `protolabel export` writes it",
                remedy="export again",
            ) from error
    return Import(tuple(classes), tuple(examples), settings)


def _header(record: Mapping[str, Any], view: View, place: str) -> tuple[dict[str, str], bool]:
    """Return the settings of an export, and whether its vectors may stand in this label space."""
    unknown = sorted(set(record) - HEADER)
    if unknown:
        raise InputError(
            f"{place}: the field {unknown[0]!r} in the first record of an export",
            expected=f"fields among {', '.join(sorted(HEADER))}",
            remedy="import it with the protolabel that exported it, or a newer one",
        )
    fingerprint = require_name(record["encoder_fingerprint"], f"{place}: encoder_fingerprint")
    metric = require_metric(record["metric"])
    same = fingerprint == view.embedder.fingerprint and metric == view.embedder.metric
    return checked_rows(record["settings"], place), same


def _class(record: Mapping[str, Any], place: str) -> ImportedClass:
    origin, description, retired = (
        record["description_from"],
        record["description"],
        record["retired"],
    )
    if origin not in ("given", "name", "none") or not isinstance(retired, bool):
        raise ValueError("description_from or retired")
    label = clean_name(record["label"], place)
    if description is not None:
        description = checked_description(description, label, place)
    return ImportedClass(label, description, origin, retired)


def _example(record: Mapping[str, Any], place: str, *, same: bool) -> Example:
    text, image, vector = record.get("text"), record.get("image"), record.get("embedding")
    text = None if text is None else checked_text(text, f"{place}: text")
    readable = text is not None or image is not None
    if vector is not None and not readable and not same:
        raise ValueError("a vector alone, of another encoder or metric than this label space has")
    return Example(
        label=clean_name(record["label"], place),
        text=text,
        id=checked_text(record["id"], f"{place}: id"),
        embedding=(
            None if vector is None or (readable and not same)
            else np.asarray(vector, dtype=np.float32)
        ),
        source=checked_text(record.get("source", ""), f"{place}: source"),
        image=None if image is None else from_data_address(image),
    )  # fmt: skip
