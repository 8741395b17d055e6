"""Answers and journals ask in one place whether a version is still the one that made a record."""

from __future__ import annotations

from protolabel.batch.run_file import Run
from protolabel.batch.version_marks import is_of_version, unmarked


def test_a_record_without_a_mark_counts_as_of_the_version_of_its_number():
    assert is_of_version("", 3, lambda version: "abc")
    assert is_of_version("abc", 3, lambda version: "abc")
    assert not is_of_version("abc", 3, lambda version: "xyz")
    assert not is_of_version("abc", 3, unmarked)


def test_a_file_of_answers_and_a_journal_judge_a_record_without_a_mark_alike():
    run = Run("space", (), {}, {3: ("",), 4: ("abc",), 5: ("abc", "xyz")})
    assert run.absent(lambda version: "abc") == {5}
