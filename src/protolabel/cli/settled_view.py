"""What answers for a command: the label space as it is now, or as it was, with its fits."""

from __future__ import annotations

from protolabel.cli.terminal import note
from protolabel.label_space.answer_path.declining import Declining
from protolabel.label_space.answer_path.promising import sentence_after
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.view import View
from protolabel.progress import Progress


def note_refusal(view: View) -> None:
    """Note why every document is declined, or why none or few can be, where it is so."""
    if sentence := Declining.of(view).in_advance:
        note(sentence)


def note_after(space: LabelSpace, *, decides: bool) -> None:
    """Note after a change why every document is declined, or what a target does not promise.

    ``decides``: whether it was one of what decides, such as a threshold.
    """
    if sentence := sentence_after(space, decides=decides):
        note(sentence)


def settled_view(
    space: LabelSpace, at: int | None, *, prototypes: bool, settle: bool, progress: Progress
) -> View:
    """Return what answers: with all fits where they take a moment or were asked for.

    The prototypes' own fits are always made.
    """
    refined = False if prototypes else True if settle else None
    if at is None:
        space.settle(refined=refined, progress=progress)
    view = space.view() if at is None else space.at(at).settled(refined=refined, progress=progress)
    if prototypes:
        return view.unrefined()
    if view.fit_seconds:
        note(
            f"ranked by the prototypes: the refined ranking of version {view.version} is not "
            f"fitted yet; --settle fits it first (about {view.fit_seconds:.0f} s)"
        )
    return view
