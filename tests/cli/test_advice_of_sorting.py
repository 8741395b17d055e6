"""The advice of errors about sorted folders works when done to the letter."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from advice import Cases, Desk
from commands import call, run
from common_words import make_common
from office_files import zipped
from pseudo_terminals import in_terminal

from protolabel.batch.sorting.journal import Journal

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


@CASES.of("add --sort-into FOLDER")
def how_to_sort_and_nowhere_to(d: Desk) -> None:
    d.file("in/1.txt", "pay")
    for option in (("--by", "copy"), ("--follow",)):
        d.refused("label", d.space, d.folder / "in", *option)
    call("label", d.space, d.folder / "in", "--by", "copy", "--sort-into", d.folder / "out")


@CASES.of("leave {} out, or run the command once for each")
def answers_and_folders_at_once(d: Desk) -> None:
    d.file("in/1.txt", "pay")
    command = ("label", d.space, d.folder / "in")
    out, folder = ("--out", d.folder / "a.csv"), ("--sort-into", d.folder / "out")
    for option in (("--top", 2), ("--evidence", 1), ("--set", "90%")):
        d.refused("label", d.space, d.folder / "in", *option, *folder)
    d.refused(*command, *out, *folder)
    call(*command, *out)
    call(*command, *folder)


@CASES.of("name a folder, or leave --sort-into out", "name the folder")
def nothing_that_can_be_sorted(d: Desk) -> None:
    folder = ("--sort-into", d.folder / "out")
    d.refused("label", d.space, "-", *folder)
    d.refused("label", d.space, *folder)
    call("label", d.space, "-", stdin="pay")
    d.file("in/1.txt", "pay")
    call("label", d.space, d.folder / "in", *folder)


@CASES.of("--review-below 50% puts unsure files into {}")
def a_space_that_declines_few_strangers(d: Desk) -> None:
    space = make_common(d.folder / "common.space")
    d.file("in/1.txt", "dear pay job friend")
    command = ("label", space, d.folder / "in", "--sort-into", d.folder / "out")
    words = " ".join(call(*command, "--preview").stderr.split())
    d.met += re.findall(r"--review-below 50% puts unsure files into \w+", words)
    call(*command, "--review-below", "50%")
    assert (d.folder / "out/_review/1.txt").is_file()


@CASES.of("read the folder again: {}")
def a_decision_while_the_folder_is_read(d: Desk) -> None:
    d.file("in/1.txt", "pay the amount")
    folder = d.folder / "out"
    call("label", d.space, d.folder / "in", "--sort-into", folder, "--by", "copy")
    (place,) = folder.rglob("1.txt")
    (folder / "letters").mkdir()
    place.rename(folder / "letters/1.txt")
    words = in_terminal(
        *("learn", d.space, folder, "--yes"),
        meanwhile=lambda: run("correct", d.space, d.folder / "in/1.txt", "--to", "cv"),
    )
    (remedy,) = re.findall(r"read the folder again: (protolabel .+)", " ".join(words.split()))
    d.met.append(f"read the folder again: {remedy}")
    call(*shlex.split(remedy)[1:])


@CASES.of("bring one back: `protolabel unretire SPACE {}`")
def a_space_whose_classes_are_retired(d: Desk) -> None:
    d.file("in/1.txt", "pay")
    command = ("label", d.space, d.folder / "in", "--sort-into", d.folder / "out")
    call("retire", d.space, "invoice", "cv", "letter")
    d.obeyed(d.refused(*command))
    assert "invoice" in call(*command).stdout


@CASES.of("make one: `protolabel describe SPACE invoice 'a bill asking for payment'`")
def a_space_without_a_class(d: Desk) -> None:
    d.file("in/1.txt", "pay")
    command = ("label", d.folder / "new.space", d.folder / "in", "--sort-into", d.folder / "out")
    call("init", d.folder / "new.space", "--encoder", "hashing")
    d.obeyed(d.refused(*command))
    call(*command)


@CASES.of(
    "give --sort-into another folder",
    "wait until it has ended, or stop it where it follows the folder",
)
def a_folder_that_is_taken(d: Desk) -> None:
    d.file("in/1.txt", "pay")
    command = ("label", d.space, d.folder / "in", "--sort-into")
    d.refused(*command, d.file("file.txt", "x"))
    out = d.folder / "out"
    out.mkdir()
    journal = Journal(out, None)
    d.refused(*command, out)
    journal.close()
    call(*command, d.folder / "other")
    call(*command, out)


@CASES.of("move them into one, or remove those that are wrong there")
def equal_files_in_the_folders_of_two_classes(d: Desk) -> None:
    out = d.folder / "out"
    call("label", d.space, d.file("in/1.txt", "pay the sum"), "--sort-into", out)
    d.file("out/cv/a.txt", "kind regards from the seaside")
    copy = d.file("out/letter/b.txt", "kind regards from the seaside")
    remedy = "move them into one, or remove those that are wrong there"
    words = call("learn", d.space, out, "--yes", code=6).stderr
    assert remedy in " ".join(words.split())
    d.met.append(remedy)
    copy.rename(out / "cv" / "b.txt")
    assert "added 1 example" in call("learn", d.space, out, "--yes").stdout


@CASES.of("to take a folder for each class: protolabel import {} {}")
def a_folder_that_was_not_sorted(d: Desk) -> None:
    d.file("past/invoice/1.txt", "pay the sum")
    d.obeyed(d.refused("learn", d.space, d.folder / "past"))


@CASES.of(
    "give the path of the file, from the folder that you are in",
    "give its path within that folder",
    "look for it: `ls -R {}`",
    "give its key; `protolabel review SPACE --list --all` lists the keys",
    "name one of them; `protolabel add SPACE CLASS FILE` takes all of a file",
)
def a_name_that_means_no_document_or_several(d: Desk) -> None:
    to = ("--to", "invoice")
    d.refused("correct", d.space, "scan.txt", *to)
    d.file("in/1/scan.txt", "pay the first sum")
    d.file("in/2/scan.txt", "pay the second sum")
    folder = ("--in", d.folder / "in")
    d.refused("correct", d.space, "scan.txt", *to, *folder)
    d.in_a_shell(d.refused("correct", d.space, "scam.txt", *to, *folder), "ls")
    call("correct", d.space, "1/scan.txt", *to, *folder)
    call("correct", d.space, d.folder / "in/2/scan.txt", *to)
    for n in (3, 4):
        call("label", d.space, d.file(f"in/{n}/other.txt", f"pay {n}"))
    d.refused("correct", d.space, "other.txt", *to)
    first = json.loads(call("review", d.space, "--list", "--all", "--json").stdout.splitlines()[0])
    call("correct", d.space, first["key"], *to)
    table = d.file("t.csv", "text\npay three\npay four\n")
    d.refused("correct", d.space, table, *to)
    call("correct", d.space, f"{table}:2", *to)
    call("add", d.space, "invoice", table)


@CASES.of("name it by its place")
def an_id_of_two_tables_of_one_file(d: Desk) -> None:
    archive = d.folder / "a.zip"
    archive.write_bytes(zipped({name: f"id,text\n7,pay {name}\n" for name in ("a.csv", "b.csv")}))
    d.refused("correct", d.space, f"{archive}/7", "--to", "invoice")
    call("correct", d.space, f"{archive}/b.csv:2", "--to", "invoice")
