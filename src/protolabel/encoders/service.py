"""Embeddings from an HTTP service: the usual ``POST /v1/embeddings``. It keeps no vectors.

The name of such an encoder is ``http://host/v1#model``. Documents are sent to that host, so it is
asked only where the user gives this name for the call; a name in a file is not enough
(:func:`protolabel.encoders.load.load_recorded`). The key comes from an environment variable and
goes into no message.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate

import numpy as np

from protolabel.arrays import Embeddings
from protolabel.encoders.checked_output import check_embeddings
from protolabel.encoders.probed_function import ProbedFunction
from protolabel.encoders.service_answer import (
    SEVERAL_LENGTHS,
    FewerRowsError,
    TextVectors,
    unusable,
    vectors_of,
)
from protolabel.encoders.service_requests import FAILED, TRIES, RefusedError, ServiceRequests
from protolabel.encoders.text_arguments import require_text_list
from protolabel.encoders.wrappers import under_name
from protolabel.errors import EncoderError, TextError
from protolabel.words.quantity import quantity

BATCH, CHARACTERS = 64, 100_000  # most texts of a request, and most characters beyond one text
AT_ONCE = 4  # requests
FAILED_TRIES = 3  # of one that ends in HTTP 500, where a later one for other texts tells more
_OF_A_TEXT = (400, 413, 422, FAILED)  # what a text is refused by
_REMEDY = (
    "look into the log of the service, and whether its model is one of embeddings; mend or restart "
    "the service, and try again"
)


class ServiceEncoder:
    """Embeds by a service, in batches, several at once; threads may share it.

    The fingerprint names the model, and holds what the vectors of a few texts say of it. So a
    service that changes its model under the same name is noticed when it is next asked.
    ``tells_directions``: False where texts differ in the length of their vectors alone.
    """

    def __init__(self, name: str, *, timeout: float = 60.0, pause: float = 0.5) -> None:
        """Ask the service for a few vectors.

        Args:
            name: ``http://host/v1#model`` or ``https://...``.
            timeout: seconds without an answer after which a request has failed.
            pause: seconds before the second try; before each further one, twice as long.

        Raises:
            EncoderError: another name, or the service does not answer as it should.
        """
        self._requests = ServiceRequests(name, timeout, pause)
        self._dim = 0  # until it has answered once
        self._probed = ProbedFunction(self._vectors, f"service:{self._requests.model}", _REMEDY)
        self._fingerprint, self._dim = self._probed.fingerprint, self._probed.dim
        self.tells_directions = self._probed.tells_directions

    @property
    def dim(self) -> int:
        """Dimensions d of an embedding."""
        return self._dim

    @property
    def fingerprint(self) -> str:
        """``service:model:dim:probes-...``."""
        return self._fingerprint

    def variant(self, fingerprint: str) -> ServiceEncoder | None:
        """Return the same encoder under a name that its space has already; None for another one."""
        return under_name(self, fingerprint)

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Embed texts as the service does: (n, d) float32, in the order given.

        Raises:
            InputError: ``texts`` is a single string.
            TextError: the service refuses one of them or gives it no vector, and answers others.
            EncoderError: the service does not answer as it should.
        """
        require_text_list(texts)
        if not texts:
            return np.empty((0, self._dim), np.float32)
        return check_embeddings(self._vectors(list(texts)), len(texts), self._dim)

    def _vectors(self, texts: list[str]) -> Embeddings:
        requests = list(batches(texts))
        firsts = [0, *accumulate(map(len, requests))]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            futures = [
                pool.submit(self._in_halves, batch, first)
                for batch, first in zip(requests, firsts, strict=False)
            ]
            try:
                parts = [future.result() for future in futures]
            except BaseException:
                for future in futures:
                    future.cancel()
                raise
        if len({part.shape[1] for part in parts}) > 1:
            raise unusable(self._requests.where, SEVERAL_LENGTHS)
        return np.concatenate(parts)

    def _in_halves(self, texts: list[str], first: int, *, is_whole: bool = True) -> Embeddings:
        """Return the vectors of a batch. Where it is refused, its halves are asked for.

        ``first``: the position of its first text. ``is_whole``: it is no half of another one. A
        half that fails is halved at once; a text alone is tried as often as a batch.
        """
        alone = len(texts) == 1
        of_failed = FAILED_TRIES if self._dim else TRIES
        tries = TRIES if is_whole or alone else 1
        try:
            answer = self._answer(texts, tries, min(tries, of_failed))
        except FewerRowsError:
            if not self._dim:
                raise
        except RefusedError as error:
            is_failure = error.status == FAILED
            if error.status not in _OF_A_TEXT or (not self._dim and (alone or is_failure)):
                raise
            if self._dim and (alone or (is_whole and is_failure)):
                self._require_answer()
            if alone:
                raise self._of_text(f"refuses this text (HTTP {error.status})", first) from None
        else:
            return self._usable(answer, texts, first)
        middle = len(texts) // 2
        halves = ((texts[:middle], first), (texts[middle:], first + middle))
        return np.concatenate([self._in_halves(*half, is_whole=False) for half in halves])

    def _usable(self, answer: TextVectors, texts: list[str], first: int) -> Embeddings:
        """Return the vectors of an answer; ``first``: the position of the first text.

        Where a text has none, or the vectors could be those of a broken service, it is asked for
        others: only a service that has these leaves the fault with the text.
        """
        if not self._dim:
            return answer.vectors
        if answer.faults:
            self._require_answer()
            position, fault = next(iter(answer.faults.items()))
            raise self._of_text(f"gives this text {fault}", first + position)
        if self._probed.doubts(texts, answer.vectors):
            self._require_answer()
        return answer.vectors

    def _require_answer(self) -> None:
        """Ask for two texts that the service has answered before: it may fail at all texts now."""
        pair, where = list(self._probed.pair), self._requests.where
        content = self._requests.answer(pair)
        try:
            vectors = vectors_of(content, len(pair), 0, where).vectors
        except EncoderError as error:
            raise self._changed(error.got.removeprefix(f"{where} gave ")) from None
        if vectors.shape[1] != self._dim:
            raise self._changed(f"vectors of {quantity(vectors.shape[1], 'number')}")
        self._probed.require_same(vectors)

    def _changed(self, got: str) -> EncoderError:
        return EncoderError(
            f"{self._requests.where} gives {got} now, also for texts for which it gave vectors of "
            f"{quantity(self._dim, 'number')} before: it runs another model, or it is broken",
            expected="the vectors of the model that it had",
            remedy="start the service with that model again, and try again",
        )

    def _of_text(self, fault: str, position: int) -> TextError:
        return TextError(
            f"the service at {self._requests.where} {fault}",
            expected="a text that its model takes",
            remedy="shorten it if it may be too long for the model; the log of the service may say "
            "more",
            position=position,
        )

    def _answer(self, texts: list[str], tries: int, of_failed: int) -> TextVectors:
        content = self._requests.answer(texts, tries, of_failed)
        return vectors_of(content, len(texts), self._dim, self._requests.where)


def batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Cut texts into requests, in order: by number and by characters; a longer text goes alone."""
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and (len(batch) == BATCH or size + len(text) > CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch
