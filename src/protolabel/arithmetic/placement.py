"""Places classes without examples among refined rows: there is nothing to fit them to.

Such a class has only a description. Descriptions lie in another region than documents, and the fit
makes shorter what all vectors of an encoder have in common, so that a description cannot be used as
a row. The row is the mean refined row of the guides, moved by the offset of the description from
their mean, which is scaled by the ratio of the two spreads. The guides are the descriptions of
other classes, or class means where too few are described. With an encoder whose cosines are all
above 0.7, a prototype in its place took every document (docs/decisions/0004).
"""

from __future__ import annotations

import numpy as np

from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arrays import Doubles, Floats


def placed_rows(
    descriptions: Floats | Doubles, classes: ClassTotals, fitted: Floats | Doubles
) -> Floats | Doubles:
    """Return refined rows of classes without examples: (B, d + 1), weights and biases.

    If two or more classes of the fit are described, the guides are their descriptions, and the
    others are left out. Else the guides are the means of the examples of all classes of the fit,
    and the descriptions are moved by (mean - description) of the one that is described, if there is
    one.

    The weights of a class of description d, whose bias is the mean bias, are::

        centre = mean(guides)
        width = mean |guide - centre|
        fitted_centre = mean(fitted rows of the guides)
        spreads = |fitted row - fitted_centre| of each guide
        ratio = mean(spreads) / width
        weights = fitted_centre + ratio (d - centre)

    They are no farther from ``fitted_centre`` than the farthest fitted row is from the mean of the
    others: where guides are nearly alike, ``ratio`` is large and says nothing.

    Args:
        descriptions: (B, d), of the classes without examples.
        classes: totals of the K classes of the fit, two at least; each has an example.
        fitted: (K, d + 1), their weights and biases.
    """
    described = classes.described
    guides: Floats | Doubles
    if described.sum() >= 2:
        guides, fitted = classes.descriptions[described], fitted[described]
    else:
        guides = classes.sums / classes.counts[:, None]
        if described.any():
            descriptions = descriptions + (guides - classes.descriptions)[described].mean(axis=0)
    centre = guides.mean(axis=0, dtype=np.float64)
    width = float(np.linalg.norm(guides - centre, axis=1).mean())
    fitted_centre = fitted.mean(axis=0, dtype=np.float64)
    spreads = np.linalg.norm((fitted - fitted_centre)[:, :-1], axis=1)
    ratio = float(spreads.mean()) / width if width else 1.0
    offsets = ratio * (descriptions - centre)
    lengths = np.linalg.norm(offsets, axis=1, keepdims=True)
    farthest = spreads.max() * len(fitted) / (len(fitted) - 1)
    offsets *= np.minimum(1.0, farthest / np.maximum(lengths, 1e-300))
    rows = np.tile(fitted_centre, (len(descriptions), 1))
    rows[:, :-1] += offsets
    return rows
