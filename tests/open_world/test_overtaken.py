"""What reads the label space as it is goes on when somebody changes it meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from service_process import make_space
from spelt_numbers import spelt

from protolabel import LabelSpace
from protolabel.errors import StoreBusyError
from protolabel.label_space.fits import fit_plan, fitting
from protolabel.open_world.discovery import discover
from protolabel.open_world.next_to_label import next_to_label

FOOD = [f"tomato soup and bread with cheese for lunch number {spelt(n)}" for n in range(5)]

READERS: dict[str, Callable[[LabelSpace], Any]] = {
    "discover": discover,
    "next": next_to_label,
    "suggestions": lambda space: space.answer_log.suggestions(),
    "preview": lambda space: space.preview.rename("cv", "career"),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A label space that is to tune itself: its examples say another kappa."""
    path = make_space(tmp_path / "mail.space")
    with LabelSpace(path, background=False) as space:
        space.add([f"please pay the amount due, reminder {spelt(n)}" for n in range(5)], "invoice")
        space.add([f"sunny weather with light wind on day {spelt(n)}" for n in range(6)], "weather")
        space.describe({"weather": "what the sky does"})
        space.answer_log.remember("text")
        list(space.label_many(FOOD))
    return path


def changed_at(monkeypatch: pytest.MonkeyPatch, path: Path, times: int) -> list[int]:
    """Let another opening of the file change it while a rehearsal works out kappa, some times."""
    versions: list[int] = []
    real = fitting.other_kappa

    def worked_out(*arguments: Any) -> float | None:
        if len(versions) < times:
            with LabelSpace(path, background=False) as other:
                versions.append(other.add(f"my references, page {len(versions)}", "cv").version)
        return real(*arguments)

    monkeypatch.setattr(fit_plan, "other_kappa", worked_out)
    return versions


@pytest.mark.parametrize("reader", READERS)
def test_a_change_meanwhile_is_followed(path, monkeypatch, reader):
    versions = changed_at(monkeypatch, path, 1)
    with LabelSpace(path, background=False) as space:
        READERS[reader](space)
        assert versions == [space.version], "nothing has overtaken the reader"


@pytest.mark.parametrize("reader", READERS)
def test_changes_without_end_are_a_plain_error(path, monkeypatch, reader):
    changed_at(monkeypatch, path, 100)
    with LabelSpace(path, background=False) as space, pytest.raises(StoreBusyError):
        READERS[reader](space)
