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
