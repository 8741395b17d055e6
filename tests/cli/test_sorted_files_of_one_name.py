"""Documents that arrive one after the other under one name are all remembered, as are decisions."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import call, records

from protolabel import LabelSpace

SPACE, INBOX = "s.space", Path("in/scan1.txt")
TEXTS = (
    "second notice: please pay the overdue amount",
    "a post as cook in Bern",
    "second notice: pay the overdue bill of 40 EUR",
    "a post as cook in Basel now",
)


@pytest.fixture(params=["copy", "move", "link"])
def sort(request, tmp_path, monkeypatch):
    """A label space, an empty inbox, and how it is sorted."""
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create(SPACE, encoder="hashing", background=False) as space:
        space.add(["please pay the bill", "pay the bill of 9 EUR"], "invoice")
        space.add(["a post as cook", "a post as cook now"], "job")
        space.configure(threshold=0.2)
    INBOX.parent.mkdir()

    def sort(*options: str) -> None:
        call("label", SPACE, "in", "--sort-into", "sorted", "--by", request.param, *options)

    return sort


def arrive(text: str) -> None:
    """Put a new file in the place of the one before, as a scanner does."""
    INBOX.unlink(missing_ok=True)
    INBOX.write_text(text)


def path_of(text: str) -> str:
    """Return where a text stands in the sorted folder, once."""
    (path,) = [str(one) for one in Path("sorted").rglob("*.txt") if one.read_text() == text]
    return path


def remembered() -> list[tuple[str, str]]:
    """Return what is remembered: of each document, its label and who gave it."""
    rows = records("review", SPACE, "--list", "--all", "--json")
    return sorted((row["label"], row["by"]) for row in rows)


def test_an_accepted_document_stays_as_another_one_takes_its_name(sort):
    arrive(TEXTS[0])
    sort()
    call("add", SPACE, "reminder", "--text", "second notice overdue", "--text", "notice: overdue")
    call("review", SPACE, "--accept", "in/scan1.txt")
    assert remembered() == [("reminder", "person")]
    arrive(TEXTS[1])
    sort()
    assert remembered() == [("job", "label space"), ("reminder", "person")]
    sort("--again", "all")
    assert remembered() == [("job", "label space"), ("reminder", "person")]


def test_all_decisions_stay_through_many_documents_of_one_name(sort):
    expected = []
    for n, text in enumerate(TEXTS):
        arrive(text)
        sort()
        call("correct", SPACE, path_of(text), "--to", f"class {n}")
        expected.append((f"class {n}", "person"))
        assert remembered() == expected
        for again in ("changed", "all"):
            sort("--again", again)
            assert remembered() == expected
        assert path_of(text).startswith(f"sorted/class {n}/")
    call("correct", SPACE, path_of(TEXTS[0]), "--to", "class 1")
    assert remembered() == sorted([("class 1", "person"), *expected[1:]])
    call("undo", SPACE)
    assert remembered() == expected
    sort("--again", "changed")
    assert remembered() == expected
    assert {path_of(text).split("/")[1] for text in TEXTS} == {f"class {n}" for n in range(4)}


def test_documents_that_nobody_decided_on_stay_too(sort):
    for n, text in enumerate(TEXTS, start=1):
        arrive(text)
        sort()
        assert len(remembered()) == n
    sort("--again", "all")
    assert len(remembered()) == len(TEXTS)


def test_a_document_is_forgotten_by_the_path_where_it_stands(sort):
    for text in TEXTS[:2]:
        arrive(text)
        sort()
    call("forget", SPACE, "--source", path_of(TEXTS[0]))
    assert remembered() == [("job", "label space")]


def test_a_file_that_was_edited_and_labelled_without_sorting_is_one_document(sort):
    arrive(TEXTS[0])
    call("label", SPACE, "in")
    arrive(TEXTS[1])
    call("label", SPACE, "in")
    assert remembered() == [("job", "label space")]
