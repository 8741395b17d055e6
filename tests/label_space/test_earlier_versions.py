"""An earlier version answers as it did: same classes, scores and thresholds; no other is read."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import WORDS, WordEncoder
from spaces import four_classes

from protolabel import Answer, LabelSpace
from protolabel.errors import HistoryError, InputError

QUERIES = [*WORDS, "pay bill", "cv ship", "secret work box"]


def answers(view) -> list[Answer]:
    return list(view.label_many(QUERIES, alternatives=4))


def changed(space: LabelSpace):
    """Change a label space in many ways; yield after each change."""
    rng = np.random.default_rng(0)
    yield space.add(four_classes())
    yield space.describe(dict.fromkeys("abcd", "box ship"))
    yield space.configure(kappa=0.5)
    yield space.add(four_classes(rng))
    yield space.rename("a", "A")
    yield space.configure(threshold=0.4 if space.metric == "cosine" else -0.4)
    yield space.merge(["b", "c"], "b")
    yield space.configure(threshold="auto", refine=False)
    yield space.retire("d")
    yield space.undo()
    yield space.configure(refine=True, kappa="auto")
    yield space.add("secret secret", "e")
    yield space.remove([space.show("A")[1][0].id])
    yield space.return_to(4)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_every_version_answers_as_it_did(tmp_path, metric):
    path = tmp_path / "a.space"
    then: dict[int, list[Answer]] = {}
    with LabelSpace.create(path, encoder=WordEncoder(), metric=metric, background=False) as space:
        for _ in changed(space):
            space.settle()
            then[space.version] = answers(space.view())
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        for version, before in then.items():
            assert answers(space.at(version).settled()) == before
        assert {a.head for before in then.values() for a in before} == (
            {"prototypes", "refined"} if metric == "cosine" else {"prototypes"}
        )


def test_an_earlier_version_whose_fits_are_kept_answers_as_it_did_at_once(tmp_path):
    with LabelSpace.create(tmp_path / "a.space", encoder=WordEncoder(), background=False) as space:
        space.add(four_classes())
        space.settle()
        version, before = space.version, answers(space.view())
        space.add("secret", "e")
        space.settle()
        assert answers(space.at(version)) == before


def test_an_earlier_version_without_fits_says_that_they_are_not_kept(tmp_path):
    with LabelSpace.create(tmp_path / "a.space", encoder=WordEncoder(), background=False) as space:
        space.add(four_classes())
        version = space.version
        space.add("secret", "e")
        view = space.at(version)
        assert f"the calibration of version {version} is not kept" in view.label("pay").reason
        assert view.settled().label("pay").probability is not None
        assert space.version == version + 1  # nothing was changed


def test_versions_that_never_were(path):
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        with pytest.raises(HistoryError, match="1 to 4"):
            space.at(99)
        with pytest.raises(HistoryError, match="1 to 4"):
            space.return_to(99)
        for version in (0, -1):
            with pytest.raises(InputError, match="1 or more"):
                space.at(version)
            with pytest.raises(InputError, match="1 or more"):
                space.return_to(version)
        with pytest.raises(HistoryError, match="nothing to redo"):
            space.redo()
        space.return_to(2)
        assert [c.name for c in space.classes()] == ["bill", "box"]
        space.undo()
        assert len(space.classes()) == 3
