"""The inference engine: imported in one place, and a Ctrl-C stays a KeyboardInterrupt."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import protolabel

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


@pytest.mark.slow
def test_ctrl_c_after_two_encoders_have_come_and_gone():
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", SCRIPT],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "interrupted\n"), done.stderr


def test_nothing_but_the_engine_imports_openvino():
    """Its telemetry is off in one place."""
    root = Path(protolabel.__file__).parent
    files = [
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if "openvino" in (text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else
                     [alias.name for alias in node.names])
        if name.split(".")[0] == "openvino"
    ]  # fmt: skip
    assert set(files) == {"encoders/engine.py"}


def test_a_telemetry_that_the_caller_imported_stays_theirs():
    script = """
import sys
import openvino_telemetry as before
from protolabel.encoders.engine import openvino
assert openvino() is openvino()
import openvino_telemetry
assert openvino_telemetry is before
from openvino.tools.ovc import telemetry_utils
assert telemetry_utils.tm.__name__.endswith("telemetry_stub")
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_the_converter_waits_until_somebody_uses_it_and_is_quiet_then():
    script = """
import sys
from protolabel.encoders.engine import openvino
module = openvino()
parts = ("openvino.tools.ovc.convert", "absl", "openvino_telemetry")
assert not set(parts) & set(sys.modules), sys.modules
assert callable(module.convert_model)
from openvino import convert_model
from openvino.tools.ovc import telemetry_utils
assert convert_model is module.convert_model
assert telemetry_utils.tm.__name__.endswith("telemetry_stub")
assert "openvino_telemetry" not in sys.modules
assert not hasattr(module, "something else")
"""
    subprocess.run([sys.executable, "-c", script], check=True)
