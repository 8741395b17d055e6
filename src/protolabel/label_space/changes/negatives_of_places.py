"""Negative examples of a class stay in force for what stood under it, wherever that stands now.

A document that is not of a class is not of any class under it. A class that leaves its place, or
whose class above ends, takes along what was refused for it there, as negative examples of its own.
Merges ask here, too, for which documents a class was refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from protolabel.label_space.changes.equal_examples import content_key
from protolabel.label_space.changes.rows import LISTED
from protolabel.label_space.person_statements.refused_classes import is_refused, lost_refusals
from protolabel.store import ExampleRow, Writing
from protolabel.words.quantity import quantity

RowsByClass = dict[int, list[ExampleRow]]


@dataclass(frozen=True, slots=True)
class NegativesBefore:
    """The negative examples of all classes, and the places of these, before a change.

    Attributes:
        rows: the negative examples of each document, by class.
        parents: the class above each class that has one.
    """

    rows: Mapping[Hashable, RowsByClass] = field(default_factory=dict)
    parents: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, writing: Writing) -> NegativesBefore:
        """Read them as they stand now."""
        if not writing.rows.has_negatives(writing.version):
            return cls()
        return cls(_by_document(writing), writing.rows.class_parents(writing.version))

    def merge(self, writing: Writing, merged: Collection[int], target: int) -> None:
        """Refuse a merged class for the documents for which all its classes were refused.

        Other negative examples of these classes end: the documents may be of the new class.

        Args:
            writing: the change; the classes that end are still there.
            merged: keys of the classes that become one.
            target: key of the class that takes them in.
        """
        parents = writing.rows.class_parents(writing.version) if self.parents else {}
        for by_class in self.rows.values():
            own = [row for key in merged for row in by_class.get(key, ())]
            others = set(by_class).difference(merged)
            if all(is_refused(key, by_class, self.parents) for key in merged):
                if own and own[0].class_key != target:
                    writing.move_negative(own[0], target)
                elif not own and not is_refused(target, others, parents):
                    above = by_class[min(others)][0]
                    writing.add_negative(target, "", above.item, above.source)
                own = own[1:]
            for row in own:
                writing.end_negative(row)

    def keep(self, writing: Writing, but: Collection[int] = ()) -> list[str]:
        """Give classes what was refused for them through classes above that no longer stand there.

        Args:
            writing: the change, once the classes have their places.
            but: keys of classes that need none of it.

        Returns:
            the ids of the new negative examples.
        """
        if not self.parents or not self.rows:
            return []
        parents = writing.rows.class_parents(writing.version)
        rows = _by_document(writing)
        ids = []
        for content, by_class in self.rows.items():
            refused = rows.get(content, {})
            for key in lost_refusals((by_class, self.parents), (refused, parents), but):
                above = by_class[min(by_class)][0]
                ids.append(writing.add_negative(key, "", above.item, above.source))
        return ids


def note_kept(writing: Writing, ids: Sequence[str]) -> None:
    """Say in the change which negative examples classes have taken along from a class above."""
    if ids:
        writing.detail["kept_negatives"] = list(ids)[:LISTED]
        writing.summary += f"; kept {quantity(len(ids), 'negative example')} of a class above"


def _by_document(writing: Writing) -> dict[Hashable, RowsByClass]:
    """Return the living negative examples by their documents and classes."""
    rows: dict[Hashable, RowsByClass] = defaultdict(lambda: defaultdict(list))
    for row in writing.rows.negatives(writing.version):
        rows[content_key(row)][row.class_key].append(row)
    return {content: dict(by_class) for content, by_class in rows.items()}
