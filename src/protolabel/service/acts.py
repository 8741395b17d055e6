"""Writes down what people do that makes no version, and answers what is sent again under its key.

What makes a version is in the history, with its key.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import Request

from protolabel.errors import StoreError
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.session import session_of
from protolabel.label_space.terms import RequestKey, change_of_key
from protolabel.service.problems import Refusal
from protolabel.service.replies import mark_in
from protolabel.service.roles import asker
from protolabel.service.side.act_table import Act, ActReply, ActTable
from protolabel.service.side.claim_table import ClaimTable
from protolabel.service.side.side_file import side_of
from protolabel.service.spaces import stopped
from protolabel.service.state import state_of
from protolabel.types import Change

PATIENCE_SECONDS = 50.0  # that a request waits for an earlier sending; a client often waits for 60
_LOOK_SECONDS = 0.1

log = logging.getLogger(__name__)


def acts_of(space: LabelSpace) -> ActTable:
    """Return the acts on a label space."""
    return ActTable(side_of(space))


@contextmanager
def claimed(request: Request, space: LabelSpace, key: RequestKey | None) -> Iterator[None]:
    """Carry out a request while no other sending with its key is: the others wait for this one.

    Look for an earlier answer inside of it. Without a key nothing is waited for.

    Raises:
        RepeatedKeyError: another request with this key is being carried out.
        Refusal: the other sending takes too long, or the service stops (503).
        StoreError: the claim cannot be written; nothing is carried out then.
    """
    if key is None:
        yield
        return
    claims = ClaimTable(side_of(space))
    claim = _claim(request, claims, key)
    try:
        yield
    finally:
        try:
            claims.release(key.name, claim)
        except StoreError as error:  # it ends with the process, or after a while
            log.warning("the claim of a request stays: %s", error)


def _claim(request: Request, claims: ClaimTable, key: RequestKey) -> str:
    """Return the name of a new claim on a key, once no other sending has one."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (claim := claims.take(key.name, key.digest)):
        if state_of(request).stopping.is_set():
            raise stopped()
        if time.monotonic() > until:
            raise Refusal(
                503,
                "a request whose first sending is still being carried out",
                expected="one whose answer is there",
                remedy="send it again",
                headers={"Retry-After": "5"},
            )
        time.sleep(_LOOK_SECONDS)
    return claim


def note_act(
    request: Request,
    space: LabelSpace,
    kind: str,
    summary: str,
    key: RequestKey | None = None,
    body: dict[str, Any] | None = None,
) -> None:
    """Write down an act in the name of who asks. Raises StoreError where that cannot be done.

    Args:
        request: asked for it.
        space: the label space.
        kind: what was done, in a word.
        summary: the same in a sentence, which quotes no document.
        key: of the request; None without one.
        body: the answer, which is the answer again where the request comes again.
    """
    who, version = asker(request) or session_of(space).who, space.version
    act = Act(kind, summary, who, version, mark_in(space, version))
    acts_of(space).add(act, _reply(space, key, body or {}))


def earlier_change(space: LabelSpace, key: RequestKey | None) -> Change | None:
    """Return the change that a request has made already; None where it has made none.

    Raises:
        RepeatedKeyError: another request has had the key.
    """
    return None if key is None else change_of_key(session_of(space).store, key)


def earlier_body(space: LabelSpace, key: RequestKey | None) -> dict[str, Any] | None:
    """Return what an act was answered that was carried out already; None where it was not.

    An act that an older copy of the label space lacks is none that was carried out.

    Raises:
        RepeatedKeyError: another request has had the key.
    """
    reply = None if key is None else acts_of(space).reply(key.name, key.digest)
    if reply is None or reply.mark != mark_in(space, reply.version):
        return None
    return reply.body


def keep_body(space: LabelSpace, key: RequestKey | None, body: dict[str, Any]) -> None:
    """Keep what a request was answered that is no act by itself."""
    reply = _reply(space, key, body)
    if reply is not None:
        acts_of(space).keep(reply)


def _reply(space: LabelSpace, key: RequestKey | None, body: dict[str, Any]) -> ActReply | None:
    if key is None:
        return None
    version = space.version
    return ActReply(key.name, key.digest, version, mark_in(space, version), body)
