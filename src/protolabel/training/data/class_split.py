"""The split of classes: base ones to learn from, valid ones to choose on, novel ones to report on.

A class is its name. Where several pasts have a class of the same name, it is in the same part in
all of them, so that no class is both learned from and reported on.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from protolabel.arguments import is_number, require_strings
from protolabel.episodes.class_keys import class_key
from protolabel.episodes.sampler import Stream, generator_of
from protolabel.errors import InputError
from protolabel.training.data.past import Past
from protolabel.words.quantity import quantity

Part = Literal["base", "valid", "novel"]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class SplitPlan:
    """Which classes to choose on and to report on: shares of all, or names.

    ``valid``: to choose the best moment on. ``novel``: to report on, untouched until the end. The
    others are learned from.
    """

    valid: float | Sequence[str] = 0.2
    novel: float | Sequence[str] = 0.0

    def __post_init__(self) -> None:
        """Refuse what is neither a share nor names, with an InputError."""
        for part in ("valid", "novel"):
            choice = getattr(self, part)
            if is_number(choice):
                if not 0 <= choice < 1:
                    raise InputError(
                        f"{part} is {choice!r}",
                        expected="a share of the classes: 0 or more, below 1",
                        remedy="give a share such as 0.2",
                    )
                object.__setattr__(self, part, float(choice))
            elif not isinstance(choice, str):
                what = f"{part}, neither a share of the classes nor their names"
                object.__setattr__(self, part, tuple(require_strings(choice, what)))


@dataclass(frozen=True, eq=False)
class Split:
    """Class numbers of one past: ``base`` to learn from, ``valid`` and ``novel``."""

    base: Numbers
    valid: Numbers
    novel: Numbers


def class_numbers(pasts: Sequence[Past]) -> list[Numbers]:
    """Return the numbers of the classes of each past, (K,): one for each name in all pasts."""
    numbers: dict[str, int] = {}
    return [
        np.array([numbers.setdefault(class_key(name), len(numbers)) for name in past.names])
        for past in pasts
    ]


def split_classes(
    pasts: Sequence[Past], plan: SplitPlan, *, seed: int = 0, earlier: Collection[str] = ()
) -> list[Split]:
    """Split the classes of all pasts, by name.

    Classes that are named in the plan are no part of a share. At least two classes of each past are
    learned from, and two of some past validated on.

    Args:
        pasts: labelled documents.
        plan: shares or names. The shares are of the classes that are not in ``earlier``.
        seed: of the random draw.
        earlier: keys of the classes that the encoder which training begins with has learned. They
            are learned from again.

    Raises:
        InputError: a share is out of range, a name is unknown or in two parts, or a past has too
            few classes, or too few that the encoder has not learned.
    """
    parts = _named_parts(pasts, plan, earlier)
    splits = []
    for past in pasts:
        _assign(past, plan, parts, earlier, seed)
        splits.append(_split_of(past, parts))
    if earlier:
        _require_new_classes(splits, plan, parts, earlier)
    most = max((len(split.valid) for split in splits), default=2)
    for past, split in zip(pasts, splits, strict=True):
        if len(split.base) < 2 or most < 2:
            raise InputError(
                f"{quantity(len(past.names), 'class')}, {len(split.base)} of them to learn from "
                f"and {len(split.valid)} to validate on",
                expected="two or more of each",
                remedy="give a past of more classes, or another split",
            )
    return splits


def _require_new_classes(
    splits: Sequence[Split], plan: SplitPlan, parts: dict[str, Part], earlier: Collection[str]
) -> None:
    """Refuse a split whose encoder has learned so many classes that too few can judge it."""
    least = {
        "valid": 2 if isinstance(plan.valid, float | int) else 0,  # names: see _named_parts
        "novel": 2 if isinstance(plan.novel, float | int) and plan.novel > 0 else 0,
    }
    most = {part: max((len(getattr(one, part)) for one in splits), default=2) for part in least}
    if all(most[part] >= least[part] for part in least):
        return
    raise InputError(
        f"{quantity(len(parts), 'class')}, {len(earlier)} of which the encoder that training "
        f"begins with has learned; of the others, {most['valid']} to validate on and "
        f"{most['novel']} to report on",
        expected="two or more to validate on"
        + (", and two or more to report on" if least["novel"] else ""),
        remedy="begin with an encoder that has not learned these classes (encoder=), or give "
        "documents of more classes that it has not learned",
    )


def _named_parts(
    pasts: Sequence[Past], plan: SplitPlan, earlier: Collection[str]
) -> dict[str, Part]:
    """Return the part of each class that the plan names, by its key."""
    seen_keys = {class_key(name) for past in pasts for name in past.names}
    parts: dict[str, Part] = {}
    choices: tuple[tuple[Part, float | Sequence[str]], ...]
    choices = (("valid", plan.valid), ("novel", plan.novel))
    for part, choice in choices:
        if isinstance(choice, float | int):
            continue
        for name in [choice] if isinstance(choice, str) else choice:
            key = class_key(name)
            if key not in seen_keys:
                raise InputError(
                    f"the {part} class {name!r}",
                    expected="a label of the documents",
                    remedy="correct its spelling, or leave it out",
                )
            if key in earlier:
                raise InputError(
                    f"the {part} class {name!r}, which the encoder that training begins with has "
                    "learned",
                    expected="classes that are new to it, to judge it by",
                    remedy="name another class, or begin with an encoder that has not learned this "
                    "one (encoder=)",
                )
            if parts.setdefault(key, part) != part:
                raise InputError(
                    f"class {name!r} in two parts of the split",
                    expected="each in one",
                    remedy="name it in one of them",
                )
    return parts


def _assign(
    past: Past, plan: SplitPlan, parts: dict[str, Part], earlier: Collection[str], seed: int
) -> None:
    """Add to ``parts`` the classes of a past that are in none yet, at random by the shares."""
    parts.update((key, "base") for key in map(class_key, past.names) if key in earlier)
    keys = [class_key(name) for name in past.names]
    order = generator_of(seed, Stream.SPLIT).permutation(len(keys))
    shares: tuple[tuple[Part, float | Sequence[str]], ...]
    shares = (("valid", plan.valid), ("novel", plan.novel))
    for part, share in shares:
        if not isinstance(share, float | int):
            continue
        least = 2 if part == "valid" or share > 0 else 0
        target = max(least, round(share * sum(key not in earlier for key in keys)))
        lacking = target - sum(parts.get(key) == part for key in keys)
        free = [keys[k] for k in order if keys[k] not in parts]
        parts.update(dict.fromkeys(free[: max(0, lacking)], part))
    for key in keys:
        parts.setdefault(key, "base")


def _split_of(past: Past, parts: dict[str, Part]) -> Split:
    """Return the class numbers of a past by part."""
    of_class = np.array([parts[class_key(name)] for name in past.names])
    return Split(*(np.flatnonzero(of_class == part) for part in ("base", "valid", "novel")))
