"""The page has the figures of the service in one file, and they are those of the service."""

from __future__ import annotations

import re
from pathlib import Path

from protolabel import names
from protolabel.service import limits

SOURCE = Path(__file__).parents[2] / "desk/src"
FIGURES = dict(
    re.findall(r"^export const (\w+) = (\d+);", (SOURCE / "limits.ts").read_text("utf-8"), re.M)
)


def test_each_figure_is_that_of_the_service():
    assert FIGURES
    assert {name: getattr(limits, name) for name in FIGURES} == {
        name: int(value) for name, value in FIGURES.items()
    }
    assert int(FIGURES["NAME"]) == names.LONGEST


def test_the_inbox_is_asked_for_with_the_figures_from_there():
    """Before, the map asked with a figure of its own."""
    source = "".join(path.read_text("utf-8") for path in SOURCE.rglob("*.ts*"))
    assert set(re.findall(r"api\.inbox\(\w+, ([\w.]+)\)", source)) == {"INBOX", "limit.value"}


def test_fields_of_names_have_the_figure_from_there():
    """Before, 200 stood in six places."""
    source = "".join(path.read_text("utf-8") for path in SOURCE.rglob("*.tsx"))
    assert set(re.findall(r"maxLength=\{(\w+)\}", source)) == {"NAME"}
    assert len(re.findall(r"maxLength=\{NAME\}", source)) >= 6
