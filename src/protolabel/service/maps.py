"""The route of the map: points as packed numbers, which a page draws without parsing each."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from fastapi import APIRouter, Request
from starlette.responses import Response

from protolabel.arrays import Doubles
from protolabel.client import answers
from protolabel.service.limits import MAP, TITLE, MapLimit, SpaceName
from protolabel.service.replies import remembered_mark, versioned
from protolabel.service.roles import role
from protolabel.service.state import served_of

router = APIRouter(tags=["inbox"])

SIDE = 2**16 - 1  # of the square that the points lie in


@router.get("/v1/spaces/{space}/map", dependencies=[role("read")], response_model=answers.MapAnswer)
def points(request: Request, space: SpaceName, limit: MapLimit = MAP) -> Response:
    """Show documents, examples and prototypes as points of a plane.

    ``classes`` are those with a prototype, then those above others that have none. ``x``, ``y`` are
    16-bit whole numbers of a square, ``labels`` 32-bit positions in ``classes`` (-1: none of
    these), ``kinds`` bytes (0: document, 1: example, 2: prototype), ``people`` bytes (1: a person
    said so); each little-endian in base64. ``decided`` says what people have decided on documents,
    as ``as_seen`` of a decision takes it; a document without a decision is not there.
    """
    served = served_of(request, space)
    view, label_space = served.views.calibrated(), served.space
    mark = remembered_mark(label_space)
    one = label_space.inbox.map(limit, view=view)
    squared = in_square(one.places)
    record = {
        "version": one.version,
        "classes": one.classes,
        "n": len(one.keys),
        "x": packed(squared[:, 0]),
        "y": packed(squared[:, 1]),
        "labels": packed(np.array(one.labels, "<i4")),
        "kinds": packed(np.array(one.kinds, "u1")),
        "people": packed(np.array(one.people, "u1")),
        "keys": one.keys,
        "titles": [title[:TITLE] for title in one.titles],
        "decided": one.decided,
        "share": one.share,
        "remembered_mark": mark,
    }
    return versioned(record, label_space, one.version)


def in_square(places: Doubles) -> Any:
    """Return places, (n, 2), in a square of 16-bit numbers; both axes have one scale."""
    if not len(places):
        return np.zeros((0, 2), "<u2")
    low, high = places.min(axis=0), places.max(axis=0)
    extent = max(float((high - low).max()), 1e-12)
    centred = (places - (low + high) / 2) / extent + 0.5
    return np.rint(np.clip(centred, 0.0, 1.0) * SIDE).astype("<u2")


def packed(numbers: Any) -> str:
    """Return the bytes of numbers in base64."""
    return base64.b64encode(np.ascontiguousarray(numbers).tobytes()).decode("ascii")
