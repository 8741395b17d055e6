"""A signal while the command line is imported ends the command as a later one does."""

from __future__ import annotations

import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from commands import ENVIRONMENT

# Python asks the first of its finders for each module that it imports, and this one sends a signal.
EARLY = """
import os, sys


class Signals:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), {number})


sys.meta_path.insert(0, Signals())
sys.argv[1:] = ["--help"]
from protolabel.__main__ import main

main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("module", ["click", "protolabel.cli", "protolabel.cli.terminal"])
def test_a_signal_during_the_imports_prints_no_traceback(module: str, number: int) -> None:
    code = EARLY.format(module=module, number=int(number))
    done = subprocess.run(
        [sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "protolabel: interrupted\n")


def test_a_signal_that_the_caller_ignores_stays_ignored() -> None:
    ignoring = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    code = ignoring + EARLY.format(module="click", number=int(signal.SIGINT))
    done = subprocess.run(
        [sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_installed_command_begins_there() -> None:
    project = Path(__file__).parents[2] / "pyproject.toml"
    scripts = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts == {"protolabel": "protolabel.__main__:main"}
