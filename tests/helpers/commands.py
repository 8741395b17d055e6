"""Runs the command line as people do: a process of its own, its exit code checked.

``run`` forks a program that has imported the command line, which is as good as a new one for all
but the imports; ``tests/wheel_smoke.py`` and tests of starting start new ones.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from prepared_commands import prepared_program

ENVIRONMENT = os.environ | {"PROTOLABEL_CACHE": "off", "COLUMNS": "100", "PYTHONWARNINGS": "error"}


def run(*args: object, stdin: str | bytes = "", code: int = 0) -> subprocess.CompletedProcess[str]:
    """One command; its exit code is checked."""
    standard_input = stdin if isinstance(stdin, bytes) else stdin.encode()
    done = subprocess.run(
        [prepared_program(), *map(str, args)],
        input=standard_input,
        capture_output=True,
        env=ENVIRONMENT,
        check=False,
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == code, f"exit code {done.returncode}\n{out}\n{err}"
    assert "Traceback" not in err
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def lines(*args: object, stdin: str | bytes = "") -> list[dict]:
    return [json.loads(line) for line in run(*args, stdin=stdin).stdout.splitlines()]


def call(
    *args: object, stdin: str | bytes = "", code: int | None = 0
) -> subprocess.CompletedProcess[str]:
    """One command inside this process, which is faster: through the door of the real one.

    ``code``: the exit code that it has to have; None for any.
    """
    from protolabel.cli import exit_code_of

    streams = sys.stdin, sys.stdout, sys.stderr
    standard_input = stdin if isinstance(stdin, bytes) else stdin.encode()
    out, err = io.BytesIO(), io.BytesIO()
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.BytesIO(standard_input)), encoding="utf-8")
    sys.stdout = io.TextIOWrapper(out, encoding="utf-8", errors="backslashreplace")
    sys.stderr = io.TextIOWrapper(err, encoding="utf-8", errors="backslashreplace")
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PROTOLABEL_CACHE", "off")
            patch.setenv("COLUMNS", "100")
            ended = exit_code_of([str(a) for a in args])
        sys.stdout.flush()
        sys.stderr.flush()
        texts = out.getvalue().decode(), err.getvalue().decode()
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
    assert code in (None, ended), f"exit code {ended}\n{texts[0]}\n{texts[1]}"
    return subprocess.CompletedProcess(args, ended, *texts)


def records(*args: object, stdin: str | bytes = "", code: int = 0) -> list[dict]:
    """The JSON lines of one command inside this process."""
    return [json.loads(line) for line in call(*args, stdin=stdin, code=code).stdout.splitlines()]


def members(space: Path, label: str) -> list[str]:
    """The ids of the examples of a class."""
    return [member["id"] for member in records("show", space, label, "--json")[0]["members"]]


def class_sizes(space: Path) -> dict[str, int]:
    """The number of examples of each class, by its name."""
    return {one["name"]: one["examples"] for one in records("classes", space, "--json")}
