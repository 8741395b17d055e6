"""What tests of sorting share: a label space that declines, an inbox, and what stands where."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from commands import call, records
from spelt_numbers import spelt

BILL, JOB, NONSENSE = "please pay the bill 7", "I apply for the job 7", "zzz qqq xxx"


@pytest.fixture(scope="module")
def mail(tmp_path_factory) -> Path:
    """A label space that declines what it does not know, which tests leave as it is."""
    space = tmp_path_factory.mktemp("sort") / "mail.space"
    call("init", space, "--encoder", "hashing")
    rows = [{"text": f"please pay the bill {spelt(n)}", "label": "invoice"} for n in range(6)]
    rows += [{"text": f"I apply for the job {spelt(n)}", "label": "cv"} for n in range(6)]
    call("import", space, "-", stdin="\n".join(map(json.dumps, rows)))
    call("set", space, "threshold", "0.3")
    return space


@pytest.fixture
def own_mail(mail, tmp_path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copy(mail, tmp_path / "own.space"))


@pytest.fixture
def inbox(tmp_path) -> Path:
    files = {"a.txt": BILL, "sub/a.txt": JOB, "b.txt": NONSENSE, "sub/deep/c.txt": BILL}
    for name, text in files.items():
        path = tmp_path / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "inbox"


def sort(space: Path, inbox: Path, out: Path, *options: object, code: int = 0) -> dict[str, str]:
    """Sort, and return the class or folder of each file that was read now."""
    outcomes = records("label", space, inbox, "--sort-into", out, *options, "--json", code=code)
    return {os.path.relpath(o["source"], inbox): o["label"] or "_review" for o in outcomes}


def places(out: Path) -> dict[str, str]:
    return {
        str(path.relative_to(out)): path.read_text()
        for path in sorted(out.rglob("*"))
        if path.is_file() and ".protolabel" not in path.parts
    }


SORTED = {
    "_review/b.txt": NONSENSE, "cv/sub/a.txt": JOB, "invoice/a.txt": BILL,
    "invoice/sub/deep/c.txt": BILL,
}  # fmt: skip
