"""Sorting that is killed before any operation on a file: nothing is lost, and nothing twice."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import ENVIRONMENT, call

SCRIPT = Path(__file__).parents[1] / "helpers/killed_sorting.py"


@pytest.fixture(scope="module")
def mail(tmp_path_factory) -> Path:
    space = tmp_path_factory.mktemp("killed") / "mail.space"
    call("init", space, "--encoder", "hashing")
    rows = [{"text": f"please pay bill {n}", "label": "invoice"} for n in range(3)]
    rows += [{"text": f"I apply for job {n}", "label": "cv"} for n in range(3)]
    call("import", space, "-", stdin="\n".join(map(json.dumps, rows)))
    return space


@pytest.fixture
def other_device(tmp_path) -> Iterator[Path]:
    """A folder on another device than the usual temporary one."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second device to write to")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def outcome(how: str, space: Path, inbox: Path, out: Path, *later: str) -> dict:
    done = subprocess.run(
        [sys.executable, SCRIPT, how, space, inbox, out, *later],
        capture_output=True, text=True, env=ENVIRONMENT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.parametrize("how", ["move", "copy", "link"])
def test_a_kill_before_any_operation_loses_no_file_and_doubles_none(how, mail, tmp_path):
    result = outcome(how, mail, tmp_path / "inbox", tmp_path / "out")
    assert result["problems"] == []
    assert result["code"] == 6  # of the file that cannot be read
    assert result["kills"] >= 12


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.parametrize("how", ["link", "move"])
def test_a_kill_between_two_devices_loses_no_file_and_doubles_none(
    how, mail, tmp_path, other_device
):
    result = outcome(how, mail, tmp_path / "inbox", other_device / "out")
    assert result["problems"] == []
    assert result["code"] == 6
    assert result["kills"] >= 12


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.parametrize("how", ["copy", "move"])
def test_a_kill_while_files_change_their_class_loses_no_file_and_doubles_none(how, mail, tmp_path):
    later = shutil.copy(mail, tmp_path / "later.space")
    call("rename", later, "cv", "job")
    result = outcome(how, mail, tmp_path / "inbox", tmp_path / "out", later)
    assert result["problems"] == []
    assert result["kills"] >= 8
