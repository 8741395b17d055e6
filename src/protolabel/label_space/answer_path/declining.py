"""Whether a label space can decline a document, and why not. No document is answered here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protolabel.arithmetic.calibration import Shortage

if TYPE_CHECKING:
    from protolabel.label_space.label_space import LabelSpace
    from protolabel.label_space.view import View


@dataclass(frozen=True, slots=True)
class Declining:
    """What is to be said about the documents that a view declines: all, none or few.

    Each is empty where there is nothing to say.

    Attributes:
        refusal: the sentence that every document is declined, or nearly so.
        shortage: what is lacking, so that no document can be declined for being far from every
            class. It is empty, too, where a person has switched the threshold off.
        few: the sentence that few strangers are declined.
    """

    refusal: str = ""
    shortage: str = ""
    few: str = ""

    @classmethod
    def of(cls, view: View) -> Declining:
        """Return what there is to say about a view."""
        return cls(view.refusal(), _shortage(view), _few(view))

    @property
    def in_advance(self) -> str:
        """The sentence to say before a document is answered; empty where none is needed."""
        return self.refusal or self._none_sentence() or self.few

    def sentences(self, *, labelled: bool, declined: bool, remedy: str = "") -> list[str]:
        """Return what there is to say after documents were answered.

        Args:
            labelled: whether any document has a label.
            declined: whether any has none, such as a text without a word.
            remedy: what helps where few are declined.
        """
        sentences = [self.refusal] if declined else []
        if labelled:
            few = f"{self.few}; {remedy}" if self.few and remedy else self.few
            sentences += [self._none_sentence(after_some=declined), few]
        return [*filter(None, sentences)]

    def _none_sentence(self, *, after_some: bool = False) -> str:
        """Return the sentence that no document, or no other one, could be declined."""
        if not self.shortage:
            return ""
        return f"no {'other ' * after_some}document could be declined: {self.shortage}"


def _shortage(view: View) -> str:
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


def _few(view: View) -> str:
    if answered_strangers_of(view) is None:
        return ""
    return view.rule.few_declined_sentence(view.prototypes.metric)


def answered_strangers_of(view: View) -> float | None:
    """Return the share of simulated strangers that get an answer, where most do; else None."""
    if view.settings.several or not view.head.n_classes:
        return None
    return view.rule.answered_strangers


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
    declining = Declining.of(space.view())
    return declining.in_advance if decides else declining.refusal
