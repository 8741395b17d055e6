"""A mixed office folder: every good file answered, each bad one named; nothing twice or lost."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from commands import ENVIRONMENT, call
from office_folder import BROKEN, LETTERS, make_office_folder

from protolabel import LabelSpace


@pytest.fixture
def space(tmp_path) -> Path:
    where = tmp_path / "mail.space"
    with LabelSpace.create(where, encoder="hashing", background=False) as label_space:
        for (label, _), text in LETTERS.items():
            label_space.add([text.format(n=n) for n in (1, 2)], [label] * 2)
        label_space.configure(threshold="off")
    return where


def answers(out: Path) -> list[dict]:
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def check(out: Path, classes: dict[str, str]) -> None:
    """Check that each document is answered once, and rightly."""
    rows = answers(out)
    assert max(Counter(row["id"] for row in rows).values()) == 1
    assert {row["id"]: row["label"] for row in rows} == classes


def options(space: Path, inbox: Path, out: Path) -> list[str]:
    return ["label", str(space), str(inbox), "--out", str(out), "--resume", "--skip-bad"]


def check_faults(text: str) -> None:
    """Check that each broken file is named, and no other."""
    skips = [line for line in text.splitlines() if line.startswith("skipped ")]
    assert len(skips) == len(BROKEN), skips
    for name in BROKEN:
        assert sum(f"mixed/{name}: " in line or f"mixed/{name}:" in line for line in skips) == 1


def test_every_good_file_is_answered_and_each_bad_one_is_named(tmp_path, space):
    classes = make_office_folder(tmp_path / "inbox", 60)
    out = tmp_path / "a.jsonl"
    done = call(*options(space, tmp_path / "inbox", out), code=6)
    check_faults(done.stderr)
    check(out, classes)
    content = out.read_bytes()
    again = call(*options(space, tmp_path / "inbox", out), code=6)
    check_faults(again.stderr)
    assert f"{len(classes)} answered by an earlier run" in again.stderr
    assert out.read_bytes() == content


@pytest.mark.slow
def test_ten_kills_make_nothing_twice_and_lose_nothing(tmp_path, space):
    classes = make_office_folder(tmp_path / "inbox", 200)
    out, temporary = tmp_path / "a.jsonl", tmp_path / "tmp"
    temporary.mkdir()
    command = [sys.executable, "-m", "protolabel", *options(space, tmp_path / "inbox", out)]
    environment = ENVIRONMENT | {"TMPDIR": str(temporary)}
    size = 0
    for n in range(10):
        with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
            deadline = time.monotonic() + 60
            while process.poll() is None and time.monotonic() < deadline:
                if (out.stat().st_size if out.exists() else 0) > size and n % 3:
                    break  # one third of them is killed before it has answered anything
                if n % 3 == 0 and list(temporary.iterdir()):
                    break
                time.sleep(0.002)
            process.kill()
        size = out.stat().st_size if out.exists() else 0
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 6, done.stderr
    check_faults(done.stderr)
    check(out, classes)
    deadline = time.monotonic() + 60
    while list(temporary.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
