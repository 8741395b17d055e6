"""The choice among some classes of a label space, for whoever asks about these alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from protolabel.answers import Answer


@dataclass(frozen=True, slots=True)
class Choice:
    """The option that a document is nearest to.

    Attributes:
        option: the class that is chosen.
        shares: the probability of each option, if the document belongs to one of them; sum to 1.
        chance: that the choice is right, whichever options there are, *none of these* counted in;
            None where the label space has no chances.
    """

    option: str
    shares: dict[str, float]
    chance: float | None


def choice_among(answer: Answer, options: Collection[str]) -> Choice | None:
    """Return the choice among some classes; None where the document is refused to all of them.

    A class that the answer does not rank is one that the document is a negative example of: its
    probability is 0.

    Args:
        answer: one with probabilities that ranks every class it may.
        options: names of classes that can answer.
    """
    ranked = {one.label: one for one in answer.alternatives if one.label in options}
    if not ranked:
        return None
    nearest = max(ranked.values(), key=lambda one: one.score)
    weights = {
        option: (ranked[option].probability or 0.0) if option in ranked else 0.0
        for option in options
    }
    total = sum(weights.values())
    shares = {
        option: weight / total if total else float(option == nearest.label)
        for option, weight in weights.items()
    }
    return Choice(nearest.label, shares, nearest.chance)
