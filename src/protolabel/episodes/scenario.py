"""The distribution that episodes are drawn from: way, shot, query, descriptions, strangers.

An encoder is trained by mimicking the low-resource situation it will meet (Snell et al. 2017,
algorithm 1), and this is that situation in numbers. It draws nothing:
:mod:`protolabel.episodes.sampler` does. Pure: no I/O, no torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from protolabel.arguments import MOST, is_number, is_whole
from protolabel.errors import InputError
from protolabel.types import ClassInfo
from protolabel.words.certainty import exact_percent
from protolabel.words.quantity import quantity

Range = tuple[int, int]
MOST_STRANGERS = 100_000  # in an episode: each is a query of its own


class HasClasses(Protocol):
    """A label space, or a view of one."""

    def classes(self) -> list[ClassInfo]:
        """Return all classes."""


@dataclass(frozen=True)
class Scenario:
    """Tasks to train for. Ranges are inclusive; a number stands for a range of one.

    ``n_way``: classes in an episode. ``n_shot``: support examples of a class. ``uneven``: each
    class of an episode draws its own shot, else all share one. ``n_query``: queries of each class.
    ``described``: share of episodes whose classes come with descriptions beside their support;
    ``described_only``: share whose classes have a description and no support (the zero-shot case of
    section 2.6). ``n_strangers``: queries an episode of classes that are not in it.
    """

    n_way: int | Range = 20
    n_shot: int | Range = (1, 5)
    n_query: int = 5
    uneven: bool = False
    described: float = 0.0
    described_only: float = 0.0
    n_strangers: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn, with an InputError."""
        _check_range("n_way", self.n_way, least=2)
        _check_range("n_shot", self.n_shot, least=1)
        for name, least, most in (("n_query", 1, MOST), ("n_strangers", 0, MOST_STRANGERS)):
            value = getattr(self, name)
            if not is_whole(value) or not least <= value <= most:
                raise InputError(
                    f"{name} is {repr(value)[:60]}",
                    expected=f"a whole number from {least} to {most}",
                )
        for name in ("described", "described_only"):
            value = getattr(self, name)
            if not is_number(value) or not 0 <= value <= 1:
                raise InputError(
                    f"{name} is {repr(value)[:60]}", expected="a share of the episodes, 0 to 1"
                )
        if self.described + self.described_only > 1:
            raise InputError(
                f"described {self.described} and described_only {self.described_only}",
                expected="shares of episodes, 1 at most together",
            )

    @property
    def ways(self) -> Range:
        """Return the fewest and most classes of an episode."""
        return _pair(self.n_way)

    @property
    def shots(self) -> Range:
        """Return the fewest and most support examples of a class."""
        return _pair(self.n_shot)

    def in_words(self) -> str:
        """Return it as a report of accuracies says what they are of."""
        ways, shots = _range_words(self.ways, "class"), _range_words(self.shots, "example")
        words = f"{ways}, {shots} and {_range_words((self.n_query,) * 2, 'query')} of each"
        for share, what in (
            (self.described, "descriptions or names of the classes too"),
            (self.described_only, "descriptions or names alone"),
        ):
            if share:
                words += f"; {what} in {exact_percent(share)} of the episodes"
        return words

    @property
    def uses_descriptions(self) -> bool:
        """Return whether any episode looks at descriptions."""
        return self.described + self.described_only > 0

    @classmethod
    def like(cls, space: HasClasses, *, n_query: int = 5) -> Scenario:
        """Return the situation of a label space: its number of classes, its counts, its words.

        Shots range between the tenth and the ninetieth percentile of examples a class. Classes
        without an example make the share of episodes with descriptions only; the share of the
        others that are described makes the share with both. Raises InputError for fewer than two
        classes, or where none has an example or a description.
        """
        classes = [c for c in space.classes() if not c.retired]
        if len(classes) < 2:
            raise InputError(
                f"a label space of {quantity(len(classes), 'class')}",
                expected="two classes to tell apart",
            )
        counts = sorted(c.examples for c in classes if c.examples)
        if not counts:
            only = sum(c.description_from != "none" for c in classes) / len(classes)
            if not only:
                raise InputError(
                    "a label space without examples or descriptions", expected="something to learn"
                )
            return cls(n_way=len(classes), n_shot=1, n_query=n_query, described_only=1.0)
        low, high = counts[len(counts) // 10], counts[(len(counts) * 9) // 10]
        exemplified = [c for c in classes if c.examples]
        bare = 1 - len(exemplified) / len(classes)
        described_share = sum(c.description_from != "none" for c in exemplified) / len(exemplified)
        return cls(
            n_way=len(classes),
            n_shot=(low, high),
            n_query=n_query,
            uneven=low != high,
            described=round((1 - bare) * described_share, 6),
            described_only=round(bare, 6),
        )


def _pair(value: int | Sequence[int]) -> Range:
    if isinstance(value, int):
        return value, value
    low, high = value
    return int(low), int(high)


def _range_words(pair: Range, noun: str) -> str:
    most = quantity(pair[1], noun)
    return most if pair[0] == pair[1] else f"{pair[0]} to {most}"


def _check_range(name: str, value: int | Range, *, least: int) -> None:
    """Raise InputError unless a value is a whole number, or two that rise, within bounds."""
    ends = (value,) * 2 if is_whole(value) else value
    if not isinstance(ends, list | tuple) or len(ends) != 2 or not all(map(is_whole, ends)):
        raise InputError(
            f"{name} {repr(value)[:60]}", expected="a whole number, or a range such as (1, 5)"
        )
    if not least <= ends[0] <= ends[1] <= MOST:
        raise InputError(
            f"{name} from {ends[0]} to {ends[1]}",
            expected=f"{least} or more, rising" + f", {MOST} at most" * (ends[1] > MOST),
        )
