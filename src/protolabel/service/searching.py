"""The route that looks for words in the documents of the inbox."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from protolabel.client import answers
from protolabel.service.limits import INBOX, PLACE, InboxLimit, SpaceName
from protolabel.service.replies import versioned
from protolabel.service.roles import role
from protolabel.service.state import space_of

router = APIRouter(tags=["inbox"])

Words = Annotated[
    str, Query(min_length=1, max_length=PLACE, description="Each must be there; case is ignored.")
]


@router.get(
    "/v1/spaces/{space}/search", dependencies=[role("label")], response_model=answers.InboxMatches
)
def search(request: Request, space: SpaceName, words: Words, limit: InboxLimit = INBOX) -> Response:
    """Say which remembered documents have all of these words, in their names or in their texts.

    ``keys`` has the newest of them first, ``limit`` at most; ``matches`` says how many there are,
    and ``total`` of how many documents.
    """
    label_space = space_of(request, space)
    keys, total = label_space.inbox.with_words(words)
    record = {"keys": keys[:limit], "matches": len(keys), "total": total}
    return versioned(record, label_space)
