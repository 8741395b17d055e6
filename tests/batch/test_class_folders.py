"""Folders of classes: safe on every file system, one for each class, and read back as the class."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protolabel.batch.sorting.class_folders import LONGEST, REVIEW, ClassFolders
from protolabel.errors import InputError
from protolabel.names import clean_name
from protolabel.readers.paths import is_left_out

HARD = [
    "a/b", "a\\b", "CON", "con.txt", "nul", "COM1", "lpt9.doc", "..", ".", ".hidden", "_review",
    "_Review", "thumbs.db", "a.tmp", "x~", "~$x", "100% sure", "a%2Fb", "ends.", "Invoice",
    "invoice", "INVOICE", "straße", "strasse", "ﬁle", "file", "é", "C:", "a|b?", "lost+found",
    "$recycle.bin",
    "desktop.ini", "a" * 200, "A" * 200, "ü" * 200, "a" * 199 + "b", "Rechnung 2024", "icon",
]  # fmt: skip
FORBIDDEN = set('/\\:*?"<>|')
DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}


def names() -> st.SearchStrategy[str]:
    text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200)
    letters = st.text("aAbB./%~_ ßé", min_size=1, max_size=6)
    return (st.sampled_from(HARD) | text | letters).map(_cleaned).filter(bool)


def _cleaned(name: str) -> str:
    try:
        return clean_name(name)
    except InputError:
        return ""


def twins(name: str) -> str:
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())


@given(st.lists(names(), unique=True, max_size=20))
def test_each_class_has_a_safe_folder_of_its_own_that_reads_back_as_the_class(classes):
    folders = ClassFolders()
    chosen = [folders.folder(name) for name in classes]
    assert len({twins(folder) for folder in chosen}) == len(classes)
    for folder in chosen:
        assert not FORBIDDEN & set(folder)
        assert folder.isprintable() or not folder.isascii()
        assert 0 < len(folder.encode()) <= LONGEST
        assert folder == folder.rstrip(" .")
        assert folder[0] not in "._"
        assert folder.split(".")[0].rstrip().casefold() not in DEVICES
        assert not is_left_out(folder)
        assert twins(folder) != twins(REVIEW)
    again = ClassFolders(folders.recorded())
    assert [again.folder(name) for name in classes] == chosen
    assert [again.label(folder) for folder in chosen] == classes


@pytest.mark.parametrize("name", [name for name in HARD if len(name) < 60])
def test_a_folder_reads_back_as_its_class_also_without_a_record(name):
    assert ClassFolders().label(ClassFolders().folder(name)) == clean_name(name)


def test_plain_names_stay_as_they_are():
    folders = ClassFolders()
    for name in ("invoice", "Rechnung 2024", "été", "a-b (c)", "保険", "v1.2"):
        assert folders.folder(name) == name


def test_a_class_that_comes_later_takes_no_folder_away():
    folders = ClassFolders()
    assert folders.folder("invoice") == "invoice"
    later = ClassFolders(folders.recorded())
    assert later.folder("Invoice") == "%49nvoice"
    assert later.folder("invoice") == "invoice"


def test_the_folder_of_the_review_is_no_class():
    assert ClassFolders().label(REVIEW) is None
    assert ClassFolders().label("_Review") is None
    assert ClassFolders().folder(REVIEW) == "%5Freview"


@given(st.lists(st.lists(names(), min_size=1, max_size=3).map(tuple), unique=True, max_size=12))
def test_a_class_under_another_has_its_folder_in_that_of_the_other(paths):
    folders = ClassFolders()
    chosen = [folders.folder(*path) for path in paths]
    assert len({twins(folder) for folder in chosen}) == len(paths)
    for path, folder in zip(paths, chosen, strict=True):
        assert folder.count("/") == len(path) - 1
        assert folders.folder(*path[:-1]) == folder.rpartition("/")[0]
        assert folders.label(folder) == path[-1]
        assert folders.of_place(f"{folder}/a.txt") == folder
        assert folders.path_within(f"{folder}/a.txt") == "a.txt"
        assert folders.way_to(folder)[-1] == folder
    again = ClassFolders(folders.recorded())
    assert [again.folder(*path) for path in paths] == chosen


def test_a_folder_of_files_becomes_no_folder_of_a_class():
    folders = ClassFolders({"money": "money"})
    folders.leave_free("money/invoice/2024/a.txt")
    assert folders.folder("money", "invoice") == "money/invoice (2)"
    assert folders.of_place("money/invoice/2024/a.txt") == "money"
    assert folders.path_within("money/invoice/2024/a.txt") == "invoice/2024/a.txt"


def test_places_at_the_top_and_in_the_review_are_of_no_class_under_another():
    folders = ClassFolders()
    assert folders.of_place("") == ""
    assert folders.of_place("new/sub/a.txt") == "new"
    assert folders.of_place(f"{REVIEW}/invoice/a.txt") == REVIEW
    assert not folders.has("new")
    assert folders.has(REVIEW.upper())
