"""A correction that makes a class says so, as `add` and `describe` do."""

from __future__ import annotations

import pytest
from commands import call

from protolabel import LabelSpace


@pytest.mark.parametrize("labels", ["one", "several"])
def test_a_correction_counts_the_classes_that_it_makes(tmp_path, labels):
    with LabelSpace.create(tmp_path / "a.space", encoder="hashing", background=False) as space:
        space.configure(labels=labels)
        space.add(["pay the bill", "my skills and work"], ["bill", "cv"])
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(f"travel expenses of {name * 5}")
    correct = ("correct", tmp_path / "a.space", tmp_path / "a.txt", "--to")
    output = call(*correct, "travel").stdout
    assert "corrected to 'travel'" in output
    assert "(1 new)" in output
    assert "new)" not in call(*correct, "bill").stdout
