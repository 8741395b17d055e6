"""Which examples of a label space its encoder has learned from, and what that does to their scores.

``adapt`` measures what it does, and its note in the encoder's folder becomes a setting of the label
space with the change that takes the encoder up. ``train`` writes digests of its documents into the
folder: of those it is known only that the encoder has learned from them. Nothing is corrected here.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.seen_examples import Allowance
from protolabel.arrays import Integers, Mask
from protolabel.copies.learned_documents import Provenance
from protolabel.label_space.stored_items.item_digests import item_digests
from protolabel.store import Rows

log = logging.getLogger(__name__)
LEARNED = "learned"  # a setting: what the encoder in force has learned of the examples, as JSON


@dataclass(frozen=True, slots=True, eq=False)
class LearnedExamples:
    """Which of n examples an encoder has learned from.

    Attributes:
        learned: ``(n,)`` bool, those that it has learned from.
        allowance: how their scores differ from those of other documents; None where nobody knows.
        measured: ``(n,)`` bool, those of them that the allowance was measured for.
    """

    learned: Mask
    allowance: Allowance | None
    measured: Mask


def learned_examples(
    rows: Rows, version: int, items: Sequence[int] | Integers, provenance: Provenance
) -> LearnedExamples:
    """Return which examples the encoder of a version has learned from.

    Args:
        rows: of the label space.
        version: whose encoding counts.
        items: of each of n examples.
        provenance: what the encoder of that version has learned from.
    """
    allowance, adapted_to = learned_in_force(rows, version)
    measured: Mask = np.isin(np.asarray(items, np.int64), adapted_to)
    learned = learned_by(provenance, rows, version, items)
    return LearnedExamples(learned | measured, allowance, measured)


def learned_by(
    provenance: Provenance, rows: Rows, version: int, items: Sequence[int] | Integers
) -> Mask:
    """Return which examples an encoder has learned from.

    Args:
        provenance: what it has learned from.
        rows: of the label space.
        version: whose encoding vectors are of.
        items: of each of n examples.

    Returns:
        ``(n,)`` bool: those that it has learned from, and near copies; all of them where the
        encoder's folder should say which, and is damaged.
    """
    if provenance.damaged:
        return np.ones(len(items), np.bool_)
    if not len(provenance.documents.digests):
        return np.zeros(len(items), np.bool_)
    texts = rows.texts([int(item) for item in items])
    return provenance.documents.include(item_digests(rows, version, items), texts)


def note_of(rows: Rows, version: int, allowance: Allowance | None) -> dict[str, object] | None:
    """Return what an encoder's folder says of its having learned from the examples of a version."""
    if allowance is None:
        return None
    note: dict[str, object] = {"version": version, "examples": rows.examples_digest(version)}
    earlier, _ = learned_in_force(rows, version)
    return note | (allowance.after(earlier) if earlier else allowance).values()


def setting_of(rows: Rows, note: object) -> str:
    """Return the setting for an encoder whose folder has that note.

    Empty unless the encoder has learned from this label space.
    """
    if not isinstance(note, Mapping):
        return ""
    version = note.get("version")
    if not isinstance(version, int) or not 1 <= version <= rows.version():
        return ""
    allowance = Allowance.of(note)
    if allowance is None or note.get("examples") != rows.examples_digest(version):
        return ""
    return json.dumps({"version": version} | allowance.values())


def learned_in_force(rows: Rows, version: int) -> tuple[Allowance | None, Integers]:
    """Return what adapting the encoder of a version did, and the items that it learned from."""
    setting = rows.settings(version).get(LEARNED, "")
    reason = unreadable_note(setting, rows.version())
    if reason:
        log.warning("the note on what the encoder has learned is left out: %s", reason)
    if not setting or reason:
        return None, np.empty(0, np.int64)
    values = json.loads(setting)
    return Allowance.of(values), rows.example_items(values["version"])


def unreadable_note(setting: str, newest: int) -> str:
    """Return why a setting is none that :func:`setting_of` made; empty if it is one.

    ``newest`` is the newest version of the label space.
    """
    if not setting:
        return ""
    try:
        values = json.loads(setting)
    except ValueError as error:
        return f"no JSON ({error})"
    version = values.get("version") if isinstance(values, dict) else None
    if not isinstance(version, int) or not 1 <= version <= newest:
        return f"no version from 1 to {newest}"
    return "" if Allowance.of(values) else "no allowance"
