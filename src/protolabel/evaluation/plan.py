"""Evaluation of labelled data: episodes over ways and shots, then all classes at once.

:class:`Plan` says what is to be done, and is checked against the labels before anything is encoded.
:func:`evaluate_vectors` carries it out on embeddings. It reads no file and loads no
encoder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from protolabel.arguments import MOST, MOST_SEED, require_between, require_metric
from protolabel.arithmetic.intervals import Estimate, combined_share, normal_interval
from protolabel.arithmetic.variances import classes_variance
from protolabel.arrays import Doubles, Metric, Positions
from protolabel.episodes.sampler import Sampler, generator_of
from protolabel.episodes.scenario import Scenario
from protolabel.errors import InputError
from protolabel.evaluation.all_classes import SizeResult, every_class, sizes_for
from protolabel.evaluation.episodic import episode_accuracies
from protolabel.evaluation.labelled import LabelledVectors
from protolabel.evaluation.refusals import LeftOut, too_few_documents
from protolabel.evaluation.results import Cell, CurvePoint, Evaluation, Table
from protolabel.label_space.settings import FIRST_KAPPA, MOST_KAPPA
from protolabel.progress import Progress, Step, silent
from protolabel.quantity import quantity

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
            raise InputError(f"ways {_numbers(self.ways)}", expected="2 or more, such as 5,20")
        if self.shots is not None and (not self.shots or min(self.shots) < 0):
            raise InputError(f"shots {_numbers(self.shots)}", expected="0 or more, such as 1,5")
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
            f"{_numbers(shots)} with {quantity(query, 'query')} a class, instead of "
            f"{_numbers(self.n_shots)} with {self.n_query}; skip_small=True leaves such classes out"
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


@dataclass(frozen=True, slots=True)
class Task:
    """The episodes of one cell of the table: a way, a shot, with descriptions or without."""

    way: int
    shot: int
    described: bool


def evaluate_vectors(
    data: LabelledVectors,
    plan: Plan,
    *,
    subject: str = "",
    encoder: str = "",
    notes: Sequence[str] = (),
    progress: Progress = silent,
) -> Evaluation:
    """Evaluate episodes, then all classes at once. Each class of ``data`` has ``plan.least``."""
    n_classes, described = len(data.names), data.descriptions is not None
    shots = plan.n_shots
    ways = plan.ways_of(n_classes)
    notes = list(notes)
    if plan.ways is None and ways != WAYS:
        classes = quantity(n_classes, "class")
        notes.append(f"{classes}: ways {_numbers(ways)} instead of {_numbers(WAYS)}")
    tasks = [
        Task(way, shot, with_descriptions)
        for with_descriptions in ((False, True) if described else (False,))
        for way in ways
        for shot in sorted(set(shots))
        if with_descriptions or shot
    ]
    cells = []
    for done, task in enumerate(tasks):
        progress(Step("kinds of episodes", done, len(tasks)))
        cells.append(_cell(data, plan, task))
    progress(Step("kinds of episodes", len(tasks), len(tasks)))
    sizes = every_class(
        data,
        sizes=sizes_for(data.smallest_class, shots, described=described),
        draws=plan.draws,
        kappa=plan.kappa,
        metric=plan.metric,
        seed=plan.seed,
        progress=progress,
    )
    table, documents = _table(sizes, plan, data)
    largest = max(sizes, key=lambda size: size.available)
    if largest.available > largest.queries:
        notes.append(
            f"all classes at once: {largest.queries} of {quantity(largest.available, 'query')} a "
            "draw, chosen at random"
        )
    return Evaluation(
        kind="data",
        subject=subject,
        encoder=encoder,
        metric=plan.metric,
        classes=n_classes,
        examples=len(data.labels),
        settings={
            "ways": list(ways),
            "shots": sorted(set(shots)),
            "query": plan.n_query,
            "episodes": plan.episodes,
            "draws": plan.draws,
            "kappa": "auto" if plan.kappa is None else plan.kappa,
            "described": described,
            "keep_copies": plan.keep_copies,
            "seed": plan.seed,
            "learned_classes": data.learned_classes,
        },
        episodes=tuple(cells),
        curve=tuple(CurvePoint(s.shot, s.prototypes, s.refined, s.queries) for s in sizes),
        confusion=table,
        documents=documents,
        notes=tuple(notes),
    )


def _cell(data: LabelledVectors, plan: Plan, task: Task) -> Cell:
    """Evaluate one cell; its episodes are the same with descriptions and without.

    They follow from seed, way, shot and number.
    """
    scenario = Scenario(
        task.way,
        max(task.shot, 1),
        plan.n_query,
        described=float(task.described and task.shot > 0),
        described_only=float(task.described and task.shot == 0),
    )
    sampler = Sampler(data.labels, scenario, names=data.names)
    episodes = (
        sampler.draw(generator_of(plan.seed, task.way, task.shot, number))
        for number in range(plan.episodes)
    )
    kappa = FIRST_KAPPA if plan.kappa is None else plan.kappa
    if task.shot == 0:
        kappa = max(kappa, 1.0)  # alone, a description is the prototype, whatever its weight
    accuracies, members = episode_accuracies(
        episodes, data.embeddings, data.descriptions, kappa=kappa, metric=plan.metric
    )
    published = normal_interval(accuracies)
    new_classes = _new_classes(accuracies, np.stack(members), len(data.names))
    new_classes = None if data.learned_classes else new_classes
    return Cell(task.way, task.shot, task.described, published, new_classes)


def _new_classes(accuracies: Doubles, members: Positions, n_classes: int) -> Estimate | None:
    variance = classes_variance(accuracies, members, n_classes)
    if variance is None:
        return None
    return combined_share(float(accuracies.mean()), len(accuracies), [variance], n_classes, few=0)


def _table(
    sizes: Sequence[SizeResult], plan: Plan, data: LabelledVectors
) -> tuple[Table, dict[int, tuple[str, str]]]:
    """Return which classes are taken for which, at the largest shot that was asked for.

    With it come the id and excerpt of the documents that the table shows.
    """
    size = max((s for s in sizes if s.shot <= max(plan.n_shots)), key=lambda s: s.shot)
    rows = size.confusion.table(data.names)
    positions = {d for row in rows for other in row.confused for d in other.documents}
    head = "refined" if size.head == "refined" else "prototypes"
    examples = quantity(size.shot, "example")
    about = f"all classes at once, {examples} a class, {quantity(plan.draws, 'draw')}, {head}"
    return Table(about, rows, size.confusion.pairs(data.names)), {
        p: data.document_name(p) for p in sorted(positions)
    }


def _numbers(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers))
