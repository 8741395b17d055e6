"""Label spaces: one in memory, in a folder of its own, and one with remembered letters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from decided import mail_space

from protolabel import LabelSpace


@pytest.fixture
def invoices_and_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabelSpace]:
    """Invoices and jobs; the working folder is that of the test."""
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create(encoder="hashing", background=False) as label_space:
        label_space.add(["please pay the amount", "I apply as a cook"], ["invoice", "job"])
        yield label_space


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[LabelSpace]:
    """Three classes, and eight remembered documents of which six are none of these."""
    with mail_space(tmp_path / "a.space") as space:
        yield space
