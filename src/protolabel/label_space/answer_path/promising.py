"""What a target in force does not promise, and what is to be said of the answers after a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protolabel.label_space.answer_path.declining import declining_sentence_after

if TYPE_CHECKING:
    from protolabel.label_space.label_space import LabelSpace
    from protolabel.label_space.view import View


def unpromised_of(view: View) -> str:
    """Return of which classes the target in force promises nothing; empty where of none."""
    if view.settings.several or not view.head.n_classes:
        return ""
    return view.rule.unpromised


def sentence_after(space: LabelSpace, *, decides: bool) -> str:
    """Return what a person must know of the answers after a change; empty where that is nothing.

    That is why every document is declined from now on, or none can be. Where a target is kept, it
    is of which classes it promises nothing: after a change of what decides, or of a new class.

    Args:
        space: the label space.
        decides: whether the change was one of what decides, such as a threshold.
    """
    if sentence := declining_sentence_after(space, decides=decides):
        return sentence
    view = space.view()
    unpromised = unpromised_of(view)
    has_new_class = unpromised and any(c.since_version == view.version for c in view.classes())
    return unpromised if decides or has_new_class else ""


def newly_unpromised(before: View, after: View, *, decides: bool) -> str:
    """Return what a target would promise nothing of after a change, where that is worth saying.

    Args:
        before: the view before the change.
        after: that after it, with its fits.
        decides: whether the change is one of what decides, such as a threshold.
    """
    sentence, old, new = unpromised_of(after), before.rule.fitted, after.rule.fitted
    has_more = old is None or new is None or new.reach.others > old.reach.others
    return sentence if decides or has_more else ""
