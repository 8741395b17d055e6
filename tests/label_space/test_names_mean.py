"""Whether a class is described by its name: a setting that holds for the classes that are there."""

from __future__ import annotations

import numpy as np
from fakes import WordEncoder
from stored import damage

from protolabel import LabelSpace


def origins(space: LabelSpace) -> dict[str, str]:
    return {c.name: c.description_from for c in space.classes()}


def weights(space: LabelSpace) -> bytes:
    return np.asarray(space.view().prototypes.weights).tobytes()


def test_names_that_mean_nothing_no_longer_describe_the_classes_that_are_there(space):
    before, names = weights(space), origins(space)
    assert names == {"bill": "given", "box": "given", "cv": "name"}
    change = space.configure(names_mean=False)
    assert change.summary.endswith("1 class is no longer described by its name")
    assert origins(space) == names | {"cv": "none"}
    with LabelSpace.create(encoder=WordEncoder(), background=False, names_mean=False) as codes:
        codes.describe({"bill": "pay bill", "box": "ship box"})
        codes.add(["pay pay bill", "bill", "cv work"], ["bill", "bill", "cv"])
        assert weights(codes) == weights(space)
    space.undo()
    assert (weights(space), origins(space)) == (before, names)
    space.configure(names_mean=False)
    space.configure(names_mean=True)
    assert (weights(space), origins(space)) == (before, names)
    assert damage(space) == []


def test_names_come_to_mean_something(space):
    with LabelSpace.create(encoder=WordEncoder(), background=False, names_mean=False) as codes:
        codes.add(["cv work", "pay"], ["cv", "pay bill"])
        codes.retire("cv")
        assert origins(codes) == {"cv": "none", "pay bill": "none"}
        change = codes.configure(names_mean=True)
        assert change.summary.endswith("2 classes are now described by their names")
        assert origins(codes) == {"cv": "name", "pay bill": "name"}
