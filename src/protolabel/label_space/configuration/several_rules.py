"""What a label space of several labels a document cannot do, each refused with a sentence.

Rules alone: it knows neither rows nor requests.
"""

from __future__ import annotations

from protolabel.errors import InputError


def require_chance(threshold: float | None, target: str, place: str) -> None:
    """Refuse a threshold that is no chance, and a target, where documents have several labels.

    Args:
        threshold: as set; None for the fitted one.
        target: as stored; "none" for none.
        place: where they stand, such as ``file:line``; the error begins with it.

    Raises:
        InputError: for either.
    """
    where = f"{place}{': ' * bool(place)}"
    if target != "none":
        raise InputError(
            f"{where}the target {target} where documents have several labels",
            expected="a threshold: the least chance of each label, from 0 to 1",
            remedy="set threshold to such a chance, or to auto",
        )
    if threshold is not None and not 0.0 <= threshold <= 1.0:
        raise InputError(
            f"{where}threshold {threshold:g} where documents have several labels",
            expected="auto (the fitted one), or the least chance of a label, from 0 to 1",
            remedy="take a number from 0 to 1; a lower one gives more labels",
        )


def refuse_several(several: bool, what: str, instead: str) -> None:
    """Refuse what needs the one label of each document, where documents have several.

    Args:
        several: whether they have.
        what: is refused.
        instead: what to do.

    Raises:
        InputError: where they have.
    """
    if several:
        raise InputError(
            f"{what} in a label space of several labels a document",
            expected="a label space whose documents have one label each",
            remedy=instead,
        )


def refuse_suggestions(several: bool) -> None:
    """Refuse suggestions of another class: the answer log keeps one class of each document.

    Raises:
        InputError: where documents may have several labels.
    """
    refuse_several(several, "suggestions of another class", "label the documents again")
