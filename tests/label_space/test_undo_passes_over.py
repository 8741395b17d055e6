"""What an undo passes over: changes that no version holds are not taken for a person's last one."""

from __future__ import annotations

from protolabel import LabelSpace


def test_an_undo_after_the_encoder_was_placed_takes_back_what_a_person_did_before(tmp_path):
    """The place of the encoder is in no version: "undid" would be said of nothing."""
    with LabelSpace.create(tmp_path / "a.space", encoder="hashing", background=False) as space:
        space.describe("cv", "work and skills")
        space.place_encoder("hashing:512")
        change = space.undo()
        assert change.summary.startswith("undid version 2")
        assert space.classes() == []
        assert space.redo().reverts == change.version
