"""What evaluations refuse: too few documents, or none of a class of a label space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from protolabel.errors import InputError
from protolabel.words.quantity import noun_for, quantity

COPIES = "copies or near copies"
MORE_EXAMPLES = (  # the remedy where too few can be left out
    "add examples, or evaluate it on labelled documents: protolabel evaluate --space SPACE DATA"
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Documents that take no part in an evaluation.

    Attributes:
        learned: how many the encoder has learned from.
        copies: of each class, how many are copies or near copies of others.
        described: how many stand in the description or the name of their class.
    """

    learned: int = 0
    copies: Mapping[str, int] = field(default_factory=dict)
    described: int = 0


def too_few_documents(
    counts: Mapping[str, int], small: Sequence[str], needed: tuple[int, int], left: LeftOut | None
) -> InputError:
    """Return the error for classes that are too small, which names the first one.

    Args:
        counts: how many documents of each class there are.
        small: the classes of too few.
        needed: how many documents of support a class needs, and how many queries.
        left: what was left out, which is not among the counts.
    """
    first, left = small[0], left or LeftOut()
    also = f" (and {quantity(len(small) - 1, 'more such class')})" if len(small) > 1 else ""
    if left.learned:
        documents = quantity(left.learned, "document")
        also += f" without the {documents} that the encoder has learned from"
    if left.described:
        stand = noun_for(left.described, "that stands", "that stand")
        documents = quantity(left.described, "document")
        also += f" without the {documents} {stand} in descriptions or names of classes"
    copies = left.copies.get(first, 0)
    if copies:
        also += f", besides {quantity(copies, 'copy or near copy', COPIES)}, which are left out"
    have_copies = any(left.copies.get(name, 0) for name in small)
    return InputError(
        f"class {first!r} has {quantity(counts[first], 'document')}{also}",
        expected=f"{sum(needed)}: {needed[0]} of support and {needed[1]} of queries",
        remedy=(
            "lower shots= or query=, give more that are no copies, count copies too with "
            "keep_copies=True, or leave such classes out with skip_small=True"
            if have_copies
            else "lower shots= or query=, give more, or leave such classes out with skip_small=True"
        ),
    )


def no_class_error(n: int, names: Sequence[str], example: str = "") -> InputError:
    """Return the error for n documents, none of which is of a class of the label space.

    ``names``: of these classes. ``example``: what a document is labelled instead, as a clause.
    """
    return InputError(
        f"{quantity(n, 'document')}, none of a class of this label space{example}",
        expected=f"labels among {', '.join(map(repr, names[:8]))}",
        remedy="rename labels or classes so that they agree: protolabel rename SPACE OLD NEW",
    )
