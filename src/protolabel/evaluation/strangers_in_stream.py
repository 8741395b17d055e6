"""The share of strangers in a stream without labels, with its interval. It changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

import numpy as np

from protolabel.answers import Answers
from protolabel.arithmetic.belonging import (
    FOR_STRANGERS,
    EstimatedStrangers,
    estimated_strangers,
    log_odds_to_belong,
    share_of_strangers,
)
from protolabel.documents import as_document
from protolabel.errors import InputError
from protolabel.evaluation.decided_documents import decided_among, notes_on_rest
from protolabel.evaluation.new_documents import no_new_document
from protolabel.evaluation.risk_of_space import calibration_of
from protolabel.evaluation.stream_sample import StreamSample
from protolabel.label_space.label_space import LabelSpace
from protolabel.types import Document
from protolabel.words.certainty import percent
from protolabel.words.quantity import quantity

EVEN = 0.5  # share of strangers at which the probabilities are read
APART = 0.1  # between the share of all documents and that of different ones, to be told of


@dataclass(frozen=True, slots=True)
class StrangersInStream(EstimatedStrangers):
    """How many documents of a stream belong to none of the classes.

    Near copies count once. Documents that the label space or its encoder knows are left out.

    Attributes:
        documents: the number of all documents.
        decided: on how many of the documents left out people decided after an answer. Where it is
            not 0, the others are no sample of the stream.
        notes: what was left out, and the share of all documents where near copies make it another.
    """

    documents: int
    decided: int
    notes: tuple[str, ...]


def strangers_in(space: LabelSpace, documents: Iterable[str | Document]) -> StrangersInStream:
    """Return the estimated share of strangers among unlabelled documents.

    Raises:
        InputError: there is no document that is new to it, or no stranger could be simulated.
    """
    space.settle()
    view = space.view().measurable()  # what is measured is no answer
    if calibration_of(view).belonging is None:
        raise InputError(
            f"{space.path}: no stranger could be simulated",
            expected=FOR_STRANGERS,
            remedy="add examples: protolabel add SPACE CLASS FILE",
        )
    sample, stream, n_documents = StreamSample(view.head.metric), [], 0
    for n_documents, one in enumerate(documents, start=1):
        document = as_document(one, n_documents - 1)
        if sample.take(document):
            stream.append(document)
    if not stream:
        raise InputError("no document", expected="documents to estimate the share from")
    places, counts, notes, left_out = sample.different(view)
    if not len(places):
        raise no_new_document(n_documents)
    decided = decided_among(space, view, left_out)
    notes = [*notes, *notes_on_rest(decided)]
    even = replace(view, settings=replace(view.settings, strangers=EVEN, target=None))
    answers = Answers(
        even.label_many([stream[i] for i in places.tolist()], alternatives=1, evidence=0)
    )
    is_read = ~np.isnan(answers.none_probabilities)  # what cannot be read tells no share
    n_unread = int((~is_read).sum())
    if n_unread == len(is_read):
        raise InputError(
            f"{quantity(n_unread, 'document')}, none of which can be read",
            expected="documents to estimate the share from",
        )
    if n_unread:
        notes = [*notes, f"{quantity(n_unread, 'document')} left out: nothing in them can be read"]
    log_odds = log_odds_to_belong(answers.none_probabilities[is_read], EVEN)
    estimate = estimated_strangers(log_odds)
    each = share_of_strangers(np.repeat(log_odds, counts[is_read]))
    if abs(each - estimate.strangers) > APART:
        n_new = quantity(int(counts[is_read].sum()), "document")
        notes = [*notes, f"near copies count once; where each counts, {percent(each)} of {n_new}"]
    return StrangersInStream(
        **asdict(estimate), documents=n_documents, decided=decided, notes=tuple(notes)
    )
