"""A label space of letters, a folder of new ones, and the answers in a file."""

from __future__ import annotations

import json
from pathlib import Path

from commands import call
from spelt_numbers import spelt


def letters_space(folder: Path) -> Path:
    """A label space of three classes."""
    space = folder / "mail.space"
    call("init", space, "--encoder", "hashing")
    rows = [{"text": f"please pay bill {spelt(n)}", "label": "invoice"} for n in range(6)]
    rows += [{"text": f"I apply for job {spelt(n)}", "label": "cv"} for n in range(6)]
    rows += [{"text": f"this agreement {spelt(n)} is secret", "label": "nda"} for n in range(6)]
    call("import", space, "-", stdin="\n".join(map(json.dumps, rows)))
    return space


def new_inbox(folder: Path) -> Path:
    folder.mkdir()
    for n in range(4):
        (folder / f"{n}.txt").write_text(f"pay bill {n}")
    return folder


def answers(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def names(path: Path) -> list[str]:
    return [Path(answer["source"]).name for answer in answers(path)]
