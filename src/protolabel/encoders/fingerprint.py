"""Says whether two encoders' vectors can be compared, by their fingerprints. Computes none.

A fingerprint is ``family:identity`` with the precision after a slash where there is one:
``bert:0123456789abcdef/bf16``, ``hashing:512``, ``precomputed:384``.
"""

from __future__ import annotations

PRECISIONS = ("f32", "bf16")
EXPORTED = "exported-"  # before the family of a network whose graph another program made


def compatible(a: str, b: str) -> bool:
    """Return whether vectors of ``a`` and of ``b`` live in one space.

    They do when the fingerprints are equal, or differ only in f32 against bf16: the same text's
    two vectors then have a cosine above 0.9999 (docs/decisions/0002 has the measurement). That was
    measured for the networks that are built here: of exported ones, precisions do not mix.
    """
    return a == b or (_identity(a) is not None and _identity(a) == _identity(b))


def _identity(fingerprint: str) -> str | None:
    """Return the part before a precision that mixes with others; None where none does."""
    identity, slash, precision = fingerprint.rpartition("/")
    if fingerprint.startswith(EXPORTED):
        return None
    return identity if slash and precision in PRECISIONS else None
