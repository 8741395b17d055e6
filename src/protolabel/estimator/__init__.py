"""A label space's arithmetic as a scikit-learn classifier, on vectors or texts, in memory."""

from protolabel.system.extras import require

require("sklearn", "PrototypicalClassifier")

from protolabel.estimator.classifier import PrototypicalClassifier  # noqa: E402

__all__ = ["PrototypicalClassifier"]
