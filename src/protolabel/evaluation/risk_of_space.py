"""Coverage against risk of a label space, by its own examples or on held-out documents.

How a risk is computed stands in ``arithmetic.risk``; how a report is shown, in ``report.risk_page``
and in the command line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from itertools import zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt

from protolabel.answers import Answers
from protolabel.arithmetic.belonging import NO_STRANGERS
from protolabel.arithmetic.calibration import Calibration, Shortage, TooManyClasses
from protolabel.arithmetic.error_promises import ErrorPromises, Promise
from protolabel.arithmetic.reach import EVERY, Reach
from protolabel.arithmetic.risk import Cases, RiskPoint, curve
from protolabel.arithmetic.risk_interval import UNSURE
from protolabel.arithmetic.target import Limit, Target
from protolabel.arrays import Labels, Positions
from protolabel.documents import unlabelled_document
from protolabel.errors import InputError
from protolabel.evaluation.decided_documents import decided_examples, notes_on_examples
from protolabel.evaluation.new_documents import new_examples
from protolabel.evaluation.right_answers import RightAnswers
from protolabel.label_space.answer_path.rule import Rule
from protolabel.label_space.configuration.several_rules import refuse_several
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.view import View
from protolabel.types import Example
from protolabel.words.quantity import quantity

COVERAGES = (1.0, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)  # rows of a table


@dataclass(frozen=True, slots=True)
class RiskReport:
    """Coverage against risk of one version.

    Attributes:
        subject: path of the label space, and of the documents if there are any.
        version, head: what answered.
        origin: ``simulated`` or ``held out``.
        queries, strangers: how many documents of its classes, and of others.
        share: share of strangers in the stream that the risks speak of.
        points: from all documents answered to the fewest.
        target: as it is set; None where there is none.
        limit: what follows from the target, by name; None where there is none.
        coverage: share of all documents that get an answer as things are; 1 where no threshold is
            in force.
        notes: what a reader must know besides.
        reach: how many classes the target was measured on, and how many it was not.
        verdict: how far the target is kept; empty without one, and where it cannot be promised.
        decided: on how many of the documents left out people decided after an answer; of its own
            examples, how many came from such decisions.
        promises: for each point the fewest errors that can be promised, with one more to spare,
            where no fewer documents are answered; None where none can be. Empty for held-out
            documents: a target follows from the label space's own examples.
    """

    subject: str
    version: int
    head: str
    origin: str
    queries: int
    strangers: int
    share: float
    points: tuple[RiskPoint, ...]
    target: str | None
    limit: dict[str, Any] | None
    coverage: float
    notes: tuple[str, ...] = ()
    reach: Reach = EVERY
    verdict: str = ""
    decided: int = 0
    promises: tuple[Promise | None, ...] = ()

    def rows(self) -> list[RiskPoint]:
        """Return the points nearest to round coverages, without repetition."""
        coverages = np.array([point.coverage for point in self.points])
        points = [self.points[int(np.abs(coverages - c).argmin())] for c in COVERAGES]
        return list(dict.fromkeys(points))

    def record(self) -> dict[str, Any]:
        """Return it as JSON can hold it; what is not finite is None."""
        record = asdict(self)
        for values in (*record["points"], record["limit"] or {}):
            for name, value in values.items():
                if isinstance(value, float) and not math.isfinite(value):
                    values[name] = None
        del record["promises"]
        for point, promise in zip_longest(record["points"], self.promises):
            point["promise"] = _promise_record(promise)
        return record


def risk_of_space(space: LabelSpace, *, strangers: float | None = None) -> RiskReport:
    """Return the risk by the label space's own examples, each left out in turn.

    Args:
        space: the label space; its fits are brought up to date.
        strangers: their share in the stream; the setting where it is not given.

    Raises:
        InputError: it has too few examples to simulate queries from.
    """
    space.settle()
    view = space.view()
    calibration = calibration_of(view)
    share = view.settings.strangers if strangers is None else strangers
    queries = calibration.queries
    assert queries is not None  # a stored calibration without them counts as absent
    cases = Cases.of(queries, calibration.belonging, share)
    far = len(queries.stranger_best_scores)
    decided = decided_examples(view)
    notes = [*filter(None, ["" if far else NO_STRANGERS, calibration.reach.note])]
    notes += notes_on_examples(decided)
    share = share if far else 0.0
    coverage = _coverage(view.rule, cases, share)
    report = _report(view, space.path, "simulated", cases, share, coverage, tuple(notes))
    promises = ErrorPromises(cases).offers(report.points)
    return replace(report, promises=promises, decided=decided)


def risk_on(
    space: LabelSpace, examples: Iterable[Example], *, subject: str = "examples"
) -> RiskReport:
    """Return the risk on documents whose labels are known and that are new to the label space.

    Documents of classes that it does not have are strangers; their share is as it is there. In
    intervals and bounds, equal documents and near copies count as one.

    Raises:
        InputError: there is no document, or none that is new to it, or the label space has too few
            examples for a chance.
    """
    space.settle()
    view = space.view().measurable()  # what is measured is no answer
    calibration_of(view)
    labelled, new = new_examples(space, view, examples)
    groups = new.groups
    documents = [unlabelled_document(example) for example in labelled]
    answers = Answers(view.label_many(documents, alternatives=2, evidence=0))
    rule = RightAnswers.of(view)
    truth = np.array([e.label for e in labelled])
    n = len(truth)
    cases = Cases(
        np.nan_to_num(answers.chances),
        np.array(
            [
                not rule.holds(a.probability_of, label)
                for a, label in zip(answers, truth.tolist(), strict=True)
            ],
            np.bool_,
        ),
        np.full(n, 1.0 / n),
        _clusters(truth, groups),
        np.array([rule.is_stranger(label) for label in truth.tolist()], np.bool_),
        groups,
    )
    share = float(cases.strangers.mean())
    coverage = float(np.mean([a.label is not None for a in answers]))
    name = f"{space.path} on {subject}"
    notes = (*new.notes, *_few_kinds(cases))
    report = _report(view, name, "held out", cases, share, coverage, notes)
    return replace(report, decided=new.decided)


def _few_kinds(cases: Cases) -> list[str]:
    """Return what it means for the intervals that many strangers have few labels, or nothing."""
    labels = len(np.unique(cases.clusters[cases.strangers]))
    documents = len(np.unique(cases.groups[cases.strangers]))
    if not 0 < labels <= UNSURE or documents == labels:
        return []
    few = quantity(labels, "label")
    return [
        f"the {quantity(documents, 'stranger')} have {few}, and documents of a label may all fare "
        f"alike: so they tell little more than {quantity(labels, 'case')}, and the intervals are "
        "wide; give each kind of stranger a label of its own"
    ]


def _clusters(truth: npt.NDArray[np.str_], groups: Positions) -> Labels:
    """Return the class of each document by number; a document of several has the first of them.

    *Shape:* ``(n,)``, ``(n,)`` -> ``(n,)``.
    """
    labels = np.unique(truth, return_inverse=True)[1].reshape(-1).astype(np.int64)
    _, group = np.unique(groups, return_inverse=True)
    first = np.full(len(labels), len(labels), np.int64)
    np.minimum.at(first, group.reshape(-1), labels)
    return first[group.reshape(-1)]


def calibration_of(view: View) -> Calibration:
    """Return the calibration of a view.

    Raises:
        InputError: it has none, or documents may have several labels.
    """
    refuse_several(
        view.settings.several,
        "coverage against risk",
        "see how well its labels hold: protolabel evaluate --space SPACE",
    )
    if isinstance(view.calibration, TooManyClasses):
        raise InputError(
            f"there is no calibration: {view.calibration.reason}",
            expected="fewer classes",
            remedy="merge or retire classes, or count the errors on labelled documents",
        )
    if isinstance(view.calibration, Shortage):
        raise InputError(
            f"there is no calibration: {view.calibration.reason}",
            expected="enough examples to simulate queries from",
            remedy="add examples: protolabel add SPACE CLASS FILE",
        )
    return view.calibration


def _limit_record(limit: Limit) -> dict[str, Any]:
    """Return a limit as people ask for it: what a class needs, without the classes above."""
    record = asdict(limit)
    del record["by_level"]
    return record


def target_for(promise: Promise) -> str:
    """Return the target that asks for a promise, as a person writes it."""
    return str(Target("errors", promise.share))


def _promise_record(promise: Promise | None) -> dict[str, Any] | None:
    return None if promise is None else {"target": target_for(promise)} | asdict(promise)


def _coverage(rule: Rule, cases: Cases, share: float) -> float:
    """Return the share of a stream that this rule answers; ``share`` of it are strangers."""
    fitted, limit = rule.fitted, rule.limit
    if limit is not None and limit.least_chance is not None:
        places = cases.at(limit.least_chance).chances >= limit.least_chance
        return float(cases.weights[places].sum())
    least = rule.settings.threshold if limit is None else limit.least_score
    if fitted is None:
        return 1.0
    if least is None:
        least = fitted.threshold
    strangers = fitted.false_accept(least) if share > 0.0 else 0.0
    return (1.0 - share) * fitted.coverage(least) + share * strangers


def _report(
    view: View,
    subject: str,
    origin: str,
    cases: Cases,
    share: float,
    coverage: float,
    notes: tuple[str, ...],
) -> RiskReport:
    target, limit = view.settings.target, view.rule.limit
    return RiskReport(
        subject=subject,
        version=view.version,
        head=view.head.head,
        origin=origin,
        queries=int((~cases.strangers).sum()),
        strangers=int(cases.strangers.sum()),
        share=share,
        points=tuple(curve(cases)),
        target=None if target is None else str(target),
        limit=None if limit is None else _limit_record(limit),
        coverage=coverage,
        notes=notes,
        reach=EVERY if view.rule.fitted is None else view.rule.fitted.reach,
        verdict=view.rule.verdict,
    )
