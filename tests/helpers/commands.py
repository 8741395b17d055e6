"""Runs the command line as people do: a real process, its exit code checked."""

from __future__ import annotations

import json
import os
import subprocess
import sys

ENVIRONMENT = os.environ | {"PROTOLABEL_CACHE": "off", "COLUMNS": "100", "PYTHONWARNINGS": "error"}


def run(*args: object, stdin: str | bytes = "", code: int = 0) -> subprocess.CompletedProcess[str]:
    """One command; its exit code is checked."""
    given = stdin if isinstance(stdin, bytes) else stdin.encode()
    done = subprocess.run(
        [sys.executable, "-m", "protolabel", *map(str, args)],
        input=given,
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
