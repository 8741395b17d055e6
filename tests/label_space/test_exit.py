"""A program that leaves a label space open ends like any other."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

EXAMPLE = """
    from protolabel import LabelSpace
    space = LabelSpace.create(":memory:", encoder="hashing")
    space.describe("invoice", "a bill asking for payment")
    space.add("please pay the amount due", "invoice")
    space.label("amount due for payment")
"""
BUSY = """
    from protolabel import Example, LabelSpace
    space = LabelSpace.create(":memory:", encoder="hashing")
    space.add([Example(f"class {n % 40}", f"text {n} of {n % 40}") for n in range(400)])
    space.add("one more", "class 3")
"""


def ends_well(program: str, runs: int) -> None:
    for _ in range(runs):
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program)],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("program", [EXAMPLE, BUSY], ids=["example", "busy"])
def test_a_label_space_left_open_does_not_disturb_the_end_of_the_program(program):
    ends_well(program, 2)


@pytest.mark.slow
@pytest.mark.parametrize("program", [EXAMPLE, BUSY], ids=["example", "busy"])
def test_forty_label_spaces_left_open_do_not_disturb_the_end_of_the_program(program):
    ends_well(program, 40)
