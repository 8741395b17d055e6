"""A comparison with an encoder that is named gives back the memory that the encoder took."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc says what a process holds")
MOST = 60 * 2**20  # bytes; one encoder takes more than 90
SCRIPT = """
import gc
from pathlib import Path
from protolabel import LabelSpace

def held():
    gc.collect()
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(one for one in lines if one.startswith("RssAnon")).split()[1])

with LabelSpace.create(encoder="hashing", background=False) as space:
    space.add(["pay the bill", "the bill is due"], "bill")
    space.add(["I work as a cook", "my work so far"], "job")
    for round in range(6):
        space.compare("all-MiniLM-L6-v2")
        if round == 1:
            before = held()
    print(held() - before)
"""


def test_comparisons_with_a_named_encoder_do_not_add_up():
    """Before, each one kept 135 MB."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < MOST
