"""Says whether two encoders' vectors can be compared, by their fingerprints. Computes none.

A fingerprint is ``family:identity`` with the precision after a slash where there is one:
``bert:0123456789abcdef/bf16``, ``hashing:512``, ``precomputed:384``. That of a service or a
function has what ``probes`` say of its vectors: ``service:model:384:probes-...``.
"""

from __future__ import annotations

from protolabel.encoders.probes import same_probed_space

PRECISIONS = ("f32", "bf16", "i8")
EXPORTED = "exported-"  # before the family of a network whose graph another program made


def compatible(a: str, b: str) -> bool:
    """Return whether vectors of ``a`` and of ``b`` live in one space.

    They do when the fingerprints are equal, or differ in the precision alone: between f32 and bf16
    the cosine of a text's two vectors is above 0.9999, and between these and i8 it is 0.999 on
    average, which changes accuracy by less than chance does (docs/decisions/0002 and 0037 have the
    measurements). They are of networks that are built here: of exported ones, precisions do not
    mix. Those of services and functions are compared by their probes, with room for half precision.
    """
    if a == b or (_identity(a) is not None and _identity(a) == _identity(b)):
        return True
    return same_probed_space(a, b)


def _identity(fingerprint: str) -> str | None:
    """Return the part before a precision that mixes with others; None where none does."""
    identity, slash, precision = fingerprint.rpartition("/")
    if fingerprint.startswith(EXPORTED):
        return None
    return identity if slash and precision in PRECISIONS else None
