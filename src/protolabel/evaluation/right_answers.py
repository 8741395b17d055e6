"""Whether an answer is right for a document whose label is known, where classes stand under others.

One home for all that compares answers with labels; what a target promises stands in ``arithmetic``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from protolabel.label_space.stored_items.class_levels import lineages
from protolabel.label_space.view import View


@dataclass(frozen=True, slots=True)
class RightAnswers:
    """What is right, by the classes of a view.

    Attributes:
        paths: the classes from the top down to each class, by its name.
        classes: the names of the classes that have a prototype.
        above: the names of the classes that have none and stand above others: a label among them
            says less than an answer may.
    """

    paths: dict[str, tuple[str, ...]] = field(repr=False)
    classes: frozenset[str]
    above: frozenset[str]

    @classmethod
    def of(cls, view: View) -> RightAnswers:
        """Return those of a view."""
        above = set() if view.levels is None else set(view.levels.names.values())
        classes = frozenset(view.head.labels)
        return cls(lineages(view.classes()), classes, frozenset(above) - classes)

    @classmethod
    def alone(cls, classes: Iterable[str]) -> RightAnswers:
        """Return those of classes of which none stands above another."""
        names = frozenset(classes)
        return cls({name: (name,) for name in names}, names, frozenset())

    def holds(self, answer: str | None, label: str) -> bool:
        """Return whether a document of a label is of the class that was answered.

        That is so for the class of the label and all above it. A document that is labelled with a
        class above others is of one of these, whichever: an answer under that class holds too.
        """
        if answer is None:
            return False
        return answer in self.paths.get(label, ()) or (
            label in self.above and label in self.paths.get(answer, ())
        )

    def is_stranger(self, label: str) -> bool:
        """Return whether no class has that label."""
        return label not in self.classes and label not in self.above
