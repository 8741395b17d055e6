"""Every code block of every page runs and prints what the page says."""

from __future__ import annotations

from pathlib import Path

import pytest
from code_blocks import ROOT, run_page, shell_environment

PAGES = [
    ROOT / "README.md",
    ROOT / "examples/README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs/decisions").glob("*.md")),
    *sorted((ROOT / "docs/experiments").glob("*.md")),
]
LANGUAGES = {"python", "sh", "console", "json", "jsonl", "text", "sql", "{toctree}", "{eval-rst}"}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return shell_environment(tmp_path_factory.mktemp("docs"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_of_the_page_runs(
    page: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    run_page(page, tmp_path, environment)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_says_its_language(page: Path) -> None:
    """A block of a language that nothing runs would rot unseen; ``text`` is for what is no code."""
    fences = [line for line in page.read_text(encoding="utf-8").splitlines() if line[:3] == "```"]
    assert {fence[3:].strip() for fence in fences[::2]} <= LANGUAGES
