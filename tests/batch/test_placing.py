"""One file placed: only the content that was answered gets its answer's folder."""

from __future__ import annotations

import hashlib
import os

import pytest

from protolabel.batch.sorting.placing import SourceChangedError, place


@pytest.mark.parametrize("how", ["copy", "move"])
def test_a_file_that_changed_after_it_was_answered_stays_where_it_is(tmp_path, how):
    source, target = tmp_path / "scan.txt", tmp_path / "invoice.txt"
    source.write_text("an invoice")
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    source.write_text("a resignation letter")
    with pytest.raises(SourceChangedError):
        place(str(source), target, how, digest)
    assert source.read_text() == "a resignation letter"
    assert not target.exists()


def test_a_move_of_what_cannot_be_read_leaves_no_second_name(tmp_path):
    source, target = tmp_path / "scan.txt", tmp_path / "invoice.txt"
    os.mkfifo(source)
    with pytest.raises(OSError, match="neither a file nor a folder"):
        place(str(source), target, "move", hashlib.sha256().hexdigest())
    assert source.exists()
    assert not target.exists()
