"""A class as an import brings it, and how it is made or described. Examples are in ``imports``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from protolabel.errors import InputError
from protolabel.label_space.changes.request import Material
from protolabel.label_space.changes.rows import make_class
from protolabel.store import ClassRow, Writing

NEAR = 1e-5  # how far rounding may move a vector of length one


@dataclass(frozen=True, slots=True)
class ImportedClass:
    """A class as its label space had it.

    ``described_by``: given, name or none. ``sharpened``: the vector that unlabelled documents made
    of its description, in the encoder of the label space that takes it in. ``parent``:
    the class above it, if any.
    """

    label: str
    description: str | None
    described_by: Literal["given", "name", "none"]
    retired: bool
    sharpened: tuple[float, ...] | None = None
    parent: str | None = None


def describe_imported(
    writing: Writing, imported: ImportedClass, material: Material
) -> Literal["made", "described", "sharpened"] | None:
    """Make the class as it was, or give it the description that a person wrote for it.

    A class that has this description already is sharpened, where the import is.

    Returns:
        Which of these; None where nothing was changed.
    """
    row = writing.rows.class_named(imported.label, writing.version)
    if row is not None and not _differs(row, imported):
        is_unchanged = imported.sharpened is None or not _sharpen(writing, imported, row.key)
        return None if is_unchanged else "sharpened"
    if row is not None and imported.described_by != "given":
        return None
    item, described_by = None, "none"
    if imported.description:
        vector = material.descriptions[imported.description]
        item, described_by = writing.item(imported.description, vector), imported.described_by
    if row is None:
        key = make_class(writing, imported.label, item, described_by)
    elif item is None:
        return None
    else:
        key = row.key
        writing.describe_class(row, item, described_by)
    if imported.sharpened is not None:
        _sharpen(writing, imported, key)
    return "made" if row is None else "described"


def retire_imported(writing: Writing, label: str) -> bool:
    """Retire a class that is in use. Return whether there was one."""
    row = writing.rows.class_named(label, writing.version)
    if row is None or row.retired:
        return False
    writing.retire_class(row, retired=True)
    return True


def _sharpen(writing: Writing, imported: ImportedClass, key: int) -> bool:
    """Let the imported vector stand for the description of a class, unless it does already.

    Returns:
        Whether it was not so before.

    Raises:
        InputError: the vector is not one that sharpening makes: of length one, in this dimension.
    """
    vector, dim = np.asarray(imported.sharpened, np.float32), writing.encoding.dim
    length = np.linalg.norm(vector.astype(np.float64)) if vector.shape == (dim,) else np.nan
    if not abs(float(length) - 1.0) < NEAR:
        raise InputError(
            f"class {imported.label!r}: a sharpened description of {vector.size} numbers, of "
            f"length {float(np.linalg.norm(vector.astype(np.float64))):.3g}",
            expected=f"{dim} finite numbers, of length one",
            remedy="export again",
        )
    row, item = writing.rows.class_with_key(key, writing.version), writing.item(None, vector)
    if row.sharpened == item:
        return False
    writing.sharpen_class(row, item)
    return True


def _differs(row: ClassRow, imported: ImportedClass) -> bool:
    return (row.description, row.described_by) != (imported.description, imported.described_by)
