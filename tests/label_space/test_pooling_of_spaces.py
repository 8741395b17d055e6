"""A label space keeps the pooling rule that its vectors were made by, until it is moved."""

from __future__ import annotations

import numpy as np
import pytest
from commands import lines, run
from encoder_folders import write_folder

from protolabel import LabelSpace, load_encoder

LONG = "pay bill box ship work sign a b c d " * 9
LATE = "box ship " * 90 + "pay bill " * 9


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return str(write_folder(tmp_path_factory.mktemp("encoders") / "bert", window=36))


def filled(path, folder, pooling):
    """A label space whose encoder had another rule than the default."""
    encoder = load_encoder(folder, pooling=pooling)
    with LabelSpace.create(path, encoder=encoder, encoder_name=folder, background=False) as space:
        space.add([LONG, LATE, "pay", "box box"], ["a", "b", "a", "b"])
        answer = space.label(LATE[9:])
    return encoder.fingerprint, answer


@pytest.mark.parametrize("pooling", ["early", "mean"])
def test_a_label_space_of_another_rule_opens_and_answers_as_before(tmp_path, folder, pooling):
    path = tmp_path / "s.space"
    fingerprint, before = filled(path, folder, pooling)
    for encoder in (None, folder, load_encoder(folder)):
        with LabelSpace(path, encoder=encoder, background=False) as space:
            assert space.fingerprint == fingerprint
            assert space.label(LATE[9:]).alternatives == before.alternatives
            space.add(LONG + "e", "a")
            space.undo()


def test_a_label_space_moves_to_another_rule_and_back(tmp_path, folder):
    path = tmp_path / "s.space"
    early, before = filled(path, folder, "early")
    (record,) = lines("reencode", path, "--pooling", "mean", "--json")
    assert record["changed"]
    assert record["from"] == early
    assert record["to"] == load_encoder(folder, pooling="mean").fingerprint
    with LabelSpace(path, background=False) as space:
        vector = load_encoder(folder, pooling="mean").encode([LONG])[0]
        stored = [r for r in space.view().export(vectors=True) if r.get("text") == LONG]
        np.testing.assert_allclose(np.array(stored[0]["embedding"]), vector, atol=1e-6)
        space.undo()
        assert space.fingerprint == early
        assert space.label(LATE[9:]).score == before.score
    assert "neither" in run("reencode", path, code=2).stderr
