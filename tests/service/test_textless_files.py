"""Which followed files lack texts: found by the ends of paths, whatever sources programs send."""

from __future__ import annotations

import os
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel import Document, LabelSpace
from protolabel.identity.row_numbers import without_number
from protolabel.service.textless_files import TextlessFiles, files_of

PARTS = st.sampled_from(["a", "b", "t.csv", "z.zip", "t.csv:2", "..", "", "c:3"])
PATHS = st.lists(PARTS, min_size=1, max_size=7).map("/".join).filter(lambda path: path != "")


@pytest.fixture
def space(tmp_path):
    with LabelSpace.create(tmp_path / "mail.space", encoder="hashing", background=False) as space:
        space.add(["please pay the bill"], "invoice")
        yield space


def listed(space, sources, names):
    """Label documents of these sources, keep texts from now on, and list the files."""
    list(space.label_many([Document(one, "please pay it", source=one) for one in sources]))
    space.answer_log.write()
    space.answer_log.remember("text")
    files = TextlessFiles()
    files.renew(space, 1, names)
    return files


@pytest.mark.parametrize("end", ["b", "in/a", "t.csv:3", "z.zip/x/in.txt"])
def test_a_long_source_takes_little_memory(space, end):
    """One source of 3,801 characters took gigabytes, and minutes in which nothing was read."""
    tracemalloc.start()
    try:
        files = listed(space, ["a/" * 1900 + end], ["a", "x/a", "in/a", "t.csv", "z.zip", "q"])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert files.lacks("a")
    assert not files.lacks("q")
    assert files.lacks("t.csv") == end.startswith("t.csv")
    assert files.lacks("z.zip") == end.startswith("z.zip")
    assert peak < 20e6


def test_each_file_is_listed_once_and_found_by_the_end_of_its_path(space):
    names = ["2.txt", "sub/t.csv", "z.zip", "caf\\xe9.txt", "other.txt"]
    sources = ["in/2.txt", "sub/t.csv:3", "/far/in/z.zip/x/in.txt", "in/caf\\xe9.txt"]
    files = listed(space, sources, names)
    assert [name for name in names if files.lacks(name)] == names[:4]
    files.done("z.zip")
    files.renew(space, 1, names)
    assert not files.lacks("z.zip")
    files.renew(space, 2, names)
    assert files.lacks("z.zip")


def every_run(source: str) -> set[str]:
    """Return each run of the parts of a source, written out: what may be the name of its file."""
    whole = os.path.normpath(source).split("/")
    row = [*whole[:-1], without_number(whole[-1])]
    n = len(whole)
    return {"/".join(p[i:j]) for p in (whole, row) for i in range(n) for j in range(i + 1, n + 1)}


@settings(max_examples=200, deadline=None)
@given(st.lists(PATHS, max_size=4), st.lists(PATHS, max_size=6))
def test_a_file_is_found_just_if_its_name_is_a_run_of_parts_of_a_source(sources, names):
    runs = {run for source in sources for run in every_run(source)}
    assert files_of(sources, names) == runs.intersection(names)
