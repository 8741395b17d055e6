"""`learn` says what it passes over: files in no folder, in a retired class; equal files."""

from __future__ import annotations

import pytest
from commands import call, records
from sorted_folders import BILL, JOB, NONSENSE, places, sort

from protolabel.cli.reading import SOME_SKIPPED


def members_of(space, label: str) -> set[str]:
    (listing,) = records("show", space, label, "--json")
    return {member["text"] for member in listing["members"]}


def test_a_file_in_no_folder_is_named_and_one_with_the_name_of_a_class_stands_out(
    own_mail, inbox, tmp_path
):
    out = tmp_path / "out"
    sort(own_mail, inbox, out)
    call("describe", own_mail, "recall", "a product that is called back")
    (out / "invoice/a.txt").rename(out / "recall")  # no such folder was there: it became a file
    (out / "loose.txt").write_text("in no folder of a class")
    (out / "%=cut").mkdir()
    (out / "%=cut/lost.txt").write_text("in a folder that no class has")
    words = call("learn", own_mail, out).stderr
    assert (
        "2 files lie in no folder, so that nothing is learned of them: loose.txt; recall (the"
        in (" ".join(words.split()))
    )
    assert "1 file lies in a folder that no class can have" in " ".join(words.split())
    assert "%=cut/lost.txt" in words
    (out / "recall").unlink()
    (out / "loose.txt").unlink()
    (out / "%=cut/lost.txt").unlink()
    assert "in no folder" not in call("learn", own_mail, out).stderr


def test_a_file_in_the_place_of_a_class_folder_is_named_by_the_next_sort(own_mail, inbox, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "cv").write_text("a file")
    done = call("label", own_mail, inbox, "--sort-into", out, code=SOME_SKIPPED)
    line = next(one for one in done.stderr.splitlines() if "sub/a.txt in place" in one)
    assert f"{out / 'cv'} is a file, where a folder is to stand" in line
    assert "give that file another name" in line
    assert (out / "cv").read_text() == "a file"
    (out / "cv").rename(out / "cv.txt")
    sort(own_mail, inbox, out)
    assert places(out)["cv/sub/a.txt"] == JOB


@pytest.mark.parametrize("folder", ["cv", "none of these"])
def test_a_move_into_a_class_that_takes_none_stops_no_other_move(own_mail, inbox, tmp_path, folder):
    out = tmp_path / "out"
    sort(own_mail, inbox, out)
    (out / "fines").mkdir()
    (out / "_review/b.txt").rename(out / "fines/b.txt")
    (out / folder).mkdir(exist_ok=True)
    (out / "invoice/a.txt").rename(out / folder / "bill.txt")
    call("retire", own_mail, "cv")
    offer = call("learn", own_mail, out)
    assert "1 example to take; nothing was changed" in offer.stderr
    assert "skipped" in offer.stderr
    assert folder in offer.stderr
    if folder == "cv":
        assert "cv/bill.txt  (a retired class: not an example)" in offer.stdout
    call("learn", own_mail, out, "--yes", "--new", code=SOME_SKIPPED)
    assert len(members_of(own_mail, "fines")) == 1
    assert len(records("learn", own_mail, out, "--json")) == 1  # it waits for its class
    if folder == "cv":
        call("unretire", own_mail, "cv")
        call("learn", own_mail, out, "--yes")
        assert BILL in members_of(own_mail, "cv")


def test_equal_files_in_the_folders_of_two_classes_are_named_until_one_is_moved(
    own_mail, inbox, tmp_path
):
    out = tmp_path / "out"
    sort(own_mail, inbox, out)
    (out / "fines").mkdir()
    (out / "invoice/a.txt").rename(out / "fines/a.txt")
    call("learn", own_mail, out, "--yes")
    (out / "invoice/sub/deep/c.txt").rename(out / "cv/c.txt")  # an equal one
    for options in ([], ["--yes"], []):
        words = " ".join(call("learn", own_mail, out, *options).stderr.split())
        assert "equal files are in the folders of different classes: " in words
        assert "fines/a.txt and cv/c.txt (the last word: 'cv')" in words
    assert BILL in members_of(own_mail, "cv")
    assert BILL not in members_of(own_mail, "fines")
    (out / "fines/a.txt").rename(out / "cv/a.txt")
    assert "equal files" not in call("learn", own_mail, out, "--yes").stderr
    assert "equal files" not in call("learn", own_mail, out).stderr


def test_equal_files_that_go_to_two_classes_at_once_stop_no_other_move(own_mail, inbox, tmp_path):
    out = tmp_path / "out"
    sort(own_mail, inbox, out)
    (out / "fines").mkdir()
    (out / "invoice/a.txt").rename(out / "fines/a.txt")
    (out / "invoice/sub/deep/c.txt").rename(out / "cv/c.txt")
    (out / "_review/b.txt").rename(out / "cv/b.txt")
    for options, code in (([], 0), (["--yes"], SOME_SKIPPED)):
        words = " ".join(call("learn", own_mail, out, *options, code=code).stderr.split())
        assert words.count("one document in the folders of two classes: ") == 2
        assert "'cv' (" in words
        assert "'fines' (" in words
    assert NONSENSE in members_of(own_mail, "cv")
    assert BILL not in members_of(own_mail, "cv")
    (out / "fines/a.txt").rename(out / "cv/a.txt")
    call("learn", own_mail, out, "--yes")
    assert BILL in members_of(own_mail, "cv")
