"""Which documents of an hour are one mailing: much alike, and most of what their class has then.

For documents whose texts are not there. Where they are, or where numbers alone differ,
``near_copies`` decides.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from protolabel.arrays import Floats, Mask

CLOSER = 0.2  # of the usual distance within its class is that of documents of a mailing, or less
SHARE = 0.5  # of the documents of its class in its hour that a mailing is, or more
FEWEST = 5  # documents of a mailing, and hours from which a class has a usual distance


def mailings_once(vectors: Floats, keys: Sequence[int | None], hours: Sequence[str]) -> Mask:
    """Return which documents count: of each mailing its first one, and all others.

    Documents of one hour and class are a mailing where ``SHARE`` of them, and ``FEWEST`` or more,
    lie near the one that is nearest to their mean: at most at ``CLOSER`` times the distance that
    documents of this class have in different hours. So neither an encoder for which all documents
    are alike nor a class of one template makes a mailing of each hour. What is left is looked at
    again, so that several mailings of an hour are found one after the other.

    Args:
        vectors: (n, d) of the documents, of any length.
        keys: the class of each; None for *none of these*.
        hours: when each came.

    Returns:
        (n,) bool.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units: Floats = np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)
    places: dict[int | None, dict[str, list[int]]] = {}
    for place, (key, hour) in enumerate(zip(keys, hours, strict=True)):
        places.setdefault(key, {}).setdefault(hour, []).append(place)
    distances = {key: _usual_distance(units, by_hour) for key, by_hour in places.items()}
    comparable = [distance for distance in distances.values() if distance is not None]
    counts = np.ones(len(vectors), np.bool_)
    for key, by_hour in places.items():
        distance = distances[key]
        if distance is None:  # a class that came in few hours
            distance = float(np.median(comparable)) if comparable else 0.0
        for positions in by_hour.values():
            left = np.array(positions, np.int64)
            while len(left) >= FEWEST:
                near = _near_the_middle(units[left], CLOSER * distance)
                if near.sum() < max(FEWEST, SHARE * len(left)):
                    break
                counts[left[near][1:]] = False
                left = left[~near]
    return counts


def _usual_distance(units: Floats, by_hour: dict[str, list[int]]) -> float | None:
    """Return the mean cosine distance of a class's documents of different hours, one of each."""
    n = len(by_hour)
    if n < FEWEST:
        return None
    firsts = units[[positions[0] for positions in by_hour.values()]].astype(np.float64)
    total = float(np.square(firsts.sum(axis=0)).sum() - np.square(firsts).sum())
    return max(0.0, 1.0 - total / (n * (n - 1)))


def _near_the_middle(units: Floats, distance: float) -> Mask:
    """Return which are at most so far from the one that is nearest to their mean."""
    middle = units[int((units @ units.mean(axis=0)).argmax())]
    return np.asarray(units @ middle >= 1.0 - distance)
