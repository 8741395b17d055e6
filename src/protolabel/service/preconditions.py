"""Headers under which a change is carried out: at one version only, and once."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header

from protolabel.service.limits import IDEMPOTENCY_KEY, IF_MATCH
from protolabel.service.problems import Refusal

_ETAG = re.compile(r'(?:W/)?"?(\d{1,18})"?', re.ASCII)


def only_version(
    if_match: Annotated[str | None, Header(max_length=IF_MATCH)] = None,
) -> int | None:
    """Return the version that a request is held to. Raises Refusal (400)."""
    if if_match is None or if_match.strip() == "*":
        return None
    match = _ETAG.fullmatch(if_match.strip())
    if match is None:
        raise Refusal(400, f"If-Match: {if_match}", expected='the ETag of an answer, such as "17"')
    return int(match[1])


OnlyAt = Annotated[int | None, Depends(only_version)]
IdempotencyKey = Annotated[str | None, Header(max_length=IDEMPOTENCY_KEY)]
