"""A file of answers that finds no more room: the error names it, and the answers before it stay."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from commands import ENVIRONMENT, call

ROOM = 500_000  # bytes of a file: enough for the label space, and not for the answers


@pytest.mark.parametrize("name", ["answers.jsonl", "answers.csv"])
def test_the_error_names_the_file_of_answers(tmp_path: Path, monkeypatch, name: str):
    monkeypatch.chdir(tmp_path)
    call("init", "own.space", "--encoder", "hashing")
    call("describe", "own.space", "a", "the first thing")
    call("set", "own.space", "remember", "off")
    Path("lines.txt").write_text("\n".join(f"a thing {n}" for n in range(4000)))

    def leave_little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))

    command = ["label", "own.space", "lines.txt", "--format", "lines", "--out", name]
    done = subprocess.run(
        [sys.executable, "-m", "protolabel", *command],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=False,
        preexec_fn=leave_little_room,
    )
    assert done.returncode == 1
    assert f"protolabel: {name}: {os.strerror(27)}" in done.stderr
