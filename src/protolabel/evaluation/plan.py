"""What an evaluation of labelled data does: ways, shots, queries, and which classes take part.

A plan is checked against the labels before anything is encoded. ``of_vectors`` carries it out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from protolabel.arguments import MOST, MOST_SEED, require_between, require_metric
from protolabel.arrays import Metric
from protolabel.errors import InputError
from protolabel.evaluation.refusals import LeftOut, too_few_documents
from protolabel.label_space.configuration.settings import MOST_KAPPA
from protolabel.words.quantity import quantity

WAYS = (5, 20)
SHOTS = (1, 5)
QUERY = 5


@dataclass(frozen=True)
class Plan:
    """What an evaluation of labelled data does.

    ``ways`` None: 5 and 20, as far as there are classes. ``shots``: examples a class; 0 needs
    descriptions. ``shots`` and ``query`` None: 1 and 5, and 5 queries a class, or fewer where the
    smallest class has too few documents (:meth:`fitted`). ``kappa`` None: 1 in episodes, estimated
    from the support with all classes at once. ``draws``: of all classes at once. ``skip_small``
    leaves out classes that are too small. ``keep_copies`` keeps copies, near copies, and what the
    encoder has learned from.
    """

    ways: tuple[int, ...] | None = None
    shots: tuple[int, ...] | None = None
    query: int | None = None
    episodes: int = 600
    draws: int = 5
    metric: Metric = "cosine"
    kappa: float | None = None
    skip_small: bool = False
    keep_copies: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what means nothing, with an InputError."""
        require_metric(self.metric)
        for name, least in (("query", 1), ("episodes", 2), ("draws", 2), ("seed", 0)):
            value = getattr(self, name)
            if value is not None:
                require_between(value, name, least, MOST_SEED if name == "seed" else MOST)
        if self.ways is not None and (not self.ways or min(self.ways) < 2):
            raise InputError(f"ways {as_option(self.ways)}", expected="2 or more, such as 5,20")
        if self.shots is not None and (not self.shots or min(self.shots) < 0):
            raise InputError(f"shots {as_option(self.shots)}", expected="0 or more, such as 1,5")
        if self.kappa is not None:
            require_between(self.kappa, "kappa", 0, MOST_KAPPA)

    @property
    def n_query(self) -> int:
        """The queries of a class in an episode."""
        return QUERY if self.query is None else self.query

    @property
    def n_shots(self) -> tuple[int, ...]:
        """The examples of a class in episodes, by which the rows of the table differ."""
        return SHOTS if self.shots is None else self.shots

    @property
    def least(self) -> int:
        """How many documents a class must have."""
        return max(*self.n_shots, 1) + self.n_query

    def fitted(self, labels: Iterable[str]) -> tuple[Plan, list[str]]:
        """Return the same with shots and queries that the smallest class has documents for.

        What the caller has fixed stays, and so does all of it where small classes are left out.

        Returns:
            The plan, and a note that says what was chosen, if it is not the usual.
        """
        counts = Counter(labels)
        if self.skip_small or not counts:
            return self, []
        name, smallest = min(counts.items(), key=lambda item: (item[1], item[0]))
        if smallest >= self.least or smallest < 2:
            return self, []
        query, shots = self.query, self.shots
        if shots is None:
            n_query = 2 if query is None else query  # a large shot is worth no single query
            shots = tuple(s for s in SHOTS if s + n_query <= smallest) or SHOTS[:1]
        if query is None:
            query = max(1, min(QUERY, smallest - max(*shots, 1)))
        note = (
            f"the smallest class, {name!r}, has {quantity(smallest, 'document')}: shots "
            f"{as_option(shots)} with {quantity(query, 'query')} a class, instead of "
            f"{as_option(self.n_shots)} with {self.n_query}; "
            "skip_small=True leaves such classes out"
        )
        return replace(self, shots=shots, query=query), [note]

    def usable(
        self, labels: Sequence[str], *, described: bool, left: LeftOut | None = None
    ) -> tuple[list[str], list[str]]:
        """Return the classes that take part, sorted, and those that are left out as too small.

        ``left``: what was left out of the documents; None where nothing was.

        Raises:
            InputError: the labels do not give what the plan asks for.
        """
        if min(self.n_shots) == 0 and not described:
            raise InputError(
                "shots of 0 without descriptions",
                expected="a description of each class, which is then all there is",
                remedy="add with_names=True or descriptions=, or leave the 0 out",
            )
        counts = Counter(labels)
        small = sorted(name for name, n in counts.items() if n < self.least)
        if small and not self.skip_small:
            raise too_few_documents(counts, small, (self.least - self.n_query, self.n_query), left)
        names = sorted(set(counts) - set(small))
        widest = max(self.ways) if self.ways else 2
        if len(names) < widest:
            smaller = f" ({len(small)} left out as too small)" if small else ""
            raise InputError(
                f"{quantity(len(names), 'class')}{smaller}",
                expected=f"{widest} or more" + (f" for a way of {widest}" if self.ways else ""),
                remedy=f"lower ways= to {len(names)} or less, or give data of more classes"
                if self.ways and len(names) > 1
                else "give data of more classes",
            )
        return names, small

    def ways_of(self, classes: int) -> tuple[int, ...]:
        """Return the ways that are run with so many classes."""
        return self.ways or tuple(w for w in WAYS if w <= classes) or (classes,)


def as_option(numbers: Sequence[int]) -> str:
    """Return numbers as an option takes them: ``1,5``."""
    return ",".join(map(str, numbers))
