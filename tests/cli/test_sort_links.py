"""`label --sort-into` and links in the inbox: nothing is moved that lies elsewhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from commands import call
from sorted_folders import BILL, JOB, SORTED, places, sort

HOWS = pytest.mark.parametrize("how", ["copy", "link", "move"])


@HOWS
def test_a_link_to_a_folder_elsewhere_is_left_out_and_counted(how, mail, inbox, tmp_path):
    archive, out = tmp_path / "archive", tmp_path / "out"
    archive.mkdir()
    (archive / "2019.txt").write_text(BILL)
    (inbox / "archive").symlink_to("../archive")
    done = call("label", mail, inbox, "--sort-into", out, "--by", how)
    assert "1 left out, links to folders" in done.stderr
    assert places(out) == SORTED
    assert places(archive) == {"2019.txt": BILL}
    assert (inbox / "archive").is_symlink()
    assert "2019.txt" in call("label", mail, inbox / "archive", "--sort-into", out).stdout


@HOWS
def test_the_sorted_folder_is_no_source_however_it_is_reached(how, own_mail, inbox, tmp_path):
    """What a person put somewhere in it stays there, and can be learned."""
    out = tmp_path / "out"
    out.mkdir()
    (inbox / "done").symlink_to("../out")
    sort(own_mail, inbox, out, "--by", how)
    (out / "invoice/a.txt").rename(out / "cv/a.txt")
    (inbox / "again.txt").symlink_to("../out/cv/a.txt")
    expected = places(out)
    for _ in range(3):
        done = call("label", own_mail, inbox, "--sort-into", out, "--by", how)
        words = " ".join(done.stderr.split())
        assert "2 left out, written by protolabel: done, again.txt" in words
        assert places(out) == expected
    assert "invoice/a.txt -> cv/a.txt" in call("learn", own_mail, out).stdout


@HOWS
def test_another_sorted_folder_in_the_inbox_is_no_source(how, mail, inbox, tmp_path):
    earlier = inbox / "by month" / "sorted"
    sort(mail, inbox / "sub", earlier)
    before = places(earlier)
    assert before
    assert sort(mail, inbox, tmp_path / "out", "--by", how) == {
        "a.txt": "invoice", "b.txt": "_review", "sub/a.txt": "cv", "sub/deep/c.txt": "invoice",
    }  # fmt: skip
    assert places(earlier) == before


def test_a_move_leaves_links_to_files_and_what_they_lead_to(mail, inbox, tmp_path):
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere.txt"
    elsewhere.write_text(JOB)
    (inbox / "link.txt").symlink_to(elsewhere)
    done = call("label", mail, inbox, "--sort-into", out, "--by", "move")
    assert "1 left out, links to files (neither a link" in done.stderr
    assert places(out) == SORTED
    assert elsewhere.read_text() == (inbox / "link.txt").read_text() == JOB
    call("label", mail, inbox / "link.txt", "--sort-into", out, "--by", "move")
    assert places(out) == SORTED
    assert sort(mail, inbox, out) == {"link.txt": "cv"}
    assert elsewhere.read_text() == places(out)["cv/link.txt"] == JOB


def test_a_link_to_nothing_is_named_and_left(mail, inbox, tmp_path):
    (inbox / "gone.txt").symlink_to("nowhere")
    done = call("label", mail, inbox, "--sort-into", tmp_path / "out", "--by", "move", code=6)
    assert "gone.txt" in done.stdout + done.stderr
    assert (inbox / "gone.txt").is_symlink()


def test_a_folder_that_is_named_may_be_a_link(mail, inbox, tmp_path):
    link = Path(shutil.move(inbox, tmp_path / "real")).with_name("inbox")
    link.symlink_to("real")
    sort(mail, link, tmp_path / "out", "--by", "move")
    assert places(tmp_path / "out") == SORTED
    assert not places(tmp_path / "real")
