"""Fits in a program that ends: in a thread that outlives the main one, and after its last line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from fakes import WordEncoder
from other_processes import HELPERS

from protolabel import LabelSpace
from protolabel.label_space.fits.kept_support import LEAST_EXAMPLES

WORDS = {"fruit": "apple", "tool": "hammer", "colour": "green"}
ENDS = {
    "a thread": "threading.Thread(target=lambda: (threading.main_thread().join(), fit())).start()",
    "the end of the interpreter": "atexit.register(fit)",
}
PROGRAM = """
import atexit, sys, threading
sys.path.insert(0, sys.argv[2])
from fakes import WordEncoder
from protolabel import LabelSpace
space = LabelSpace(sys.argv[1], encoder=WordEncoder(), background=False)
def fit():
    space.settle(refined=False)
    print(space.label("apple number1").label)
    space.close()
"""


@pytest.mark.parametrize("end", ENDS)
def test_a_program_that_ends_can_still_fit(tmp_path: Path, end: str) -> None:
    path = tmp_path / "late.space"
    with LabelSpace.create(path, encoder=WordEncoder(), background=False) as space:
        for label, word in WORDS.items():
            numbers = range(LEAST_EXAMPLES // len(WORDS) + 10)
            space.add([f"{word} number{i} of{i * 7}" for i in numbers], label)
    command = [sys.executable, "-c", PROGRAM + ENDS[end], str(path), HELPERS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout, done.stderr) == ("fruit\n", "")
