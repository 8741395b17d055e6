"""The inference engine leaves the process as it was: a Ctrl-C is a KeyboardInterrupt."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import gc, os, signal
from protolabel.encoders import load_encoder

first, second = load_encoder(), load_encoder()
first.encode(["one"]), second.encode(["two"])
del first
gc.collect()
del second
gc.collect()
try:
    os.kill(os.getpid(), signal.SIGINT)
    signal.pause()
except KeyboardInterrupt:
    print("interrupted")
"""


def test_ctrl_c_after_two_encoders_have_come_and_gone():
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", SCRIPT],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "interrupted\n"), done.stderr
