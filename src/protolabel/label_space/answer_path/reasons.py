"""Why a query is answered so, as a sentence: what decided, and what is missing.

Only :attr:`Grounds.declined` decides anything.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from protolabel.answers import Alternative, Answer, Level
from protolabel.arithmetic.target import Limit, Target
from protolabel.types import ClassInfo
from protolabel.words.certainty import compared, percent


@dataclass(frozen=True, slots=True)
class Grounds:
    """What decides about one query.

    Attributes:
        best: the nearest class; None where no class can answer.
        threshold: least score of an answer; None where there is none.
        shortage: why there are no probabilities; empty where there are.
        target: what the user asked for, if anything.
        limit: what follows from the target.
        level: the class, or the class above it, that would be the answer; None where no class
            stands under another.
        least_chance: what the target asks of that answer; None where it asks for no chance.
        why_no_chances: why there is a probability and no chance; empty otherwise.
    """

    best: Alternative | None
    threshold: float | None
    shortage: str
    target: Target | None = None
    limit: Limit | None = None
    level: Level | None = None
    least_chance: float | None = None
    why_no_chances: str = ""

    @property
    def subject(self) -> Alternative | Level | None:
        """What would be the answer: the level where there are levels, else the nearest class."""
        return self.best if self.level is None or self.best is None else self.level

    @property
    def above(self) -> Level | None:
        """The level that would be the answer in place of the nearest class; None elsewhere."""
        if self.level is None or self.best is None or self.level.label == self.best.label:
            return None
        return self.level

    @property
    def declined(self) -> bool:
        """Whether the query is none of these."""
        if self.best is None or (self.limit is not None and self.limit.refusal):
            return True
        if self.threshold is not None and self.best.score < self.threshold:
            return True
        chance = None if self.subject is None else self.subject.chance
        return self.least_chance is not None and (chance is None or chance < self.least_chance)


def reason(grounds: Grounds) -> str:
    """Return the sentence that says why a query is answered so, and what is missing."""
    best, threshold, shortage = grounds.best, grounds.threshold, grounds.shortage
    if best is None:
        return shortage
    if grounds.limit is not None and grounds.limit.refusal:
        return f"declined: {_with_score(best)}; {grounds.limit.refusal}"
    if grounds.least_chance is not None:
        return _by_chance(grounds, best, grounds.least_chance)
    if threshold is None:
        why = f"nothing is declined and there is no probability: {shortage}"
        return f"nearest class, score {best.score:.3f}; {why}"
    note = f"; no probability: {shortage}" if shortage else ""
    if grounds.why_no_chances:
        note = f"; a probability, but no chance: {grounds.why_no_chances}"
    if math.isinf(threshold):
        off = "the threshold is off"
        if grounds.target is not None:
            off = f"the target {grounds.target} needs no threshold"
        if grounds.above is not None and not grounds.declined:
            return f"{_by_level(best, grounds.above)}; {off}{note}"
        return f"nearest class, score {best.score:.3f}; {off}{note}"
    if grounds.target is not None:
        note += f"; target {grounds.target}"
    score, limit = _distinct_decimals(best.score, threshold)
    if grounds.above is not None and not grounds.declined:
        return f"{_by_level(best, grounds.above)}; score {score}, threshold {limit}{note}"
    if best.score < threshold:
        nearest = f"the nearest class, {best.label!r}, has score {score}"
        return f"below the threshold: {nearest}, less than {limit}{note}"
    return f"nearest class, score {score}, threshold {limit}{note}"


def _with_score(best: Alternative) -> str:
    return f"the nearest class, {best.label!r}, has score {best.score:.3f}"


def _by_chance(grounds: Grounds, best: Alternative, least_chance: float) -> str:
    """Return the sentence where a target asks the answer for a chance, which it may not have."""
    subject = grounds.level or best
    if subject.chance is None:
        why = no_chance_sentence(grounds.shortage or grounds.why_no_chances)
        return f"declined: {_with_score(best)}; {why}"
    chance, least = compared(subject.chance, least_chance)
    if grounds.above is not None:
        level = f"{subject.label!r}, the likeliest class above, has a chance of {chance}"
        if grounds.declined:
            return f"too unsure: {level}, less than the {least} that {grounds.target} needs"
        return f"{_unsure(best)}; {level}; {grounds.target} needs {least}"
    if grounds.declined:
        nearest = f"the nearest class, {best.label!r}, has a chance of {chance}"
        return f"too unsure: {nearest}, less than the {least} that {grounds.target} needs"
    return f"nearest class, chance {chance}; {grounds.target} needs {least}"


def too_unsure(answer: Answer, least: float) -> str:
    """Return why the label of an answer is not sure enough; empty where it is.

    ``least``: the chance that a person asked for, 0 to 1. No chance is too little.
    """
    if answer.certainty is None:
        return no_chance_sentence(answer.reason)
    if answer.certainty >= least:
        return ""
    chance, limit = compared(answer.certainty, least)
    why = f"{answer.label!r} has a chance of {chance}, less than the {limit} that is asked for"
    return f"too unsure: {why}"


def _by_level(best: Alternative, level: Level) -> str:
    """Return the sentence where a class above the nearest one is the answer."""
    share = percent(level.certainty or 0.0)
    return f"{_unsure(best)}; {level.label!r}, with all classes under it, has {share}"


def _unsure(best: Alternative) -> str:
    return f"the nearest class, {best.label!r}, is too unsure at {percent(best.certainty or 0.0)}"


def _distinct_decimals(a: float, b: float) -> tuple[str, str]:
    """Return two numbers with three decimals, or as many more as it takes to tell them apart."""
    digits = next((n for n in range(3, 9) if f"{a:.{n}f}" != f"{b:.{n}f}"), 3)
    return f"{a:.{digits}f}", f"{b:.{digits}f}"


def why_none_answers(classes: Sequence[ClassInfo], kappa: float) -> str:
    """Return why no class can be an answer, and what to do about it."""
    remedy = "describe a class or add an example"
    if not classes:
        return f"the label space has no class yet: {remedy}"
    if all(info.retired for info in classes):
        return "every class is retired: unretire one, or add another"
    if kappa == 0 and any(info.description and not info.retired for info in classes):
        return (
            "no class has an example yet, and descriptions count for nothing since kappa is 0: "
            "set kappa to auto, or add an example"
        )
    return f"no class has a description or an example yet: {remedy}"


def all_declined_sentence(why: str) -> str:
    """Return the sentence that every document is declined; empty where nothing says why."""
    return f"every document is declined: {why}" if why else ""


def no_chance_sentence(shortage: str) -> str:
    """Return why no label is given where each needs a chance, and none can be computed."""
    return f"a chance is asked for, and there is none: {shortage}"
