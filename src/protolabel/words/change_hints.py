"""Hints about effects of a change that may be unintended, from its detail."""

from __future__ import annotations

from collections.abc import Mapping

from protolabel.words.quantity import quantity
from protolabel.words.text import excerpt

REFUSED_WITHOUT_TEXT = "refused_without_text"  # how many, by the class of an accepted proposal
LATE_REMOVALS = "late_removals"  # how many to be left out were in an accepted proposal no more
LOST_DECISIONS = "lost_decisions"  # of a detail: what ``AnswerTable.lost_decisions`` says


def hints_of(detail: Mapping[str, object]) -> tuple[str, ...]:
    """Return the hints about classes, documents under two labels, and what stays as it was.

    Args:
        detail: of a change.
    """
    keys = ("near", "lists", "two_labels", "kept_descriptions")
    near, lists, two, descriptions = map(detail.get, keys)
    hints = []
    for new, names in near.items() if isinstance(near, dict) else ():
        near_names = " and ".join(map(repr, names))
        hints.append(f"class {new!r} is new, and its name is near {near_names}")
    for new, names in lists.items() if isinstance(lists, dict) else ():
        listed = " and ".join(map(repr, names))
        hints.append(f"class {new!r} is new, and its name lists the classes {listed}")
    for pair in two if isinstance(two, list) else ():
        hints.append(
            f"example {pair['example']!r} of {pair['label']!r} is the same document as "
            f"{pair['other']!r} of {pair['other_label']!r}"
        )
    for label, text in descriptions.items() if isinstance(descriptions, dict) else ():
        hints.append(f"class {label!r} keeps the description {excerpt(text)!r}")
    textless = detail.get(REFUSED_WITHOUT_TEXT)
    for label, n in textless.items() if isinstance(textless, dict) else ():
        documents = quantity(n, "document that was", "documents that were")
        hints.append(
            f"class {label!r} may still be the answer to {documents} left out: no text is kept "
            "by which later answers could know them"
        )
    late = detail.get(LATE_REMOVALS)
    if isinstance(late, int) and late:
        documents = quantity(late, "document that was", "documents that were")
        hints.append(
            f"nothing was decided on {documents} to be left out: not in the proposal any more, but "
            "decided on or forgotten since it was listed, or of a class now"
        )
    lost = detail.get(LOST_DECISIONS)
    if isinstance(lost, int) and lost:
        hints.append(
            f"the decisions on remembered documents that were made with {quantity(lost, 'change')} "
            "stay as they are: the file notes only the newest ones. To see these documents: "
            "`protolabel review SPACE --all`. `protolabel review SPACE --reconsider` takes back "
            "every decision, the later ones too"
        )
    return tuple(hints)
