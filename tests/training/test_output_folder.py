"""The folder that a run writes: locked, cleared of what killed runs left, with the usual mode."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from contextlib import suppress

import pytest
import torch

from protolabel.errors import InputError, TrainingError
from protolabel.training.output_folder import locked, replace_folder
from protolabel.training.tensor_files import save_tensors


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_second_run_into_a_folder_is_refused_until_the_first_has_ended(tmp_path):
    out = tmp_path / "out"
    with locked(out):
        message = r"another run is writing .*expected.*to fix it"
        with pytest.raises(InputError, match=message), locked(out):
            raise AssertionError("two runs")
        with locked(tmp_path / "other"):
            pass
    with locked(out):
        pass
    assert names(tmp_path) == []


def test_of_runs_that_begin_and_end_at_one_moment_one_at_a_time_has_the_folder(tmp_path):
    """Each is refused, or makes a file that no other run may have made; no other error comes."""
    out, made_alone = tmp_path / "out", tmp_path / "in use"
    gate = threading.Barrier(4)
    ends, faults = [], []

    def run():
        for _ in range(150):
            gate.wait()
            try:
                with locked(out):
                    made_alone.touch(exist_ok=False)
                    made_alone.unlink()
                ends.append("done")
            except InputError as error:
                ends.append(error.got)
            except Exception as error:
                faults.append(repr(error))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert set(ends) <= {"done", f"another run is writing {out}"}
    assert ends.count("done") >= 150
    assert names(tmp_path) == []


SCRIPT = """
import os, sys, time
from protolabel.training.output_folder import locked
with locked(__import__("pathlib").Path(sys.argv[1])):
    print("locked", flush=True)
    time.sleep(60)
"""


def test_the_lock_of_a_killed_process_is_no_obstacle(tmp_path):
    out = tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(out)], stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout.readline() == "locked\n"
        with pytest.raises(InputError, match="another run"), locked(out):
            pass
        process.send_signal(signal.SIGKILL)
    with locked(out):
        pass


def test_threads_that_write_one_folder_leave_it_whole(tmp_path):
    """Each writes two files with its number; a mixture would hold two numbers."""
    out = tmp_path / "out"
    gate = threading.Barrier(4)

    def write(number):
        def two(folder):
            (folder / "a").write_text(str(number))
            (folder / "training.json").write_text("{}")
            gate.wait()
            (folder / "b").write_text(str(number))

        with suppress(OSError):  # another was quicker with the last rename
            replace_folder(out, two, overwrite=True)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(out) == ["a", "b", "training.json"]
    assert (out / "a").read_text() == (out / "b").read_text()


KILLED = """
import itertools, os, pathlib, signal, sys
from protolabel.training.output_folder import replace_folder
count, rename = itertools.count(1), pathlib.Path.rename
def killed(self, target):
    if next(count) == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)
pathlib.Path.rename = killed
out = pathlib.Path(sys.argv[1])
replace_folder(out, lambda folder: (folder / "weights").write_text("new"), overwrite=True)
"""


@pytest.mark.parametrize("rename", [1, 2])
def test_what_a_kill_in_the_last_write_leaves_is_cleared_by_the_next_run(tmp_path, rename):
    out = tmp_path / "out"
    out.mkdir()
    (out / "weights").write_text("old")
    (out / "training.json").write_text("{}")
    (tmp_path / ".out.part-of-something-else").mkdir()
    command = [sys.executable, "-c", KILLED, str(out), str(rename)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert len(names(tmp_path)) == 3
    with locked(out):
        assert (out / "weights").read_text() == "old"  # nothing is lost
    assert names(tmp_path) == [".out.part-of-something-else", "out"]


@pytest.mark.parametrize("umask", [0o022, 0o027, 0o077])
def test_weights_have_the_mode_that_the_umask_gives(tmp_path, umask):
    earlier = os.umask(umask)
    try:
        save_tensors(tmp_path / "a.safetensors", {"x": torch.ones(2)})
        (tmp_path / "plain").write_text("")
    finally:
        os.umask(earlier)
    mode = stat.S_IMODE((tmp_path / "a.safetensors").stat().st_mode)
    assert mode == stat.S_IMODE((tmp_path / "plain").stat().st_mode) == 0o666 & ~umask


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_not_finite_are_never_written(tmp_path, value):
    tensors = {"good": torch.ones(2), "bad": torch.tensor([1.0, value])}
    with pytest.raises(TrainingError, match=r"weights bad.*not finite.*expected.*to fix it"):
        save_tensors(tmp_path / "a.safetensors", tensors)
    assert names(tmp_path) == []
