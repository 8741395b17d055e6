"""Sends requests to an embeddings service, and again where a later try may do better.

It knows HTTP and no vectors: redirects, broken connections, pauses, and what each refusal means.
"""

from __future__ import annotations

import json
import logging
import time
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import Any

from protolabel.encoders.service_answer import unusable
from protolabel.encoders.service_name import KEY, NoRedirects, key_of_environment, parts_of
from protolabel.errors import EncoderError
from protolabel.system.hosts import is_this_machine
from protolabel.system.retry_after import seconds_asked
from protolabel.words.quantity import quantity

TRIES = 5  # of a request
FAILED = 500  # also what some services say of a text that is too long for them
_AGAIN = (408, 425, 429, 500, 502, 503, 504)  # answers after which a later try may do better
_TOO_MANY = 429
_MOST_BYTES = 256 * 2**20  # of an answer
_LONGEST_PAUSE = 30.0  # seconds, also where the service asks for more
_LONGEST_ADDRESS = 200  # characters of a message

log = logging.getLogger(__name__)


class RefusedError(EncoderError):
    """A request was refused, or failed each time, with the ``status`` of HTTP; 0 for none."""

    def __init__(self, got: str, *, expected: str, remedy: str, status: int) -> None:
        super().__init__(got, expected=expected, remedy=remedy)
        self.status = status


class ServiceRequests:
    """Asks one service. ``where`` is its address as messages have it, ``model`` its model."""

    def __init__(self, name: str, timeout: float, pause: float) -> None:
        """Nothing is asked yet; the arguments are those of ``ServiceEncoder``.

        Raises:
            EncoderError: another name; or a key of the environment that cannot be sent there.
        """
        parts = parts_of(name)
        self.model = urllib.parse.unquote(parts.fragment)
        self._key = key_of_environment()
        if self._key and parts.scheme == "http" and not is_this_machine(parts.hostname):
            raise EncoderError(
                f"a key ({KEY}) for {parts.scheme}://{parts.netloc}, where anybody on the way can "
                "read it",
                expected="an address that begins with https",
                remedy=f"give the address with https, or unset {KEY}",
            )
        url = parts._replace(path=parts.path.rstrip("/") + "/embeddings", fragment="")
        self._address = urllib.parse.urlunsplit(url)
        self.where = f"{parts.scheme}://{parts.netloc}{url.path}"
        self._timeout, self._pause = timeout, pause
        handlers: list[Any] = [NoRedirects]
        if is_this_machine(parts.hostname):
            handlers.append(urllib.request.ProxyHandler({}))  # else one of the environment is asked
        self._open = urllib.request.build_opener(*handlers).open

    def answer(self, texts: list[str], tries: int = TRIES, of_failed: int = TRIES) -> bytes:
        """Send a request until it is answered, a few times; ``of_failed``: if HTTP 500 comes."""
        status = attempt = 0
        body = {"model": self.model, "input": texts, "encoding_format": "float"}
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        request = urllib.request.Request(  # noqa: S310
            self._address, json.dumps(body).encode(), headers, method="POST"
        )
        while attempt < (of_failed if status == FAILED else tries):
            attempt += 1
            wait = min(self._pause * 2 ** (attempt - 1), _LONGEST_PAUSE)
            try:
                with self._open(request, timeout=self._timeout) as answer:
                    return self._whole(answer)
            except urllib.error.HTTPError as error:
                error.close()
                reason, status = f"HTTP {error.code}", error.code
                if error.code not in _AGAIN:
                    raise self._refusal(error.code, error.headers.get("Location")) from None
                least = seconds_asked(error.headers.get("Retry-After"), _LONGEST_PAUSE)
                wait = max(wait, least or 0.0)
            except (OSError, HTTPException) as error:  # URLError, a timeout, a broken connection
                reason, status = type(getattr(error, "reason", None) or error).__name__, 0
            if attempt < (of_failed if status == FAILED else tries):
                log.info("%s: %s; try %d of %d", self.where, reason, attempt, tries)
                time.sleep(wait)
        raise self._failure(reason, status, attempt)

    def _whole(self, answer: HTTPResponse) -> bytes:
        """Return the body of an answer. Raises IncompleteRead where the connection broke in it.

        ``HTTPResponse.read`` with a bound says nothing of that: it leaves in ``length`` how many
        bytes lack. An answer without a length ends where the connection does, so there only the
        end of its JSON tells that it is whole.
        """
        content = answer.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise unusable(self.where, f"an answer of more than {_MOST_BYTES:,} bytes")
        ends_by_itself = answer.chunked or answer.length is not None
        if answer.length or not (ends_by_itself or _is_whole(content)):
            raise IncompleteRead(content, answer.length)
        return content

    def _failure(self, reason: str, status: int, attempts: int) -> RefusedError:
        """Return the error for a request that failed each time."""
        times = quantity(attempts, "time")
        if status == _TOO_MANY:
            return RefusedError(
                f"too many requests for {self.where}, as it says ({reason}, {times})",
                expected="requests within the quota and the rate that the service allows",
                remedy="wait until the service allows more, or raise the quota, and try again",
                status=status,
            )
        if reason == IncompleteRead.__name__:
            return RefusedError(
                f"{self.where} broke off its answer ({times})",
                expected="a whole answer",
                remedy="look whether the service, or a proxy before it, limits the size or the "
                "time of answers, and try again",
                status=status,
            )
        return RefusedError(
            f"{self.where} did not answer ({reason}, {times})",
            expected="an embeddings service",
            remedy="look into the log of the service, which may say why, and try again"
            if status
            else "look whether it runs at that address, and try again",
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
        return RefusedError(
            f"{self.where} refused a request (HTTP {code})",
            expected="vectors",
            remedy=remedies.get(code, "look into the log of the service, which may say why"),
            status=code,
        )

    def _redirect(self, code: int, location: str) -> EncoderError:
        """Return the error for a service that wants to be asked elsewhere."""
        try:
            target = urllib.parse.urljoin(self._address, location)
        except ValueError:  # no address at all
            target = ""
        base = target.removesuffix("/").removesuffix("/embeddings")
        name = f"{base}#{urllib.parse.quote(self.model)}"
        try:
            is_name = base != target and _is_plain(name) and bool(parts_of(name))
        except EncoderError:
            is_name = False
        return EncoderError(
            f"{self.where} redirects to {self._public_address(target)} (HTTP {code}), to which "
            "nothing was sent",
            expected="vectors from the address that is named",
            remedy=f"if that is the same service, name it as {name}"
            if is_name
            else "look into the log of the service, and give the address that it answers at",
        )

    def _public_address(self, address: str) -> str:
        """Return host and path of an address: its password, query and fragment may be secrets."""
        try:
            parts = urllib.parse.urlsplit(address)
            port = "" if parts.port is None else f":{parts.port}"
            public = f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
        except ValueError:
            return "another address"
        has_key = bool(self._key) and self._key in urllib.parse.unquote(public)
        if not parts.hostname or has_key or not _is_plain(public):
            return "another address"
        return public[:_LONGEST_ADDRESS]


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _is_whole(content: bytes) -> bool:
    """Return whether an answer is not JSON that breaks off. A page of HTML is no such JSON."""
    if content and not content.lstrip().startswith(b"{"):
        return True
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True
