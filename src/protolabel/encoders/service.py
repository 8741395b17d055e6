"""Embeddings from an HTTP service: the usual ``POST /v1/embeddings``. It keeps no vectors.

The name of such an encoder is ``http://host/v1#model``. Documents are sent to that host, so it is
asked only where the user gives this name for the call; a name in a file is not enough
(:func:`protolabel.encoders.load.load_recorded`). The key comes from an environment variable and
goes into no message.
"""

from __future__ import annotations

import json
import logging
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from itertools import accumulate
from typing import Any

import numpy as np

from protolabel.arrays import Doubles, Embeddings
from protolabel.encoders.checked_output import check_embeddings
from protolabel.encoders.probes import PROBES
from protolabel.encoders.service_answer import SEVERAL_LENGTHS, unusable, vectors_of
from protolabel.encoders.service_name import KEY, NoRedirects, key_of_environment, parts_of
from protolabel.encoders.text_arguments import require_text_list
from protolabel.encoders.wrappers import fingerprint_of, under_name
from protolabel.errors import EncoderError, TextError
from protolabel.hosts import is_this_machine
from protolabel.quantity import quantity

BATCH, CHARACTERS = 64, 100_000  # most texts of a request, and most characters beyond one text
AT_ONCE = 4  # requests
TRIES = 5  # of a request
FAILED_TRIES = 3  # of one that ends in HTTP 500, where a later one for other texts tells more
_MOST_BYTES = 256 * 2**20  # of an answer
_LONGEST_PAUSE = 30.0  # seconds, also where the service asks for more
_FAILED = 500  # also what some services say of a text that is too long for them
_OF_A_TEXT = (400, 413, 422, _FAILED)  # what a text is refused by
_AGAIN = (408, 425, 429, 500, 502, 503, 504)  # answers after which a later try may do better

log = logging.getLogger(__name__)


class _RefusedError(EncoderError):
    """A request was refused, or failed each time, with the ``status`` of HTTP; 0 for none."""

    def __init__(self, got: str, *, expected: str, remedy: str, status: int) -> None:
        super().__init__(got, expected=expected, remedy=remedy)
        self.status = status


class ServiceEncoder:
    """Embeds by a service, in batches, several at once; threads may share it.

    The fingerprint names the model, and holds what the vectors of a few texts say of it. So a
    service that changes its model under the same name is noticed when it is next asked.
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
        parts = parts_of(name)
        model = urllib.parse.unquote(parts.fragment)
        key = key_of_environment()
        if key and parts.scheme == "http" and not is_this_machine(parts.hostname):
            raise EncoderError(
                f"a key ({KEY}) for {parts.scheme}://{parts.netloc}, where anybody on the way can "
                "read it",
                expected="an address that begins with https",
                remedy=f"give the address with https, or unset {KEY}",
            )
        self._url = parts._replace(path=parts.path.rstrip("/") + "/embeddings", fragment="")
        self._where = f"{parts.scheme}://{parts.netloc}{self._url.path}"
        self._model, self._key = model, key
        self._timeout, self._pause = timeout, pause
        handlers: list[Any] = [NoRedirects]
        if is_this_machine(parts.hostname):
            handlers.append(urllib.request.ProxyHandler({}))  # else one of the environment is asked
        self._open = urllib.request.build_opener(*handlers).open
        self._dim = 0  # until it has answered once
        self._fingerprint = fingerprint_of(self._vectors, f"service:{model}")
        self._dim = int(self._fingerprint.split(":")[-2])

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
            TextError: the service refuses one of them, and answers others.
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
            raise unusable(self._where, SEVERAL_LENGTHS)
        return np.concatenate(parts)

    def _in_halves(self, texts: list[str], first: int, *, is_whole: bool = True) -> Embeddings:
        """Return the vectors of a batch. Where it is refused, its halves are asked for.

        ``first``: the position of its first text. ``is_whole``: it is no half of another one. A
        half that fails is halved at once; a text alone is tried as often as a batch.
        """
        try:
            if not is_whole and len(texts) > 1:
                return self._usable(self._batch(texts, tries=1), first)
            of_failed = FAILED_TRIES if self._dim else TRIES
            return self._usable(self._batch(texts, of_failed=of_failed), first)
        except _RefusedError as error:
            alone, is_failure = len(texts) == 1, error.status == _FAILED
            if error.status not in _OF_A_TEXT or (not self._dim and (alone or is_failure)):
                raise
            if self._dim and (alone or (is_whole and is_failure)):
                self._require_answer()
            if alone:
                raise self._of_text(f"refuses this text (HTTP {error.status})", first) from None
        middle = len(texts) // 2
        halves = ((texts[:middle], first), (texts[middle:], first + middle))
        return np.concatenate([self._in_halves(*half, is_whole=False) for half in halves])

    def _usable(self, vectors: Doubles, first: int) -> Embeddings:
        """Check vectors ``(n, d)``. One that is not finite, of a service that has others, is the
        fault of its text; ``first``: the position of the first text.
        """
        with np.errstate(over="ignore"):  # of what is too large for float32, in which it is kept
            narrow = vectors.astype(np.float32)
        lacking = np.flatnonzero(~np.isfinite(narrow).all(axis=1))
        if len(lacking) and self._dim:
            self._require_answer()
            what = "gives this text a vector that is not finite"
            raise self._of_text(what, first + int(lacking[0]))
        return check_embeddings(narrow, len(narrow), None)

    def _require_answer(self) -> None:
        """Ask for a text that the service has answered before: it may refuse everything now."""
        content = self._answer(self._request([PROBES[0]]), TRIES, TRIES)
        check_embeddings(vectors_of(content, 1, 0, self._where), 1, self._dim)

    def _of_text(self, fault: str, position: int) -> TextError:
        return TextError(
            f"the service at {self._where} {fault}",
            expected="a text that its model takes",
            remedy="shorten it: it may be too long for the model; the log of the service may say "
            "more",
            position=position,
        )

    def _batch(self, texts: list[str], *, tries: int = TRIES, of_failed: int = TRIES) -> Doubles:
        """Return the vectors that a request brings, which may hold what is not finite."""
        content = self._answer(self._request(texts), tries, min(tries, of_failed))
        return vectors_of(content, len(texts), self._dim, self._where)

    def _request(self, texts: list[str]) -> bytes:
        body = {"model": self._model, "input": texts, "encoding_format": "float"}
        return json.dumps(body).encode()

    def _answer(self, body: bytes, tries: int, of_failed: int) -> bytes:
        """Send a request until it is answered, a few times; ``of_failed``: if HTTP 500 comes."""
        status = attempt = 0
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        address = urllib.parse.urlunsplit(self._url)
        while attempt < (of_failed if status == _FAILED else tries):
            attempt += 1
            wait = min(self._pause * 2 ** (attempt - 1), _LONGEST_PAUSE)
            request = urllib.request.Request(address, body, headers, method="POST")  # noqa: S310
            try:
                with self._open(request, timeout=self._timeout) as answer:
                    content: bytes = answer.read(_MOST_BYTES + 1)
                if len(content) > _MOST_BYTES:
                    raise unusable(self._where, f"an answer of more than {_MOST_BYTES:,} bytes")
                return content
            except urllib.error.HTTPError as error:
                error.close()
                reason, status = f"HTTP {error.code}", error.code
                if error.code not in _AGAIN:
                    raise self._refusal(error.code, error.headers.get("Location")) from None
                wait = max(wait, _seconds(error.headers.get("Retry-After")))
            except (OSError, HTTPException) as error:  # URLError, a timeout, a broken connection
                reason, status = type(getattr(error, "reason", None) or error).__name__, 0
            if attempt < (of_failed if status == _FAILED else tries):
                log.info("%s: %s; try %d of %d", self._where, reason, attempt, tries)
                time.sleep(wait)
        raise _RefusedError(
            f"{self._where} did not answer ({reason}, {quantity(attempt, 'time')})",
            expected="an embeddings service",
            remedy="look whether it runs at that address, and try again",
            status=status,
        )

    def _refusal(self, code: int, location: str | None) -> EncoderError:
        if location and 300 <= code < 400:
            return self._redirect(code, location)
        key = f"give its key in the environment variable {KEY}"
        address = "check the address, which ends before /embeddings, and the name of the model"
        content = "look into the log of the service; a text may be too long for its model"
        remedies = {401: key, 403: key, 404: address, 405: address, 410: address}
        remedies |= {413: "give shorter texts, or let the service take longer ones"}
        remedies |= {400: content, 422: content}
        return _RefusedError(
            f"{self._where} refused a request (HTTP {code})",
            expected="vectors",
            remedy=remedies.get(code, "look into the log of the service, which may say why"),
            status=code,
        )

    def _redirect(self, code: int, location: str) -> EncoderError:
        """Return the error for a service that wants to be asked elsewhere."""
        target = urllib.parse.urljoin(urllib.parse.urlunsplit(self._url), location)
        base = target.removesuffix("/").removesuffix("/embeddings")
        name = f"{base}#{urllib.parse.quote(self._model)}"
        try:
            is_name = (
                base != target and name.isascii() and name.isprintable() and bool(parts_of(name))
            )
        except EncoderError:
            is_name = False
        return EncoderError(
            f"{self._where} redirects to another address (HTTP {code}), to which nothing was sent",
            expected="vectors from the address that is named",
            remedy=f"if that is the same service, name it as {name}"
            if is_name
            else "look into the log of the service, and give the address that it answers at",
        )


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


def _seconds(value: str | None) -> float:
    """Return how long a service asks to wait; a date or nonsense counts as nothing."""
    try:
        return min(max(float(value or 0), 0.0), _LONGEST_PAUSE)
    except ValueError:
        return 0.0
