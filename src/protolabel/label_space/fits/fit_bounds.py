"""How much a fit looks at, and how many classes one is made for. More are not fitted."""

from __future__ import annotations

MOST_FITTED = 50_000  # examples: 75 MB of embeddings at 384 dimensions
MOST_CLASSES = 100_000  # their sums take 300 MB at 384 dimensions
TOO_MANY = (
    "{n:,} classes are too many for a calibration, for refined weights and for an estimate of "
    f"kappa: a fit reads {MOST_FITTED:,} examples, two of each class or more, of at most "
    f"{MOST_CLASSES:,} classes"
)
