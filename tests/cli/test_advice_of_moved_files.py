"""The advice of errors about a label space file that has, or had, another name works."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest
from advice import Cases, Desk
from commands import call
from fakes import WordEncoder
from mounts import mounted_file
from other_processes import kept_open, killed_writer

from protolabel import LabelSpace

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


def words_space(d: Desk) -> Path:
    """A label space that the helpers' processes can open."""
    path = d.folder / "words.space"
    LabelSpace.create(path, encoder=WordEncoder(), background=False).close()
    return path


@CASES.of("open {} and repeat the change")
def file_that_was_moved_away(d: Desk) -> None:
    space = LabelSpace(d.space, background=False)
    space.add("the last change before the move", "cv")
    moved = d.space.rename(d.folder / "moved.space")
    remedy = d.raised(lambda: space.add("more", "cv"))
    with LabelSpace(shlex.split(remedy)[1], background=False) as again:
        again.add("more", "cv")
    space.close()
    texts = call("show", moved, "cv").stdout
    assert "before the move" in texts
    assert "more" in texts


@CASES.of(
    "give it its old name again, or rename the files -wal and -shm beside the old name as it was, "
    "since they hold its last changes; then open it again and repeat the change"
)
def file_that_was_moved_to_the_log_of_another(d: Desk) -> None:
    space = LabelSpace(d.space, background=False)
    space.add("the last change before the move", "cv")
    d.file("moved.space-wal", "of another")
    moved = d.space.rename(d.folder / "moved.space")
    d.raised(lambda: space.add("more", "cv"))
    space.close()
    for side in ("-wal", "-shm"):
        Path(f"{d.space}{side}").rename(f"{moved}{side}")
    call("add", moved, "cv", "--text", "more")
    assert "before the move" in call("show", moved, "cv").stdout


@CASES.of("use the name {}, or close it first")
def file_with_two_names_in_one_process(d: Desk) -> None:
    link = d.folder / "link.space"
    with LabelSpace(d.space, background=False) as space:
        os.link(d.space, link)
        d.raised(lambda: LabelSpace(link, background=False))
        assert space.classes()
    LabelSpace(link, background=False).close()


@CASES.of(
    "end that process, which brings a moved file its last changes, and repeat; or use the name "
    "that it has there"
)
def file_that_is_open_under_its_former_name(d: Desk) -> None:
    path = words_space(d)
    with kept_open(path):
        path.rename("moved.space")
        d.refused("classes", "moved.space", code=5)
    call("classes", "moved.space")


@CASES.of(
    "make it a file of its own: protolabel backup {} COPY && protolabel restore COPY {} --replace"
)
def file_with_hard_links(d: Desk) -> None:
    link = d.folder / "a snapshot.space"
    os.link(d.space, link)
    remedy = d.refused("add", d.space, "cv", "--text", "more", code=5)
    for command in remedy.partition("own: ")[2].split(" && "):
        call(*shlex.split(command)[1:])
    call("add", d.space, "cv", "--text", "a new page")
    assert "a new page" not in call("show", link, "cv").stdout


@CASES.of("mount its folder instead")
def file_that_is_mounted_alone(d: Desk) -> None:
    with mounted_file(d.space, d.folder / "mounted.space"):
        d.refused("add", "mounted.space", "cv", "--text", "more", code=5)
    call("add", d.space, "cv", "--text", "more")


@CASES.of("change nothing before its log is with it, as said above")
def file_without_the_log_of_a_killed_process(d: Desk) -> None:
    path = words_space(d)
    killed_writer(path, "late")
    path.rename("moved.space")
    d.refused("check", "moved.space", code=5)
    output = call("check", "moved.space", code=5).stdout
    subprocess.run(["sh", "-ec", output.partition("to bring them: ")[2]], check=True)
    assert "late" in call("classes", "moved.space").stdout


@CASES.of(
    "the files beside it hold the last changes of the label space that had this name before; if "
    "you renamed that one to NEW, and no NEW-wal is there, give them to it: {}. To open {} as it "
    "was copied, without them: rm {}"
)
def backup_at_the_name_of_a_renamed_file(d: Desk) -> None:
    path = words_space(d)
    call("backup", path, "COPY")
    killed_writer(path, "late")
    path.rename("moved.space")
    Path("COPY").rename(path)
    remedy = d.refused("classes", path, code=5)
    commands = remedy.partition("give them to it: ")[2].partition(". To open")[0]
    subprocess.run(["sh", "-ec", commands.replace("NEW", "moved.space")], check=True)
    assert "late" in call("classes", "moved.space").stdout
    assert "late" not in call("classes", path).stdout
