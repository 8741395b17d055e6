"""Headers under which a change is carried out: at one version only, and once."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from typing import Annotated

from fastapi import Depends, Header, Request

from protolabel.label_space.terms import MarkedVersion, RequestKey
from protolabel.service.limits import IDEMPOTENCY_KEY, IF_MATCH
from protolabel.service.problems import Refusal

_ETAG = re.compile(r'(?:W/)?"?(\d{1,18})(?:-([0-9a-f]{16}))?"?', re.ASCII)


def only_version(
    if_match: Annotated[str | None, Header(max_length=IF_MATCH)] = None,
) -> MarkedVersion | None:
    """Return the version that a request is held to. Raises Refusal (400)."""
    if if_match is None or if_match.strip() == "*":
        return None
    match = _ETAG.fullmatch(if_match.strip())
    if match is None:
        raise Refusal(400, f"If-Match: {if_match}", expected="the ETag of an answer, as it came")
    return MarkedVersion(int(match[1]), match[2] or "")


def not_held() -> Refusal:
    """Return what an If-Match is answered with a request that cannot be held to a version."""
    return Refusal(
        400,
        "If-Match for a request that cannot be held to a version",
        expected="it at changes, previews, corrections, refutations, accepted proposals and jobs "
        "of the kind change",
        remedy="leave it out",
    )


async def request_key(
    request: Request,
    idempotency_key: Annotated[str | None, Header(max_length=IDEMPOTENCY_KEY)] = None,
) -> RequestKey | None:
    """Return the key of a request, with the digest of what is asked for; None without a key."""
    if not idempotency_key:
        return None
    body = await request.body()
    if "json" in request.headers.get("content-type", ""):
        with suppress(ValueError):
            body = json.dumps(json.loads(body), sort_keys=True).encode()
    place = f"{request.method} {request.url.path}?{request.url.query}\n"
    return RequestKey(idempotency_key, hashlib.sha256(place.encode() + body).hexdigest())


OnlyAt = Annotated[MarkedVersion | None, Depends(only_version)]
Keyed = Annotated[RequestKey | None, Depends(request_key)]
