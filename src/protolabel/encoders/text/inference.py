"""Runs token sequences through a compiled network, several batches at a time. It knows no text.

:mod:`packing` puts sequences into rows and lays them out, :mod:`batching` shares the rows out, and
:mod:`crews` lends the requests that the engine runs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from protolabel.encoders.text.batching import plan_streams
from protolabel.encoders.text.crews import Crews
from protolabel.encoders.text.network import Network
from protolabel.encoders.text.packing import RowInputs, packed_rows, row_inputs

if TYPE_CHECKING:
    import numpy.typing as npt

    from protolabel.arrays import Embeddings
    from protolabel.encoders.text.head import TokenPooling

BUDGET = 1024  # padded tokens of a batch: docs/decisions/0002 has the measurement


class Inference:
    """A compiled network; several threads may use one at once."""

    def __init__(self, compiled: Any, network: Network, pooling: TokenPooling, window: int) -> None:
        """Run nothing yet.

        Args:
            compiled: the network, by the engine.
            network: what it was compiled from.
            pooling: how it makes one vector of token vectors.
            window: tokens of the longest sequence.
        """
        self._crews = Crews(compiled)
        self._dim, self._padding = network.dim, network.padding
        self._room = min(network.room, window)
        self._pooling: TokenPooling = pooling
        self._window = window

    def vectors(self, sequences: Sequence[npt.NDArray[np.int32]]) -> Embeddings:
        """Return the vectors of token sequences: (n, d) float32 of unit length, in their order."""
        lengths = np.array([sequence.size for sequence in sequences], np.int64)
        out = np.empty((lengths.size, self._dim), np.float32)
        with self._crews.call() as (crew, n_streams):
            rows = packed_rows(lengths, room=self._room, n_streams=n_streams)
            sizes = np.array([int(lengths[row].sum()) for row in rows], np.int64)
            plan = plan_streams(sizes, budget=BUDGET, widest=self._window, n_streams=n_streams)
            at_work: deque[_Started] = deque()
            try:
                for batch in plan:
                    has_room = len(at_work) < len(crew)
                    request = crew[len(at_work)] if has_room else _finish(at_work, out)
                    batch_rows = [rows[row] for row in batch.rows.tolist()]
                    inputs = row_inputs(
                        sequences,
                        batch_rows,
                        batch.width,
                        pooling=self._pooling,
                        padding=self._padding,
                    )
                    # The engine reads the arrays where they lie: keep them until it has finished.
                    request.start_async(list(inputs), share_inputs=True)
                    at_work.append(_Started(request, list(chain(*batch_rows)), inputs))
                while at_work:
                    _finish(at_work, out)
            finally:
                for started in at_work:  # after an error: no request is given back at work
                    started.request.wait()
        return out


class _Started(NamedTuple):
    """A request at work. ``numbers``: the sequences that it gives the vectors of, in order."""

    request: Any
    numbers: list[int]
    inputs: RowInputs


def _finish(at_work: deque[_Started], out: Embeddings) -> Any:
    """Wait for the batch that was started first, put its vectors in place, return its request."""
    request, numbers, _ = at_work[0]
    request.wait()
    out[numbers] = request.get_output_tensor(0).data
    at_work.popleft()
    return request
