"""An evaluation in sentences and figures for people. It computes nothing and draws nothing."""

from __future__ import annotations

import math

from protolabel.arithmetic.intervals import Estimate
from protolabel.evaluation.forecast import CannotTell
from protolabel.evaluation.results import (
    LIKE_THESE,
    NEW_CLASSES,
    NEW_DOCUMENTS,
    SAME_DOCUMENTS,
    Evaluation,
    Share,
)
from protolabel.words.certainty import per_cents, points
from protolabel.words.quantity import quantity

TERMS = {
    "95 % interval": "if the evaluation were repeated on new data of the kind that is named with "
    "it, each time with an interval of its own, about 95 in 100 of these intervals would hold the "
    "true figure",
    "episode": "a small task: a few classes, a few examples of each, and documents to label",
    "way": "the number of classes in an episode",
    "shot": "the number of examples of each class in an episode",
    "document": "an example; examples with the same text, or nearly the same, are one document",
    "prototypes": "the label space's first answer: the class whose mean example is nearest",
    "refined": "the label space's second answer: the prototypes after a linear fit to the "
    "examples. It is the one that counts where it can be fitted",
    "leave-one-out": "a document is labelled by all the others, as if it were not an example",
    "none of these": "the answer that declines: no class is near enough",
}


def headline(evaluation: Evaluation) -> str:
    """Return one sentence that a person can quote."""
    shares, classes = evaluation.shares, quantity(evaluation.classes, "class")
    if evaluation.settings.get("labels") == "several":
        micro, macro, exact = list(shares.values())[:3]
        of_classes = list(shares)[1].replace("macro F1, ", "")  # those that have an F1
        documents = _subject(evaluation, micro)
        if evaluation.kind == "space":
            documents = f"its {amount(micro)}, each labelled by all the others,"
        return (
            f"{evaluation.subject}: micro F1 {share_text(micro)}, macro F1 {share_text(macro)} "
            f"{of_classes}; {share_text(exact)} of {documents} get exactly their labels."
        )
    if evaluation.kind == "space":
        share = list(shares.values())[-1]
        if not share.n:
            return f"{evaluation.subject} cannot be judged by its own examples; see the notes."
        about = "" if evaluation.confusion is None else evaluation.confusion.about
        return (
            f"{evaluation.subject} finds the right class, out of {classes}, for "
            f"{share_text(share)} of its {amount(share)}: {about}."
        )
    if evaluation.kind == "space on data":
        best, coverage = shares["best class right"], shares["answered"]
        right = shares["right among the answered"]
        return (
            f"{evaluation.subject}: the best class is right for {share_text(best)} of "
            f"{_subject(evaluation, best)}; {share_text(coverage)} are answered, and "
            f"{share_text(right)} of these answers are right."
        )
    if evaluation.kind == "truth":
        right, coverage = shares["right"], shares["answered"]
        return (
            f"{evaluation.subject}: right for {share_text(right)} of "
            f"{_subject(evaluation, right)}; "
            f"{share_text(coverage)} are answered, and "
            f"{share_text(shares['right among the answered'])} of these answers are right."
        )
    most = evaluation.quoted_shot
    curve_points = [p for p in evaluation.curve if most is None or p.shot <= most]
    point = (curve_points or evaluation.curve)[-1]
    estimate = point.refined or point.prototypes
    return (
        f"With {quantity(point.shot, 'example')} of each of {classes}, "
        f"{estimate_text(estimate)} of documents get the right class."
    )


def percent(estimate: Estimate | None) -> str:
    """Return an estimate as ``87.1 ± 0.4``; ``-`` where there is none."""
    if estimate is None or not math.isfinite(estimate.mean):
        return "-"
    return estimate.percent(1)


def estimate_text(estimate: Estimate) -> str:
    """Return an estimate as ``87.1 % (86.7 to 87.5)``."""
    if not math.isfinite(estimate.interval):
        return f"{per_cents(estimate.mean, 1)} %"
    low, high = estimate.bounds
    return _with_interval(estimate.mean, low, high)


def share_text(share: Share) -> str:
    """Return a share as ``87.1 % (85.0 to 89.0)``."""
    if not share.n:
        return "-"
    return _with_interval(share.share, share.low, share.high)


def _with_interval(share: float, low: float, high: float) -> str:
    return f"{per_cents(share, 1)} % ({per_cents(low, 1)} to {per_cents(high, 1)})"


def amount(share: Share) -> str:
    """Return of how many documents a share is; where some are near copies, of how many answers."""
    documents = quantity(share.documents, "document")
    if share.documents == share.n:
        return documents
    return f"{quantity(share.n, 'answer')} about {documents} that differ"


def _subject(evaluation: Evaluation, share: Share) -> str:
    """Return of which documents a share is, and that it is no share of new ones, if so."""
    if not evaluation.decided:
        return amount(share)
    return f"{amount(share)} that nobody has decided on (no figure for new documents)"


def intervals_text(evaluation: Evaluation) -> str:
    """Return which documents the intervals of shares speak of."""
    if evaluation.decided:
        return "documents that are chosen as these were"
    return "new documents of the same classes"


def forecast_text(evaluation: Evaluation) -> str:
    """Return in a sentence what more examples of each class would bring."""
    f = evaluation.forecast
    assert f is not None
    more = quantity(f.more, "more example")
    if isinstance(f, CannotTell):
        return (
            f"By the learning curve of the prototypes, what {more} of each class would bring "
            f"cannot be told: {f.reason}."
        )
    return (
        f"By the learning curve of the prototypes, {more} of each class would give an estimated "
        f"{_with_interval(f.then, f.low, f.high)} instead of "
        f"{per_cents(f.now, 1)} %: a gain of {points(f.gain)} points "
        f"({points(f.gain_low)} to {points(f.gain_high)}), from "
        f"{quantity(f.n, 'document')}. It speaks of documents that are spread over the classes as "
        "the examples are."
    )


def episodes_text(evaluation: Evaluation) -> str:
    """Return what the figures of the episodes are, and what their intervals speak of."""
    n = evaluation.episodes[0].accuracy.n
    queries = quantity(int(str(evaluation.settings["query"])), "query")
    episodes = quantity(n, "episode")
    measured = f"% right over {episodes} of {queries} a class; mean ± 95 % interval for"
    if learned := evaluation.settings.get("learned_classes"):
        return f"{measured} {SAME_DOCUMENTS}: the encoder has learned {learned} of the classes"
    if all(cell.new_classes is None for cell in evaluation.episodes):
        widest = max(cell.way for cell in evaluation.episodes)
        few = "classes" if evaluation.classes < widest + 2 else "episodes"
        return f"{measured} {SAME_DOCUMENTS}: too few {few} to speak of new classes"
    return (
        f"{measured} {NEW_CLASSES}. In square brackets: ± for {SAME_DOCUMENTS}, as papers print it"
    )


def curve_text(evaluation: Evaluation) -> str:
    """Return what the figures of the learning curve are, and what their intervals speak of."""
    n = evaluation.curve[-1].prototypes.n
    over = "documents, each labelled by others" if evaluation.kind == "space" else "draws"
    documents = LIKE_THESE if evaluation.decided else NEW_DOCUMENTS
    return f"% right over {n} {over}; mean ± 95 % interval for {documents}"


def shown_estimate(evaluation: Evaluation, way: int, shot: int, described: bool) -> str:
    """Return the figure of one way and shot, with the interval that the table is about."""
    for cell in evaluation.episodes:
        if (cell.way, cell.shot, cell.described) == (way, shot, described):
            if cell.new_classes is not None:
                same = points(cell.accuracy.interval)
                published = f" [± {same}]" if math.isfinite(cell.accuracy.interval) else ""
                return f"{percent(cell.new_classes)}{published}"
            if all(c.new_classes is None for c in evaluation.episodes):
                return percent(cell.accuracy)
            return per_cents(cell.accuracy.mean, 1)
    return "-"


def row_name(way: int, described: bool) -> str:
    """Return the name of a row of the table of episodes."""
    return f"{way}-way, {'with' if described else 'without'} descriptions"
