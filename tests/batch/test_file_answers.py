"""How many files a sorting answers at once: so many it still ends after Ctrl-C."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from protolabel import LabelSpace
from protolabel.batch.sorting.file_answers import Work, answered_files

PAGE = Path(__file__).parents[2] / "docs" / "every-day.md"
N_FILES = 600


@pytest.mark.parametrize(("content", "limit"), [(b"pay the invoice", 1), (b"\0", 0)])
def test_the_page_says_how_many_files_are_answered_at_once(content, limit, tmp_path):
    """A file of one document, and one that cannot be read."""
    sentence = re.search(
        r"files that it has read: (\d+) at most, or (\d+) that hold a document each",
        PAGE.read_text(encoding="utf-8"),
    )
    paths = [tmp_path / f"{number}.txt" for number in range(N_FILES)]
    for path in paths:
        path.write_bytes(content)
    works = [Work(str(path), path.name) for path in paths]
    with LabelSpace.create(encoder="hashing:64", background=False) as space:
        space.describe("invoice", "pay")
        groups = list(answered_files(space.view(), works, lambda: False, {}))
    assert sum(map(len, groups)) == N_FILES
    assert max(map(len, groups)) == int(sentence[1 + limit])
