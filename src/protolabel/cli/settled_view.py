"""What answers for a command: the label space as it is now, or as it was, with its fits."""

from __future__ import annotations

from protolabel.cli.terminal import note
from protolabel.errors import InputError
from protolabel.label_space.declining import none_declined, why_none_declined
from protolabel.label_space.fitting import UNASKED_SECONDS
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.view import View
from protolabel.progress import Progress


def refuse_both(prototypes: bool, settle: bool) -> None:
    """Refuse ``--prototypes`` together with ``--settle``. Raises InputError."""
    if prototypes and settle:
        raise InputError(
            "--prototypes with --settle", expected="one of them", remedy="leave one out"
        )


def note_refusal(view: View) -> None:
    """Note why every document is declined, or why none can be, where it is so."""
    refusal = view.refusal() or none_declined(why_none_declined(view))
    if refusal:
        note(refusal)


def note_refusal_after(space: LabelSpace) -> None:
    """Note why every document would be declined from now on, after a change of what decides.

    What answers is fitted first where that takes a moment.
    """
    if space.settings.target is None and space.settings.threshold is None:
        return
    space.settle(refined=False)
    if space.view().fit_seconds <= UNASKED_SECONDS:
        space.settle()
    note_refusal(space.view())


def settled_view(
    space: LabelSpace, at: int | None, *, prototypes: bool, settle: bool, progress: Progress
) -> View:
    """Return what answers: with all fits where they take a moment or were asked for.

    The prototypes' own fits are always made.
    """
    if at is None:
        space.settle(refined=False, progress=progress)
    view = space.view() if at is None else space.at(at).settled(refined=False, progress=progress)
    if prototypes:
        return view.unrefined()
    seconds = view.fit_seconds
    if not settle and seconds > UNASKED_SECONDS:
        note(
            f"ranked by the prototypes: the refined ranking of version {view.version} is not "
            f"fitted yet; --settle fits it first (about {seconds:.0f} s)"
        )
        return view
    if at is not None:
        return view.settled(progress=progress)
    space.settle(progress=progress)
    return space.view()
