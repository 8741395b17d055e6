"""Who asks: a key in the header, a session of the page, or anybody where there are no keys."""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request

from protolabel.errors import InputError
from protolabel.service.error_log import log
from protolabel.service.keys import ROLES, Key, key_of, read_keys
from protolabel.service.methods import SAFE
from protolabel.service.options import Options
from protolabel.service.problems import Refusal
from protolabel.service.side.shared_state import PageSession, SharedState
from protolabel.words.quantity import quantity

COOKIE = "protolabel_session"
CSRF = "x-csrf-token"
SESSION_SECONDS = 12 * 3600
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and with which role. ``name`` is the key's; empty for anybody."""

    name: str
    role: str

    def may(self, role: str) -> bool:
        """Return whether the caller may do what a role may."""
        return ROLES.index(self.role) >= ROLES.index(role)


class Access:
    """Knows keys and sessions, and counts requests. The file of keys may change while it runs."""

    def __init__(self, options: Options, shared: SharedState | None = None) -> None:
        self._options, self._shared = options, shared or SharedState()
        self._path = Path(options.keys_path) if options.keys_path else None
        self._keys: tuple[Key, ...] = ()
        self._stamp: tuple[int, int] | None = None
        self._is_broken = False
        self._lock = threading.Lock()

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys in force; read again where the file has changed.

        Raises Refusal (503) while the file cannot be read: a key that was removed from it could be
        among those that were read before.
        """
        if self._path is None:
            return ()
        with self._lock:
            try:
                stamp = _stamp_of(self._path)
                if stamp != self._stamp:
                    self._keys, self._stamp = read_keys(self._path), stamp
            except (InputError, OSError) as error:
                self._stamp = None
                if not self._is_broken:
                    log.error(json.dumps({"error": "keys", "what": str(error)}))
                self._is_broken = True
                raise _broken() from error
            self._is_broken = False
            return self._keys

    def refusal(self, request: Request) -> Refusal | None:
        """Return why a request is nobody's (401, 403, 503), None if it has a key or needs none.

        Its body is not read.
        """
        try:
            self._caller(request)
        except Refusal as refusal:
            return refusal
        return None

    def require(self, request: Request, role: str) -> Caller:
        """Return who asks. Raises Refusal (401, 403, 429) unless it may do what a role may."""
        if self._options.read_only and role in ("curate", "admin") and request.method not in SAFE:
            raise Refusal(403, "a change", expected="a question: this service only answers")
        caller = self._caller(request)
        if not caller.may(role):
            raise Refusal(
                403,
                f"the key {caller.name!r}, whose role is {caller.role}",
                expected=f"a key whose role is {role}, or more",
            )
        self._count(caller.name or (request.client.host if request.client else ""))
        return caller

    def begin_session(self, secret: str) -> tuple[str, str, Caller]:
        """Return a new session's cookie and CSRF token, and whose it is. Raises Refusal (401)."""
        key = key_of(secret, self.keys)
        if key is None:
            raise _unauthorized("a key that is not known here")
        cookie, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._shared.begin_session(cookie, PageSession(key.sha256, csrf), SESSION_SECONDS)
        return cookie, csrf, Caller(key.name, key.role)

    def csrf_of(self, cookie: str) -> str:
        """Return the CSRF token of a session; empty where there is none."""
        session = self._shared.session(cookie)
        return session.csrf if session else ""

    def end_session(self, cookie: str) -> None:
        """Forget a session."""
        self._shared.end_session(cookie)

    def close(self) -> None:
        """Forget all sessions, where no other process holds them."""
        self._shared.close()

    def _caller(self, request: Request) -> Caller:
        if self._path is None:
            return Caller("", "admin")
        keys = self.keys
        header = request.headers.get("authorization", "")
        scheme, _, secret = header.partition(" ")
        if scheme.lower() == "bearer" and secret:
            key = key_of(secret.strip(), keys)
            if key is None:
                raise _unauthorized("a key that is not known here")
            return Caller(key.name, key.role)
        session = self._shared.session(request.cookies.get(COOKIE, ""))
        key = next((k for k in keys if session is not None and k.sha256 == session.digest), None)
        if session is None or key is None:
            raise _unauthorized("no key")
        own_csrf = request.headers.get(CSRF, "")
        if request.method not in SAFE and not hmac.compare_digest(
            own_csrf.encode(), session.csrf.encode()
        ):
            raise Refusal(403, f"a change without the session's {CSRF}", expected="one with it")
        return Caller(key.name, key.role)

    def _count(self, name: str) -> None:
        """Refuse a caller that has asked too often within a minute (429)."""
        most = self._options.bounds.requests_a_minute
        if not most:
            return
        wait = self._shared.wait_of(name, most, _MINUTE)
        if wait:
            seconds = str(max(1, round(wait)))
            raise Refusal(
                429,
                f"more than {quantity(most, 'request')} a minute",
                expected="fewer",
                remedy=f"wait {seconds} s",
                headers={"Retry-After": seconds},
            )


def _stamp_of(path: Path) -> tuple[int, int]:
    """Return what changes as a file does; the same where there is none."""
    try:
        facts = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return facts.st_mtime_ns, facts.st_size


def _broken() -> Refusal:
    return Refusal(
        503,
        "the service's file of keys, which cannot be read",
        expected="what `protolabel key add` writes",
        remedy="whoever runs the service finds the reason in its log; mended, the file is read "
        "again at the next request",
    )


def _unauthorized(got: str) -> Refusal:
    return Refusal(
        401,
        got,
        expected="a key of this service",
        remedy="send the header `Authorization: Bearer KEY`; `protolabel key add` makes one",
        headers={"WWW-Authenticate": "Bearer"},
    )
