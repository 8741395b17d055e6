"""Labelled data, evaluated: episodes over ways and shots, then all classes at once.

:class:`Plan` says what is to be done and is checked against the labels before anything is
encoded; :func:`evaluate_arrays` does it with embeddings that are there. No readers, no encoders.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from protolabel.arrays import Floats, Metric, Positions
from protolabel.episodes.sampler import Sampler, generator_of
from protolabel.episodes.scenario import Scenario
from protolabel.errors import InputError
from protolabel.evaluation.all_classes import SizeResult, every_class, sizes_for
from protolabel.evaluation.episodic import episodic_accuracy
from protolabel.evaluation.results import Cell, CurvePoint, Evaluation, Table
from protolabel.label_space.settings import FIRST_KAPPA

Progress = Callable[[str, int, int], None]  # what, done, of how many

WAYS = (5, 20)
SHOTS = (1, 5)


@dataclass(frozen=True)
class Plan:
    """What an evaluation of labelled data does.

    ``ways`` None: 5 and 20, as far as there are classes. ``shots``: examples a class; 0 needs
    descriptions. ``kappa`` None: 1 in episodes, estimated from the support with all classes at
    once. ``draws``: of all classes at once. ``skip_small`` leaves out classes that are too small.
    """

    ways: tuple[int, ...] | None = None
    shots: tuple[int, ...] = SHOTS
    query: int = 5
    episodes: int = 600
    draws: int = 5
    metric: Metric = "cosine"
    kappa: float | None = None
    skip_small: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what means nothing, with an InputError."""
        least = {"query": 1, "episodes": 2, "draws": 2, "seed": 0}
        for name, lowest in least.items():
            if getattr(self, name) < lowest:
                raise InputError(f"{name} {getattr(self, name)}", expected=f"{lowest} or more")
        if self.ways is not None and (not self.ways or min(self.ways) < 2):
            raise InputError(f"ways {_listed(self.ways)}", expected="2 or more, such as 5,20")
        if not self.shots or min(self.shots) < 0:
            raise InputError(f"shots {_listed(self.shots)}", expected="0 or more, such as 1,5")
        if self.kappa is not None and not 0 <= self.kappa <= 1e6:
            raise InputError(f"kappa {self.kappa}", expected="a number from 0 to 1000000")

    @property
    def least(self) -> int:
        """Documents that a class must have."""
        return max(max(self.shots), 1) + self.query

    def usable(self, labels: Sequence[str], *, described: bool) -> tuple[list[str], list[str]]:
        """Class names that take part, sorted, and those that are left out as too small.

        Raises InputError where the labels do not give what the plan asks for.
        """
        if min(self.shots) == 0 and not described:
            raise InputError(
                "shots of 0 without descriptions",
                expected="a description of each class, which is then all there is",
                remedy="add --with-names or --descriptions FILE, or leave the 0 out",
            )
        counts = Counter(labels)
        small = sorted(name for name, n in counts.items() if n < self.least)
        if small and not self.skip_small:
            also = f" (and {len(small) - 1} more such classes)" if len(small) > 1 else ""
            raise InputError(
                f"class {small[0]!r} has {counts[small[0]]} documents{also}",
                expected=f"{self.least}: {self.least - self.query} of support and {self.query} of "
                "queries",
                remedy="lower --shots or --query, give more, or leave such classes out with "
                "--skip-small",
            )
        names = sorted(set(counts) - set(small))
        widest = max(self.ways) if self.ways else 2
        if len(names) < widest:
            left = f" ({len(small)} left out as too small)" if small else ""
            raise InputError(
                f"{len(names)} classes{left}",
                expected=f"{widest} or more" + (f" for a way of {widest}" if self.ways else ""),
                remedy=f"--ways {len(names)} or less, or data of more classes"
                if self.ways and len(names) > 1
                else "give data of more classes",
            )
        return names, small

    def ways_of(self, classes: int) -> tuple[int, ...]:
        """The ways that are run with so many classes."""
        return self.ways or tuple(w for w in WAYS if w <= classes) or (classes,)


def evaluate_arrays(
    embeddings: Floats,
    labels: Positions,
    names: Sequence[str],
    words: Floats | None,
    plan: Plan,
    *,
    subject: str = "",
    encoder: str = "",
    named: Callable[[int], tuple[str, str]] = lambda i: (str(i), ""),
    notes: Sequence[str] = (),
    progress: Progress = lambda what, done, total: None,
) -> Evaluation:
    """Episodes over the plan's ways and shots, then all classes at once.

    ``named``: id and excerpt of a position.

    *Shape:* embeddings ``(n, d)``, of unit length where the metric is cosine; labels ``(n,)``:
    places in ``names``, each class with ``plan.least`` documents; words ``(K, d)`` or None.
    """
    ways = plan.ways_of(len(names))
    notes = list(notes)
    if plan.ways is None and ways != WAYS:
        notes.append(f"{len(names)} classes: ways {_listed(ways)} instead of {_listed(WAYS)}")
    cells = [
        (way, shot, told)
        for told in ((False, True) if words is not None else (False,))
        for way in ways
        for shot in sorted(set(plan.shots))
        if told or shot
    ]
    made = []
    for at, (way, shot, told) in enumerate(cells):
        progress("episodes", at, len(cells))
        made.append(_cell(embeddings, labels, names, words, plan, way, shot, told))
    progress("episodes", len(cells), len(cells))
    least = int(np.bincount(labels).min())
    sizes = sizes_for(least, plan.shots, described=words is not None)
    done, total = 0, sum(plan.draws if k else 1 for k in sizes)

    def step() -> None:
        nonlocal done
        done += 1
        progress("all classes at once", done, total)

    found = every_class(
        embeddings,
        labels,
        words,
        sizes=sizes,
        draws=plan.draws,
        kappa=plan.kappa,
        metric=plan.metric,
        seed=plan.seed,
        step=step,
    )
    table, documents = _table(found, plan, names, named)
    capped = max(found, key=lambda r: r.available)
    if capped.available > capped.queries:
        notes.append(
            f"all classes at once: {capped.queries} of {capped.available} queries a draw, "
            "chosen at random"
        )
    return Evaluation(
        kind="data",
        subject=subject,
        encoder=encoder,
        metric=plan.metric,
        classes=len(names),
        examples=len(labels),
        settings={
            "ways": list(ways),
            "shots": sorted(set(plan.shots)),
            "query": plan.query,
            "episodes": plan.episodes,
            "draws": plan.draws,
            "kappa": "auto" if plan.kappa is None else plan.kappa,
            "described": words is not None,
            "seed": plan.seed,
        },
        episodes=tuple(made),
        curve=tuple(CurvePoint(r.shot, r.prototypes, r.refined, r.queries) for r in found),
        confusion=table,
        documents=documents,
        notes=tuple(notes),
    )


def _cell(
    embeddings: Floats,
    labels: Positions,
    names: Sequence[str],
    words: Floats | None,
    plan: Plan,
    way: int,
    shot: int,
    told: bool,
) -> Cell:
    """The same episodes whether described or not: they follow from seed, way, shot and number."""
    scenario = Scenario(
        way,
        max(shot, 1),
        plan.query,
        described=float(told and shot > 0),
        described_only=float(told and shot == 0),
    )
    sampler = Sampler(labels, scenario, names=names)
    drawn = (sampler.draw(generator_of(plan.seed, way, shot, i)) for i in range(plan.episodes))
    kappa = FIRST_KAPPA if plan.kappa is None else plan.kappa
    if shot == 0:
        kappa = max(kappa, 1.0)  # alone, a description is the prototype, whatever its weight
    accuracy = episodic_accuracy(drawn, embeddings, words, kappa=kappa, metric=plan.metric)
    return Cell(way, shot, told, accuracy)


def _table(
    found: Sequence[SizeResult],
    plan: Plan,
    names: Sequence[str],
    named: Callable[[int], tuple[str, str]],
) -> tuple[Table, dict[int, tuple[str, str]]]:
    """Who is taken for whom at the largest of the shots asked for, and the documents it shows."""
    at = max((r for r in found if r.shot <= max(plan.shots)), key=lambda r: r.shot)
    rows = at.confusion.table(names)
    shown = {d for row in rows for other in row.confused for d in other.documents}
    about = (
        f"all classes at once, {at.shot} examples a class, {plan.draws} draws, "
        + ("refined" if at.head == "refined" else "prototypes")
    )  # fmt: skip
    return Table(about, rows), {d: named(d) for d in sorted(shown)}


def _listed(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers))
