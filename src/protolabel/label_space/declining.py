"""Whether a label space can decline a document, and why not. No document is answered here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protolabel.arithmetic.calibration import Shortage

if TYPE_CHECKING:
    from protolabel.label_space.label_space import LabelSpace
    from protolabel.label_space.view import View


def why_none_declined(view: View) -> str:
    """Return why no document can be declined for being far from every class.

    It is empty where one can be, where every one is, and where a person has switched the threshold
    off.
    """
    settings = view.settings
    if not view.head.n_classes:
        return ""
    if not settings.several:
        shortage = view.rule.shortage
        return "" if shortage is None else shortage.reason
    if settings.target is not None or settings.threshold is not None:
        return ""
    missing = view.fits.labels or view.pending
    return missing.reason if isinstance(missing, Shortage) else ""


def answered_strangers_of(view: View) -> float | None:
    """Return the share of simulated strangers that get an answer, where most do; else None."""
    if view.settings.several or not view.head.n_classes:
        return None
    return view.rule.answered_strangers


def few_declined_sentence(view: View) -> str:
    """Return the sentence that few strangers are declined; empty where it is not so."""
    if answered_strangers_of(view) is None:
        return ""
    return view.rule.few_declined_sentence(view.prototypes.metric)


def none_declined_sentence(why: str, *, after_some: bool = False) -> str:
    """Return the sentence that no document could be declined; empty where nothing says why.

    ``after_some``: some were declined or put aside already, such as a text without a word.
    """
    return f"no {'other ' * after_some}document could be declined: {why}" if why else ""


def declining_sentence_after(space: LabelSpace, *, decides: bool) -> str:
    """Return why every document is declined from now on, or none can be; empty where it is not so.

    It is asked after a change. Where a target is in force, any change may make it impossible, since
    what can be promised follows from the examples. What answers is fitted first where that takes a
    moment.

    Args:
        space: the label space.
        decides: whether the change was one of what decides, such as a threshold.
    """
    settings = space.settings
    if settings.target is None and (settings.threshold is None or not decides):
        return ""
    space.settle(refined=None)
    view = space.view()
    refusal = view.refusal()
    if refusal or not decides:
        return refusal
    return none_declined_sentence(why_none_declined(view))
