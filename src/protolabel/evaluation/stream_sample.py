"""The documents of a stream that show how many strangers it has: each different one, once.

Equal documents and near copies are one document. What the label space or its encoder knows is left
out. The chances are the caller's, and no sentence is written here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from protolabel.arrays import Metric, Positions
from protolabel.evaluation.decided_documents import LeftOut
from protolabel.evaluation.new_documents import left_out_of, novelty_of
from protolabel.evaluation.stored_documents import Trace
from protolabel.label_space.view import View
from protolabel.types import Document


class DifferentDocuments(NamedTuple):
    """The different and new documents of a sample.

    Attributes:
        places: of the first of each group of near copies, among the documents that were taken.
        counts: how many documents of the stream each stands for.
        notes: why how many others were left out.
        left_out: those that the view or its encoder knows.
    """

    places: Positions
    counts: Positions
    notes: list[str]
    left_out: LeftOut


@dataclass(slots=True)
class StreamSample:
    """The documents of a stream without their images; of equal ones the first, with their number.

    ``metric``: of the label space.
    """

    metric: Metric
    _traces: list[Trace] = field(default_factory=list)
    _counts: list[int] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._traces)

    def take(self, document: Document) -> bool:
        """Count a document of the stream. Return whether none before it was equal."""
        trace = Trace.of(document, self.metric)
        place = next((self._places[d] for d in trace.digests if d in self._places), None)
        if place is not None:
            self._counts[place] += 1
            return False
        self._places.update(dict.fromkeys(trace.digests, len(self._traces)))
        self._traces.append(trace)
        self._counts.append(1)
        return True

    def different(self, view: View) -> DifferentDocuments:
        """Return which of the documents are different ones, and new to a view."""
        novelty = novelty_of(view, self._traces, counts=self._counts)
        new = np.flatnonzero(~novelty.is_known)
        times = np.array(self._counts, np.int64)[new]
        _, firsts, place = np.unique(novelty.groups[new], return_index=True, return_inverse=True)
        counts = np.bincount(place.reshape(-1), times, len(firsts)).astype(np.int64)
        left_out = left_out_of(self._traces, self._counts, novelty.is_known)
        return DifferentDocuments(new[firsts], counts, novelty.notes, left_out)
