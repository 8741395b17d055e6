"""The settings of the estimator on which scikit-learn's own checks are run."""

from __future__ import annotations

from protolabel import PrototypicalClassifier

SETTINGS = (
    PrototypicalClassifier(),
    PrototypicalClassifier(metric="euclidean"),
    PrototypicalClassifier(refine=False, kappa=1.0),
)
