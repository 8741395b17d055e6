"""What the vectors of 16 texts say of a vector space: written into a fingerprint, and compared.

Of each vector a fingerprint holds its length, and its share along one fixed direction of ones and
minus ones. The mean square of the differences of two models' shares is, on average, the squared
distance of their vectors of length one. So the cosine of their vectors follows from a few numbers,
and half precision or another batch makes no other space. Nothing is encoded here.
"""

from __future__ import annotations

import base64
import hashlib
import re

import numpy as np

from protolabel.arrays import Doubles, Embeddings, Integers, unit

PROBES = (
    "please pay the invoice", "a letter of complaint about the delivery", "how old are you",
    "the contract ends in june", "call me back tomorrow morning", "my card was stolen",
    "new software update for your phone", "the patient has a fever", "rain is expected today",
    "we won the game last night", "apply for the job in london", "the meeting is at ten",
    "send the package to this address", "interest rates are rising", "recipe for a cake with eggs",
    "book a flight and a hotel",
)  # fmt: skip
COSINE = 0.999  # mean cosine of the vectors of a text in one space, at least
_SHARES = 32  # steps of a share, whose standard deviation is 1
_OCTAVES = 8  # steps of a length that is doubled
_MARGIN = 0.001  # of a step, so that a length of one, the usual, lies on no border of two steps
_NO_LENGTH = -128  # of a vector of zeros
_CODE = re.compile(r"(.*:\d+):probes-([A-Za-z0-9_-]{43})", re.DOTALL)
_DIGEST = re.compile(r"(.*:\d+):([0-9a-f]{16})", re.DOTALL)  # of coarser steps, in earlier files


def probe_code(vectors: Embeddings) -> str:
    """Return 43 characters for the vectors of the probes. *Shape:* ``(n, d)``."""
    lengths = _lengths(vectors)
    octaves = np.log2(lengths, out=np.zeros(len(lengths)), where=lengths > 0)
    steps = np.clip(np.floor(octaves * _OCTAVES + _MARGIN), _NO_LENGTH + 1, 127)
    shares = (unit(vectors).astype(np.float64) * _directions(vectors.shape)).sum(axis=1)
    code = np.stack(
        [
            np.where(lengths > 0, steps, _NO_LENGTH),
            np.clip(np.floor(shares * _SHARES), -128, 127),
        ]
    )
    return base64.urlsafe_b64encode(code.astype(np.int8).tobytes()).decode().rstrip("=")


def is_probed(fingerprint: str) -> bool:
    """Return whether a fingerprint holds a code of probes."""
    return _CODE.fullmatch(fingerprint) is not None


def same_probed_space(a: str, b: str) -> bool:
    """Return whether two fingerprints of one name and d are of one space, by their probes.

    They are where the mean cosine of a text's two vectors is about ``COSINE`` or more, and no
    length is another by a fifth. A digest, as earlier files have it, is that of the code's steps.
    """
    first, second = _CODE.fullmatch(a), _CODE.fullmatch(b)
    if first is None or second is None:
        code, digest = first or second, _DIGEST.fullmatch(b if second is None else a)
        if code is None or digest is None or code[1] != digest[1]:
            return False
        return _coarse_digest(_steps(code[2])) == digest[2]
    if first[1] != second[1]:
        return False
    (one_lengths, one_shares), (other_lengths, other_shares) = _steps(first[2]), _steps(second[2])
    if (np.abs(one_lengths - other_lengths) > 1).any():
        return False
    squares = np.square((one_shares - other_shares) / _SHARES)
    return bool(1.0 - squares.mean() / 2.0 >= COSINE)


def are_of_one_space(before: Embeddings, after: Embeddings) -> bool:
    """Return whether vectors of the same texts are of one space, by the same limits.

    *Shape:* ``(n, d)`` each, none of them zero.
    """
    octaves = np.log2(_lengths(after) / _lengths(before)) * _OCTAVES
    cosines = (unit(before).astype(np.float64) * unit(after)).sum(axis=1)
    return bool((np.abs(octaves) < 2).all() and cosines.mean() >= COSINE)


def _lengths(vectors: Embeddings) -> Doubles:
    return np.asarray(np.sqrt(np.square(vectors, dtype=np.float64).sum(axis=1)))


def _steps(code: str) -> Integers:
    """Return the steps of lengths and of shares. *Shape:* ``(2, n)``."""
    steps = np.frombuffer(base64.urlsafe_b64decode(code + "="), np.int8).reshape(2, -1)
    return steps.astype(np.int64)


def _coarse_digest(steps: Integers) -> str:
    """Return the digest of the same in half octaves and quarters of a share."""
    lengths, shares = steps
    halves = np.where(lengths == _NO_LENGTH, -2_000_000, (lengths + 2) // 4)
    coarse = np.stack([halves, (shares + 4) // 8])
    return hashlib.sha256(coarse.astype("<i8").tobytes()).hexdigest()[:16]


def _directions(shape: tuple[int, int]) -> Doubles:
    """Return a direction of ones and minus ones for each probe, the same always. (n, d)."""
    n, dim = shape
    stream = hashlib.shake_256(b"protolabel probes").digest((n * dim + 7) // 8)
    bits = np.unpackbits(np.frombuffer(stream, np.uint8))[: n * dim]
    return np.asarray(2.0 * bits.reshape(shape) - 1.0, np.float64)
