"""The classes that an answer names besides its label: those that it ranks, and those above them."""

from __future__ import annotations

from dataclasses import dataclass


def certainty(chance: float | None, probability: float | None) -> float | None:
    """Return the number that people read: the chance, or the probability where there is none."""
    return probability if chance is None else chance


@dataclass(frozen=True, slots=True)
class Alternative:
    """A class that was considered. ``score``: higher is nearer. ``probability``: that it is the
    right class, if one of those in the label space is. ``chance``: that it is the right class; the
    chances of all classes and ``none_probability`` of the answer sum to one.
    """

    label: str
    score: float
    probability: float | None = None
    chance: float | None = None

    @property
    def certainty(self) -> float | None:
        """The number that people read: the ``chance``, or ``probability`` where there is none."""
        return certainty(self.chance, self.probability)


@dataclass(frozen=True, slots=True)
class Level:
    """A class with all the classes under it. ``probability``: that one of them is the right class,
    if one of those in the label space is: the sum over them, its own share included. ``chance``:
    the same, *none of these* counted in. Both are None without a calibration.
    """

    label: str
    probability: float | None = None
    chance: float | None = None

    @property
    def certainty(self) -> float | None:
        """The number that people read: the ``chance``, or ``probability`` where there is none."""
        return certainty(self.chance, self.probability)
