"""A label space with three classes, made by commands."""

from __future__ import annotations

import json
from pathlib import Path

from commands import call as run
from spelt_numbers import spelt


def mail_space(folder: Path) -> Path:
    """A label space with three classes, made by commands."""
    space = folder / "mail.space"
    run("init", space, "--encoder", "hashing")
    (folder / "d.json").write_text('{"invoice": "a bill to pay", "cv": "a job application"}')
    run("describe", space, folder / "d.json")
    rows = [
        {"text": f"please pay the bill number {spelt(n)}", "label": "invoice", "id": f"i{n}"}
        for n in range(6)
    ]
    rows += [{"text": f"I apply for job {spelt(n)} as engineer", "label": "cv"} for n in range(6)]
    rows += [
        {"text": f"this agreement {spelt(n)} is confidential", "label": "nda"} for n in range(6)
    ]
    (folder / "e.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    run("import", space, folder / "e.jsonl")
    return space
