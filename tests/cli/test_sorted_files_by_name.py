"""A sorted file is one document, whichever of its two paths names it."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import call, records
from fast_cases import few
from mailboxes import Mail

from protolabel import LabelSpace

SPACE, COVER = "s.space", "please pay the bill of this month"
ATTACHED = {
    "a.eml": "zebra walrus meadow lantern quartz violin harbour marble please pay",
    "b.eml": "kettle thunder saddle orchid pepper glacier anchor velvet please pay",
}


@pytest.fixture
def sort(request, tmp_path, monkeypatch):
    """Two mails with one covering text and an own attachment each, and how they are sorted."""
    monkeypatch.chdir(tmp_path)
    how, remember = request.param
    with LabelSpace.create(SPACE, encoder="hashing", background=False) as space:
        space.add(["please pay the bill", "the bill of 9 EUR"], "invoice")
        space.add(["a post as cook", "a post as cook now"], "job")
        space.configure(threshold=0.2)
    call("set", SPACE, "remember", remember)
    Path("in").mkdir()
    for name, text in ATTACHED.items():
        Path("in", name).write_text(Mail(COVER, attachments=(("d.txt", text),)).lines())

    def sort(*options: str) -> None:
        call("label", SPACE, "in", "--sort-into", "sorted", "--by", how, *options)

    sort()
    assert {one.name for one in Path("sorted/invoice").iterdir()} == set(ATTACHED)
    return sort


WAYS = pytest.mark.parametrize(
    "sort",
    few(
        [(how, kept) for how in ("copy", "move", "link") for kept in ("answers", "off")],
        [("copy", "answers"), ("move", "off"), ("link", "answers")],
    ),
    indirect=True,
    ids=lambda value: "-".join(value),
)


def places(name: str) -> list[str]:
    return [str(one.parent) for one in Path("sorted").rglob(name)]


@WAYS
@pytest.mark.parametrize("name", ["sorted/invoice/a.eml", "in/a.eml"])
def test_a_class_that_is_refused_for_it_by_either_path_is_refused_when_it_is_sorted_again(
    sort, name
):
    call("correct", SPACE, name, "--not", "invoice")
    (row, *_) = records("label", SPACE, "sorted/invoice/a.eml", "--json")
    assert row["label"] != "invoice"
    sort("--again", "changed")
    assert places("a.eml") != ["sorted/invoice"]
    assert places("b.eml") == ["sorted/invoice"]
    (there,) = places("a.eml")
    (row, *_) = records("label", SPACE, f"{there}/a.eml", "--json")  # where it stands now
    assert row["label"] != "invoice"
    call("undo", SPACE)
    (row, *_) = records("label", SPACE, f"{there}/a.eml", "--json")
    assert row["label"] == "invoice"


@pytest.mark.parametrize(
    "sort", [(how, "answers") for how in ("copy", "move", "link")], indirect=True
)
@pytest.mark.parametrize("name", ["sorted/invoice/a.eml", "in/a.eml"])
def test_a_class_that_it_is_given_by_either_path_is_its_folder(sort, name):
    call("correct", SPACE, name, "--to", "job")
    sort("--again", "changed")
    assert places("a.eml") == ["sorted/job"]
    assert places("b.eml") == ["sorted/invoice"]


@pytest.mark.parametrize("sort", [("move", "answers")], indirect=True)
def test_it_is_remembered_once(sort):
    call("correct", SPACE, "sorted/invoice/a.eml", "--to", "job")
    sort("--again", "changed")
    call("label", SPACE, "sorted")
    rows = records("review", SPACE, "--list", "--all", "--json")
    rows = [row for row in rows if row["source"].endswith("a.eml")]
    assert [(row["label"], row["by"]) for row in rows] == [("job", "person")]


@pytest.mark.parametrize("sort", [("move", "answers")], indirect=True)
def test_a_new_file_of_the_name_is_another_document(sort):
    call("correct", SPACE, "sorted/invoice/a.eml", "--not", "invoice")
    Path("in/a.eml").write_text(Mail("please pay the bill of the next month").lines())
    (row,) = records("label", SPACE, "in/a.eml", "--json")
    assert row["label"] == "invoice"
    sort("--again", "changed")
    standing = {one.read_text(): str(one) for one in Path("sorted").rglob("a*.eml")}
    assert len(standing) == 2
    for text, path in standing.items():
        (row, *_) = records("label", SPACE, path, "--json")
        assert (row["label"] == "invoice") == ("the next month" in text)
        assert path.startswith("sorted/invoice/") == ("the next month" in text)


@pytest.mark.parametrize("sort", [("move", "answers")], indirect=True)
def test_a_sorted_file_is_forgotten_by_the_path_where_it_stands(sort):
    call("forget", SPACE, "--source", "sorted/invoice/a.eml")
    rows = records("review", SPACE, "--list", "--all", "--json")
    assert not [row for row in rows if "a.eml" in row["source"]]
