"""The answers of the service about accuracy, risk and drift, as types. Null: not measured."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict


class RiskPromise(TypedDict):
    """A target of errors that can be promised, and the share that is answered where it is set."""

    target: str
    share: float
    coverage: float


class RiskPoint(TypedDict):
    """What one least chance of an answer means.

    ``promise``: of the fewest errors, with one more to spare, where no fewer documents are
    answered; null where none can be promised.
    """

    least_chance: float | None
    coverage: float
    risk: float | None
    low: float | None
    high: float | None
    bound: float | None
    strangers_answered: float | None
    errors_caught: float | None
    n: int
    promise: RiskPromise | None


class RiskLimit(TypedDict):
    """What follows from a target. ``possible``: the one that could be promised in its place."""

    least_chance: float | None
    least_score: float | None
    bound: float | None
    coverage: float | None
    shortage: str
    possible: str


class Reach(TypedDict):
    """How many classes a calibration was measured on, and how many others there are.

    Nothing is promised of the others. ``learned``: whether examples that the encoder has learned
    from do not count. ``in_descriptions``: whether examples that stand in the description of their
    class do not.
    """

    classes: int
    others: int
    learned: bool
    in_descriptions: bool


class Risk(TypedDict):
    """Coverage against risk. ``coverage``: the share that is answered as things are.

    ``verdict``: how far the target is kept; empty without one, and where it cannot be promised.
    ``decided``: how many of its examples came from decisions of people on answers.
    """

    subject: str
    version: int
    head: Literal["prototypes", "refined"]
    origin: Literal["simulated", "held out"]
    queries: int
    strangers: int
    share: float
    points: list[RiskPoint]
    target: str | None
    limit: RiskLimit | None
    coverage: float
    notes: list[str]
    reach: Reach
    verdict: str
    decided: int


class Throughput(TypedDict):
    """How many documents were answered within the last seconds, about a minute at most."""

    documents: int
    seconds: float


class Estimate(TypedDict):
    """A mean with its 95 % interval: mean ± interval."""

    mean: float | None
    interval: float | None
    n: int


class CurvePoint(TypedDict):
    """Accuracy at a number of examples a class."""

    shot: int
    queries: int
    prototypes: Estimate
    refined: Estimate | None


class Share(TypedDict):
    """A share with its 95 % interval."""

    share: float | None
    low: float | None
    high: float | None
    n: int


class ConfusedDocument(TypedDict):
    """A document that was taken for another class."""

    id: str
    excerpt: str


class Confused(TypedDict):
    """A class that another one is taken for."""

    label: str
    count: int
    documents: list[ConfusedDocument]


class ClassRow(TypedDict):
    """How well one class does."""

    label: str
    accuracy: float
    low: float
    high: float
    n: int
    documents: int
    confused_with: list[Confused]


class ClassTable(TypedDict):
    """How well each class does."""

    about: str
    rows: list[ClassRow]


class Forecast(TypedDict):
    """What more examples would bring; without numbers where ``reason`` says why none are there."""

    more: int
    reason: str | None
    now: NotRequired[float]
    then: NotRequired[float]
    low: NotRequired[float]
    high: NotRequired[float]
    gain: NotRequired[float]
    gain_low: NotRequired[float]
    gain_high: NotRequired[float]
    n: NotRequired[int]


class EvaluationSettings(TypedDict):
    """How it was evaluated, and of which version.

    ``threshold`` and ``labels`` are there where documents may have several labels, and the others
    of these five where they have one.
    """

    version: int
    kappa: float
    draws: NotRequired[int]
    more: NotRequired[int]
    seed: NotRequired[int]
    threshold: NotRequired[float | None]
    labels: NotRequired[str]


class Evaluation(TypedDict):
    """Accuracy of a label space on its own examples, each left out in turn.

    ``decided``: how many of the examples came from decisions of people on answers; where it is not
    0, the figures do not hold for new documents.
    """

    kind: str
    subject: str
    date: str
    encoder_fingerprint: str
    metric: str
    classes: int
    documents: int
    settings: EvaluationSettings
    episodes: list[dict[str, Any]]
    curve: list[CurvePoint]
    shares: dict[str, Share]
    per_class: ClassTable | None
    forecast: Forecast | None
    decided: int
    notes: list[str]


class Drift(TypedDict):
    """A change in the stream of documents. ``label``: null for *none of these*."""

    label: str | None
    kind: Literal["share", "nearness"]
    before: float
    after: float
    documents_before: int
    documents_after: int
    since: str
    number: int
    document: str
    earliest: str
    latest: str
    e_value: float
    p_value: float
    sentence: str


class Watched(TypedDict):
    """A class, or *none of these*, as it was watched. ``showable``: the share that would show."""

    label: str | None
    documents: int
    share: float
    showable: float | None


class DriftReport(TypedDict):
    """What changed in the remembered documents. ``reason``: why nothing can be compared."""

    summary: str
    changes: list[Drift]
    watched: list[Watched]
    documents: int
    first: str | None
    last: str | None
    tests: int
    false_alarm_in: int
    threshold: float
    moment: Literal["document", "hour", "day", "week"]
    unfinished: int
    other_encoder: int
    repeats: int
    reason: str
    version: int
