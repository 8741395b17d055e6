"""Says whether two encoders' vectors can be compared, by their fingerprints. Computes none.

A fingerprint is ``family:identity`` with the precision after a slash where there is one:
``bert:0123456789abcdef/bf16``, ``hashing:512``, ``precomputed:384``.
"""

from __future__ import annotations

PRECISIONS = ("f32", "bf16")


def compatible(a: str, b: str) -> bool:
    """Whether vectors of ``a`` and of ``b`` live in one space.

    They do when the fingerprints are equal, or differ only in f32 against bf16: the same text's
    two vectors then have a cosine above 0.9999 (docs/decisions/0002 has the measurement).
    """
    return _without_precision(a) == _without_precision(b)


def _without_precision(fingerprint: str) -> str:
    identity, slash, precision = fingerprint.rpartition("/")
    return identity if slash and precision in PRECISIONS else fingerprint
