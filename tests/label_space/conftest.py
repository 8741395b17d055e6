"""A label space in memory, for tests that answer documents of files in a folder of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from protolabel import LabelSpace


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabelSpace]:
    """Invoices and jobs; the working folder is that of the test."""
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create(encoder="hashing", background=False) as space:
        space.add(["please pay the amount", "I apply as a cook"], ["invoice", "job"])
        yield space
