"""Evaluation of vectors of labelled data: episodes over ways and shots, then all classes at once.

It carries out a :class:`Plan`. It reads no file and loads no encoder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.intervals import Estimate, combined_share, normal_interval
from protolabel.arithmetic.variances import classes_variance
from protolabel.arrays import Doubles, Positions
from protolabel.episodes.sampler import Sampler, generator_of
from protolabel.episodes.scenario import Scenario
from protolabel.evaluation.all_classes import SizeResult, every_class, sizes_for
from protolabel.evaluation.episodic import episode_accuracies
from protolabel.evaluation.labelled import LabelledVectors
from protolabel.evaluation.plan import WAYS, Plan, as_option
from protolabel.evaluation.results import Cell, CurvePoint, Evaluation, Table
from protolabel.label_space.configuration.settings import FIRST_KAPPA
from protolabel.progress import Progress, Step, silent
from protolabel.words.quantity import quantity


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
        notes.append(f"{classes}: ways {as_option(ways)} instead of {as_option(WAYS)}")
    tasks = _tasks(ways, shots, described=described)
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
        settings=_settings(data, plan, ways),
        episodes=tuple(cells),
        curve=tuple(CurvePoint(s.shot, s.prototypes, s.refined, s.queries) for s in sizes),
        confusion=table,
        documents=documents,
        notes=tuple(notes),
    )


def _tasks(ways: Sequence[int], shots: Sequence[int], *, described: bool) -> list[Task]:
    """Return the cells of the table; without descriptions there is none of no shot."""
    return [
        Task(way, shot, with_descriptions)
        for with_descriptions in ((False, True) if described else (False,))
        for way in ways
        for shot in sorted(set(shots))
        if with_descriptions or shot
    ]


def _settings(data: LabelledVectors, plan: Plan, ways: Sequence[int]) -> dict[str, object]:
    """Return what a plan was carried out with, as results name it."""
    return {
        "ways": list(ways),
        "shots": sorted(set(plan.n_shots)),
        "query": plan.n_query,
        "episodes": plan.episodes,
        "draws": plan.draws,
        "kappa": "auto" if plan.kappa is None else plan.kappa,
        "described": data.descriptions is not None,
        "keep_copies": plan.keep_copies,
        "seed": plan.seed,
        "learned_classes": data.learned_classes,
    }


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
