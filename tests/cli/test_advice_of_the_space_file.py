"""The advice of errors about the file of a label space, and its encoder, works to the letter."""

from __future__ import annotations

import json
import shlex
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
from advice import Cases, Desk
from commands import call
from fakes import WordEncoder

from protolabel import Document, Example, LabelSpace

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


# -- the file -------------------------------------------------------------------------------------


@CASES.of("check the path, or make it with `protolabel init {}`")
def no_label_space(d: Desk) -> None:
    other = d.folder / "not there.space"
    d.obeyed(d.refused("classes", other, code=5))
    call("classes", other)


@CASES.of("did you mean {}? Otherwise make it with `protolabel init {}`")
def label_space_of_a_mistyped_name(d: Desk) -> None:
    call("init", d.folder / "letters.space", "--encoder", "hashing")
    d.refused("classes", d.folder / "leters.space", code=5)
    call("classes", d.folder / "letters.space")


@CASES.of("name a file, such as mail.space")
def space_in_memory(d: Desk) -> None:
    d.refused("init", ":memory:", "--encoder", "hashing")
    d.refused("classes", "-")
    call("init", "mail.space", "--encoder", "hashing")


@CASES.of("choose another path, or use the label space that is there")
def space_that_is_there(d: Desk) -> None:
    d.refused("init", d.space, "--encoder", "hashing", code=5)
    call("init", "another.space", "--encoder", "hashing")
    call("classes", d.space)


@CASES.of("choose another path, or open the label space that is there")
def space_that_is_there_in_python(d: Desk) -> None:
    d.raised(lambda: LabelSpace.create(d.space, encoder="hashing", background=False))
    LabelSpace(d.space, background=False).close()
    LabelSpace.create(d.folder / "another.space", encoder="hashing", background=False).close()


@CASES.of("choose a path in a folder")
def file_in_the_place_of_the_folder(d: Desk) -> None:
    taken = d.file("taken")
    d.refused("init", taken / "a.space", "--encoder", "hashing", code=5)
    (d.folder / "folder").mkdir()
    call("init", d.folder / "folder" / "a.space", "--encoder", "hashing")


@CASES.of("mkdir -p {}, or choose another path")
def folder_that_is_not_there(d: Desk) -> None:
    command = ("init", d.folder / "deep" / "er" / "a.space", "--encoder", "hashing")
    d.in_a_shell(d.refused(*command, code=5).split(",")[0], "mkdir")
    call(*command)


@CASES.of(
    "choose another path. If the label space was renamed to NEW, and no NEW-wal is there, they "
    "hold its last changes: {}. If it was deleted: rm {}"
)
def files_beside_the_name(d: Desk) -> None:
    d.file("a b.space-wal", "left over")
    command = ("init", d.folder / "a b.space", "--encoder", "hashing")
    d.in_a_shell(d.refused(*command, code=5), "rm")
    call(*command)
    old, new = d.folder / "my old.space", d.folder / "new.space"
    with LabelSpace(d.space, background=False) as space:
        space.add("the last change before a kill", "cv")
        shutil.copy(d.space, new)  # renamed after the kill
        for side in ("-wal", "-shm"):
            shutil.copy(f"{d.space}{side}", f"{old}{side}")
    remedy = d.refused("init", old, "--encoder", "hashing", code=5)
    moves = remedy.partition("last changes: ")[2].partition(". If it was deleted")[0]
    subprocess.run(moves.replace("NEW", "new.space"), shell=True, cwd=d.folder, check=True)
    assert "before a kill" in call("show", new, "cv").stdout
    call("init", old, "--encoder", "hashing")


@CASES.of("choose another path")
def no_file_of_a_space(d: Desk) -> None:
    for path in (d.folder, d.file("letter.txt", "Dear Sir"), Path("/dev/null")):
        d.refused("classes", path, code=5)
    call("classes", d.space)


@CASES.of("protolabel {} SPACE {}")
def space_that_was_forgotten(d: Desk) -> None:
    d.file("my inbox/1.txt", "please pay the bill")
    d.file("more/2.txt", "I apply for the job")
    d.file("classes/cv/3.txt", "my papers")
    sort = ("label", "my inbox", "more", "--sort-into", "sorted")
    for command in (
        ("label", "my inbox"), ("label", "my inbox", "more"), sort, ("discover", "my inbox"),
        ("next", "more"), ("stream", "more/2.txt"), ("learn", "sorted"), ("import", "classes"),
        ("correct", "my inbox/1.txt", "--to", "cv"), ("add", "invoice", "my inbox/1.txt"),
        ("label", "more/2.txt", "--text", "please pay"), ("show", "invoice"),
        ("retire", "invoice", "cv"),
    ):  # fmt: skip
        remedy = d.refused(*command, code=5)
        d.obeyed(remedy.replace("SPACE", shlex.quote(str(d.space))))
    assert (d.folder / "sorted").is_dir()


@CASES.of("choose another path, or {}", "restore a backup: protolabel restore BACKUP {} --replace")
def empty_file(d: Desk) -> None:
    call("backup", d.space, d.folder / "BACKUP")
    d.space.write_bytes(b"")
    d.obeyed(d.refused("classes", d.space, code=5))
    assert "invoice" in call("classes", d.space).stdout


@CASES.of("choose another")
def backup_that_is_there(d: Desk) -> None:
    there = d.file("backup.space", "something else")
    d.refused("backup", d.space, there, code=5)
    call("backup", d.space, d.folder / "another.space")
    assert there.read_text() == "something else"


@CASES.of("check the path")
def no_backup(d: Desk) -> None:
    d.refused("restore", "nowhere.space", "new.space", code=5)
    call("backup", d.space, "somewhere.space")
    call("restore", "somewhere.space", "new.space")


@CASES.of("take another backup")
def damaged_backup(d: Desk) -> None:
    call("backup", d.space, "backup.space")
    db = sqlite3.connect("backup.space", isolation_level=None)
    db.execute("UPDATE examples SET item = 999")
    db.close()
    d.refused("restore", "backup.space", "new.space", code=5)
    call("backup", d.space, "another.space")
    call("restore", "another.space", "new.space")


@CASES.of("keep it under another name and put the backup there: protolabel restore {} {} --replace")
def restore_over_a_space(d: Desk) -> None:
    call("backup", d.space, "a backup.space")
    call("retire", d.space, "invoice")
    assert "restored" in d.obeyed(d.refused("restore", "a backup.space", d.space, code=5))
    assert "retired" not in call("classes", d.space).stdout


@CASES.of("end the processes that use it, then repeat")
def restore_of_an_open_space(d: Desk) -> None:
    call("backup", d.space, "backup.space")
    space = LabelSpace(d.space, background=False)
    space.add("more", "cv")
    command = ("restore", "backup.space", d.space, "--replace")
    d.refused(*command, code=5)
    space.close()
    call(*command)


@CASES.of("protolabel check {} --repair")
def damaged_sums(d: Desk) -> None:
    db = sqlite3.connect(d.space, isolation_level=None)
    db.execute("UPDATE sums SET n = n + 1")
    db.close()
    d.obeyed(d.refused("check", d.space, code=5))
    call("check", d.space)


@CASES.of("restore a backup: protolabel restore BACKUP {} --replace")
def damaged_rows(d: Desk) -> None:
    call("backup", d.space, "BACKUP")
    db = sqlite3.connect(d.space, isolation_level=None)
    db.execute("UPDATE examples SET item = 999")
    db.close()
    d.obeyed(d.refused("check", d.space, code=5))
    call("check", d.space)


@CASES.of("`protolabel check {}` lists what is damaged; {}")
def damaged_log(d: Desk) -> None:
    call("backup", d.space, "BACKUP")
    db = sqlite3.connect(d.space, isolation_level=None)
    db.execute("UPDATE changes SET detail = '{' WHERE version = 2")
    db.close()
    remedy = d.refused("history", d.space, code=5)
    assert "changes 2: detail is '{'" in call("check", d.space, code=5).stdout
    d.obeyed(remedy.partition("restore a backup: ")[2])
    call("history", d.space)


@CASES.of("open it again: LabelSpace({})")
def closed_space(d: Desk) -> None:
    space = LabelSpace(d.space, background=False)
    space.close()
    remedy = d.raised(lambda: space.classes())
    again = eval(remedy.partition("again: ")[2], {"LabelSpace": LabelSpace})
    assert again.classes()
    again.close()


@CASES.of("it was in memory alone, and is gone: make it again")
def closed_space_in_memory(d: Desk) -> None:
    space = LabelSpace.create(encoder="hashing", background=False)
    space.close()
    d.raised(lambda: space.classes())
    LabelSpace.create(encoder="hashing", background=False).close()


@CASES.of("choose a path such as mail.space")
def restore_to_memory(d: Desk) -> None:
    with LabelSpace(d.space, background=False) as space:
        d.raised(lambda: space.backup(":memory:"))
        space.backup("mail.space")
    call("classes", "mail.space")


@CASES.of("upgrade protolabel: pip install -U protolabel")
def newer_format(d: Desk) -> None:
    """The newer protolabel is this one, once the file says its number again."""
    db = sqlite3.connect(d.space, isolation_level=None)
    (number,) = db.execute("PRAGMA user_version").fetchone()
    db.execute("PRAGMA user_version = 99")
    d.refused("classes", d.space, code=5)
    db.execute(f"PRAGMA user_version = {number}")
    db.close()
    call("classes", d.space)


# -- encoders of a label space --------------------------------------------------------------------


@CASES.of(
    "open it with that encoder, or move the label space to the other one: "
    "protolabel reencode {} --encoder NAME"
)
def another_encoder(d: Desk) -> None:
    command = ("label", d.space, "--text", "pay", "--encoder", "hashing:64")
    remedy = d.refused(*command, code=4)
    d.obeyed(remedy.replace("NAME", "hashing:64"))
    call(*command)
    with LabelSpace(d.space, encoder="hashing:64", background=False) as space:
        space.label("pay")


@CASES.of(
    "add --encoder FOLDER to the command, if it is an encoder in a folder; a function can be given "
    "in Python alone",
)
def encoder_of_python(d: Desk) -> None:
    path = d.folder / "words.space"
    with LabelSpace.create(path, encoder=WordEncoder(), background=False) as space:
        space.add("pay", "bill")
    d.refused("label", path, "--text", "pay", code=4)
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        assert space.label("pay").label == "bill"


@CASES.of("LabelSpace(path, encoder=...)")
def encoder_of_python_in_python(d: Desk) -> None:
    path = d.folder / "words.space"
    with LabelSpace.create(path, encoder=WordEncoder(), background=False) as space:
        space.add("pay", "bill")
    with LabelSpace(path, background=False) as space:
        d.raised(lambda: space.label("pay"))
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        assert space.label("pay").label == "bill"


@CASES.of(
    "add them again with their content and remove these (protolabel remove {} {} ...), or stay "
    "with the present encoder"
)
def vectors_without_content(d: Desk) -> None:
    with LabelSpace(d.space, background=False) as space:
        vector = space.view().embedder.texts(["my papers"])[0]
        space.add(Example("cv", embedding=vector, id="bare 1"))
    command = ("reencode", d.space, "--encoder", "hashing:64")
    remedy = d.refused(*command)
    call("add", d.space, "cv", "--text", "my papers")
    d.obeyed(remedy.replace(" ...)", ";"))
    call(*command)


@CASES.of("make a new label space, and import examples that bring their embeddings")
def vectors_made_elsewhere(d: Desk) -> None:
    d.refused("reencode", d.space, "--encoder", "precomputed:3", code=4)
    call("init", "new.space", "--encoder", "precomputed:3")
    row = {"label": "a", "embedding": [1.0, 0.0, 0.5]}
    call("import", "new.space", d.file("rows.jsonl", json.dumps(row)))


@CASES.of("give each document an `embedding`, or create the space with an encoder")
def text_without_a_vector(d: Desk) -> None:
    call("init", "v.space", "--encoder", "precomputed:3")
    d.refused("add", "v.space", "a", "--text", "pay")
    call("import", "v.space", d.file("r.jsonl", '{"label": "a", "embedding": [1, 0, 0]}'))
    call("init", "t.space", "--encoder", "hashing")
    call("add", "t.space", "a", "--text", "pay")


@CASES.of("use the encoder that the label space was made with", "drop the document")
def vector_of_another_size(d: Desk) -> None:
    with LabelSpace(d.space, background=False) as space:
        d.raised(lambda: space.label(Document("d", embedding=[1.0, 2.0])))
        vector = space.view().embedder.encoder().encode(["pay"])[0]
        space.label(Document("d", embedding=vector))
        d.raised(lambda: space.add([Example("a", "pay"), Example("a", " ")]))
        space.add([Example("a", "pay")])


@CASES.of("drop the document, or compute its embedding again", "give them as two documents")
def vectors_of_no_numbers(d: Desk) -> None:
    with LabelSpace(d.space, background=False) as space:
        vector = space.view().embedder.encoder().encode(["pay"])[0]
        for bad in (["x"] * len(vector), vector * float("nan")):
            d.raised(lambda bad=bad: space.label(Document("d", embedding=bad)))
        space.label(Document("d", embedding=vector))
        d.raised(lambda: space.label(Document("d", "pay", image=b"\x89PNG")))
        space.label(Document("d", "pay"))


@CASES.of("give another encoder another fingerprint")
def two_encoders_of_one_name(d: Desk) -> None:
    class Other(WordEncoder):
        dim = 3

    path = d.folder / "words.space"
    with LabelSpace.create(path, encoder=WordEncoder(), background=False) as space:
        space.add("pay", "bill")
        other = Other()
        other.fingerprint = WordEncoder().fingerprint
        d.raised(lambda: space.compare(other))
        other.fingerprint = "three words"
        assert space.compare(other).n == 0


@CASES.of("divide all vectors by one number, or bring each to unit length")
def vectors_that_are_too_large(d: Desk) -> None:
    with LabelSpace.create(encoder="precomputed:2", metric="euclidean", background=False) as space:
        d.raised(lambda: space.add(Example("a", embedding=[3e9, 1.0])))
        space.add(Example("a", embedding=[3.0, 0.001]))
        space.add(Example("a", embedding=[1.0, 0.0]))
