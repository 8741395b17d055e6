"""The share of strangers in a stream without labels, with its interval. It changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from protolabel.answers import Answers
from protolabel.arithmetic.belonging import interval_of_strangers, share_of_strangers
from protolabel.documents import as_document
from protolabel.errors import InputError
from protolabel.evaluation.of_label_space import unknown_to
from protolabel.evaluation.risk_of_space import calibration_of
from protolabel.evaluation.shares import first_of_each
from protolabel.label_space.label_space import LabelSpace
from protolabel.quantity import quantity
from protolabel.types import Document, Example

WIDEST = 0.3  # interval of a share that is worth counting on
NO_LABEL = "stream"  # nobody knows the classes of the documents


@dataclass(frozen=True, slots=True)
class StrangersInStream:
    """How many documents of a stream belong to none of the classes.

    Attributes:
        strangers: the estimated share.
        low: where its 95 % interval begins.
        high: where it ends.
        documents: how many there were.
        different: how many of them the share speaks of: near copies are one, and those that the
            label space or its encoder knows are left out.
        notes: what was left out.
    """

    strangers: float
    low: float
    high: float
    documents: int
    different: int
    notes: tuple[str, ...]

    @property
    def setting(self) -> float | None:
        """The share to count on; None where the documents are too few to tell.

        Where none of the documents seems to be a stranger, some may come all the same: the share is
        Laplace's, of one stranger and one other document more.
        """
        if self.high - self.low > WIDEST:
            return None
        return (self.strangers * self.different + 1.0) / (self.different + 2.0)


def strangers_in(space: LabelSpace, documents: Iterable[str | Document]) -> StrangersInStream:
    """Return the estimated share of strangers among unlabelled documents.

    Raises:
        InputError: there is no document that is new to it, or no stranger could be simulated.
    """
    space.settle()
    view = space.view().unremembered()  # what is measured is no answer
    if calibration_of(view).belonging is None:
        raise InputError(
            f"{space.path}: no stranger could be simulated",
            expected="examples in four classes or more",
            remedy="add examples: protolabel add SPACE CLASS FILE",
        )
    stream = [as_document(one, position) for position, one in enumerate(documents)]
    if not stream:
        raise InputError("no document", expected="documents to estimate the share from")
    contents = [
        Example(NO_LABEL, one.text, str(place), one.embedding, one.source, one.image)
        for place, one in enumerate(stream)
    ]
    new, groups, notes = unknown_to(view, contents)
    sample = [stream[int(new[i].id)] for i in np.unique(first_of_each(groups)).tolist()]
    even = replace(view, settings=replace(view.settings, strangers=0.5, target=None))
    answers = Answers(even.label_many(sample, alternatives=1, evidence=0))
    is_read = ~np.isnan(answers.none_probabilities)  # what cannot be read tells no share
    n_unread = int((~is_read).sum())
    if n_unread == len(is_read):
        raise InputError(
            f"{quantity(n_unread, 'document')}, none of which can be read",
            expected="documents to estimate the share from",
        )
    if n_unread:
        notes = [*notes, f"{quantity(n_unread, 'document')} left out: nothing in them can be read"]
    none = np.clip(answers.none_probabilities[is_read], 1e-12, 1.0 - 1e-12)
    log_odds = np.log1p(-none) - np.log(none)
    share = share_of_strangers(log_odds)
    low, high = interval_of_strangers(log_odds, share)
    return StrangersInStream(share, low, high, len(stream), len(none), tuple(notes))
