"""The reach of a calibration: the classes that it was measured on, and how many others there are.

A class has simulated queries where it has two different documents: one to leave out, one to stay.
What a calibration says, and what a target promises by it, holds for these classes alone: documents
of a class with one example, or with only a description, are never asked about.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.leave_one_out import members_of
from protolabel.arithmetic.support import Support
from protolabel.arrays import Mask
from protolabel.words.quantity import noun_for, quantity


@dataclass(frozen=True, slots=True)
class Reach:
    """How many classes have simulated queries.

    Attributes:
        classes: those that have.
        others: those that can be an answer all the same, though nothing was measured on them.
        learned: whether examples that the encoder has learned from do not count.
        in_descriptions: whether examples that stand in the description of their class do not.
    """

    classes: int = 0
    others: int = 0
    learned: bool = False
    in_descriptions: bool = False

    @classmethod
    def of(cls, support: Support, usable: Mask) -> Reach:
        """Return the reach of queries that are simulated from the usable examples, ``(n,)``."""
        reached = int(classes_with_queries(support, usable).sum())
        inside = bool(support.in_descriptions.any())
        return cls(reached, support.n_classes - reached, not bool(usable.all()), inside)

    @property
    def verdict(self) -> str:
        """How far a target is kept, as a part of a sentence that begins with the target."""
        if not self.others:
            return "kept"
        other = noun_for(self.others, "other", "others")
        return (
            f"kept for the {quantity(self.classes, 'class')} with {self._examples} or more"
            f"{self._inside}; of {self.others:,} {other} nothing is promised"
        )

    @property
    def promise(self) -> str:
        """How far a target is kept, and what would help; empty where it holds for all classes."""
        return f"{self.verdict} until {self._remedy}" if self.others else ""

    @property
    def note(self) -> str:
        """What figures leave out, and what would help; empty where that is nothing."""
        if not self.others:
            return ""
        return f"nothing is measured on {quantity(self.others, 'class')} until {self._remedy}"

    @property
    def belonging(self) -> str:
        """To which classes belongs what was measured, to stand behind *belongs*."""
        return f" to the {quantity(self.classes, 'class')} that are measured" * bool(self.others)

    @property
    def measured(self) -> str:
        """On how many classes something was measured, to stand behind a number of documents."""
        if not self.others:
            return ""
        others = noun_for(self.others, "other is", "others are")
        return f" of {quantity(self.classes, 'class')} ({self.others:,} {others} not measured)"

    @property
    def _remedy(self) -> str:
        subject = "it has" if self.others == 1 else "each has"
        return (
            f"{subject} {self._examples}{self._inside}: `protolabel classes SPACE` lists how many "
            "examples each class has"
        )

    @property
    def _examples(self) -> str:
        return "two different examples" + " that the encoder has not learned from" * self.learned

    @property
    def _inside(self) -> str:
        return ", one of them not in its description" * self.in_descriptions


EVERY = Reach()  # no class is left out


def classes_with_queries(support: Support, usable: Mask) -> Mask:
    """Return which classes have a usable document that can be a query. *Shape:* ``(K,)``.

    ``usable`` ``(n,)``: the examples whose scores say how new documents would score.
    """
    members = members_of(support)
    queries = members.can_be_asked(support) & usable[members.rows]
    return np.bincount(members.labels[queries], minlength=support.n_classes) > 0
