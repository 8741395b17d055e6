"""Files of older formats: what an older protolabel wrote is opened, whole, and goes on.

``data/format-N.space`` was written by the protolabel of format N, and ``format-N.json`` is what
that protolabel said about each version of it. Format 1 has texts; later ones have images too.
Where an older record says the same, a format has none of its own: 4 is compared with that of 3, and
9 with that of 8.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from fakes import PictureEncoder
from mounts import read_only
from stored import connection_of, damage, store_of

from protolabel import Document, LabelSpace
from protolabel.errors import InputError, SpaceDamagedError, StoreError
from protolabel.open_world.discovery import stored_proposals
from protolabel.store import open_store
from protolabel.store.schema import FORMAT

DATA = Path(__file__).parents[1] / "data"


def copied(tmp_path: Path, number: int) -> Path:
    shutil.copy(DATA / f"format-{number}.space", tmp_path / "old.space")
    return tmp_path / "old.space"


@pytest.fixture
def old(tmp_path) -> Path:
    return copied(tmp_path, 1)


@pytest.fixture
def pictures(tmp_path) -> Path:
    return copied(tmp_path, 2)


def user_version(path: Path) -> int:
    db = sqlite3.connect(path)
    (number,) = db.execute("PRAGMA user_version").fetchone()
    db.close()
    return int(number)


def encodings(path: Path) -> list[tuple[object, ...]]:
    db = sqlite3.connect(path)
    stored = db.execute("SELECT encoding, fingerprint, encoder, dim, reads FROM encodings")
    rows = stored.fetchall()
    db.close()
    return rows


def digest(records: list[dict]) -> str:
    """Return SHA-256 of examples (label, id, text) and of descriptions that people gave."""
    examples = sorted(
        [r["label"], r["id"], r.get("text")] for r in records if {"id", "label"} <= r.keys()
    )
    classes = sorted(
        [r["label"], r["description"]] for r in records if r.get("description_from") == "given"
    )
    return hashlib.sha256(json.dumps([examples, classes]).encode()).hexdigest()


def as_told(path: Path, number: int = 1, encoder: object = None) -> None:
    """The label space says of each version what the old protolabel said."""
    earlier = json.loads((DATA / f"format-{number}.json").read_text())
    with LabelSpace(path, encoder=encoder, background=False) as space:
        assert space.version == len(earlier["versions"])
        for version, expected in enumerate(earlier["versions"], start=1):
            view = space.at(version)
            assert list(view.prototypes.labels) == expected["labels"]
            weights = np.array(expected["weights"]).reshape(-1, earlier["dim"])
            np.testing.assert_allclose(view.prototypes.weights, weights, atol=1e-6)
            assert digest(list(view.export())) == expected["export"]
        space.settle()  # fits of earlier code are made again
        newest = space.view()
        images = {name: newest.image(name) for name, *_ in earlier["pictures"]}
        documents = [Document("d", text) for text, *_ in earlier["answers"]]
        documents += [Document("d", image=images[name]) for name, *_ in earlier["pictures"]]
        expected = [*earlier["answers"], *earlier["pictures"]]
        for document, (_, label, *_) in zip(documents, expected, strict=True):
            answer = space.label(document)
            assert label in (None, answer.alternatives[0].label)  # the threshold is fitted again
            assert answer.encoder_fingerprint == earlier["fingerprint"]
        assert damage(space) == []


def test_a_file_of_format_1(old):
    assert user_version(old) == 1
    as_told(old)
    assert user_version(old) == FORMAT
    assert encodings(old) == [(1, "hashing:16", "hashing:16", 16, "text")]
    as_told(old)
    with LabelSpace(old, background=False) as space:
        space.remove("brought")  # an embedding without text
        space.reencode("hashing:32")
        assert damage(space) == []
        for _ in range(2):
            space.undo()
        assert space.fingerprint == "hashing:16"
        space.return_to(4)
        assert damage(space) == []


def test_a_file_of_format_2(pictures):
    assert user_version(pictures) == 2
    as_told(pictures, 2, PictureEncoder())
    assert user_version(pictures) == FORMAT
    assert encodings(pictures) == [(1, "words and pictures:8", "", 8, "text images")]
    as_told(pictures, 2, PictureEncoder())
    db = sqlite3.connect(pictures)
    assert {k for (k,) in db.execute("SELECT key FROM meta")} == {
        "metric", "created_at", "answered", "answer_writes", "commit",
    }  # fmt: skip
    db.close()
    with LabelSpace(pictures, encoder=PictureEncoder(), background=False) as space:
        space.remove("brought")  # an embedding without text or image
        with pytest.raises(InputError, match=r"5 images for an encoder of text alone, hashing:32"):
            space.reencode("hashing:32")
        other = PictureEncoder("others")
        space.reencode(other)
        assert len(other.images) == 4  # two examples of the five are the same item
        assert damage(space) == []
        space.return_to(5)
        assert damage(space) == []
    with LabelSpace(pictures, encoder=PictureEncoder(), background=False) as space:
        assert space.fingerprint == "words and pictures:8"


def test_a_file_of_format_3(tmp_path):
    path = copied(tmp_path, 3)
    as_told(path, 3, PictureEncoder())
    assert user_version(path) == FORMAT
    as_told(path, 3, PictureEncoder())


def test_a_file_of_format_4(tmp_path):
    """File 4 is file 3, migrated. Nothing is remembered in it, until a document is answered."""
    path = copied(tmp_path, 4)
    as_told(path, 3, PictureEncoder())
    assert user_version(path) == FORMAT
    with LabelSpace(path, encoder=PictureEncoder(), background=False) as space:
        assert space.settings.remember == "answers"
        assert [one.by for one in space.answer_log.documents()] == ["label space"] * 6
        assert damage(space) == []


@pytest.mark.parametrize("number", [5, 6, 7, 8])
def test_a_file_of_a_later_format(tmp_path, number):
    """What is remembered, refused, proposed, nested and sharpened stays, and changes go on."""
    path = copied(tmp_path, number)
    assert user_version(path) == number
    as_told(path, number)
    assert user_version(path) == FORMAT
    earlier = json.loads((DATA / f"format-{number}.json").read_text())
    with LabelSpace(path, background=False) as space:
        documents = [one for one in space.answer_log.documents() if one.source]
        assert [[d.id, d.source, d.label, d.by] for d in documents] == earlier["remembered"]
        assert len(store_of(space).answers.refusals()) == earlier["refusals"]
        assert [p["key"] for p in stored_proposals(space)] == earlier.get("proposals", [])
        parents = {info.name: info.parent for info in space.classes() if info.parent}
        assert parents == earlier.get("parents", {})
        sharpened = [info.name for info in space.classes() if info.sharpened]
        assert sharpened == earlier.get("sharpened", [])
        space.add("a bill once more", "invoice")
        space.undo()
        assert damage(space) == []


def test_a_file_of_format_9(tmp_path):
    """File 9 is file 8, migrated. Rows get a turn by an import alone."""
    path = copied(tmp_path, 9)
    assert user_version(path) == 9
    as_told(path, 8)
    assert user_version(path) == FORMAT
    db = sqlite3.connect(path)
    for table in ("examples", "negatives"):
        assert {turn for (turn,) in db.execute(f"SELECT turn FROM {table}")} == {None}
    db.close()
    with LabelSpace(path, background=False) as space:
        space.add("a bill once more", "invoice")
        space.undo()
        assert damage(space) == []


@pytest.mark.parametrize("most", [100, 10])
def test_documents_of_a_file_of_format_8_keep_their_times_as_those_of_their_first_answers(
    tmp_path, most
):
    """Where documents have left, those that a person decided on are there from further back."""
    path = copied(tmp_path, 8)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("UPDATE settings SET value = ? WHERE key = 'remember_most'", (str(most),))
    db.execute("UPDATE answers SET person = 1 WHERE turn <= 4")
    old = db.execute("SELECT document, turn, at FROM answers").fetchall()
    db.close()
    store = open_store(str(path))
    first = store.answers.first_answers()
    assert [(document, first[document].number, first[document].at) for document, *_ in old] == old
    assert store.answers.watch_start().number == (0 if most == 100 else 6)
    store.close()


def test_a_fit_of_format_3_that_is_damaged_is_left_behind(tmp_path):
    path = copied(tmp_path, 3)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("UPDATE fits SET body = zeroblob(length(body)) WHERE kind = 'refinement'")
    db.close()
    store = open_store(str(path))
    assert store.rows.fit("refinement", store.rows.basis()) is None
    assert store.rows.fit("calibration:prototypes", store.rows.basis()) is not None
    assert damage(store) == []
    store.close()


@pytest.mark.parametrize("reads", ["images", "text", "text images", ""])
def test_what_the_encoder_reads_is_taken_from_a_file_of_format_2(pictures, reads):
    db = sqlite3.connect(pictures, isolation_level=None)
    db.execute("UPDATE meta SET value = ? WHERE key = 'reads'", (reads,))
    db.close()
    open_store(str(pictures)).close()
    assert encodings(pictures)[0][4] == reads


def test_what_the_encoder_reads_is_told_by_its_fingerprint_in_a_file_of_format_1(old):
    db = sqlite3.connect(old, isolation_level=None)
    db.execute("UPDATE meta SET value = 'precomputed:16' WHERE key IN ('fingerprint', 'encoder')")
    db.close()
    with LabelSpace(old, background=False) as space:
        assert encodings(old)[0][4] == ""
        with pytest.raises(InputError, match="vectors made elsewhere"):
            space.label("pay this")


def test_columns_that_items_has_besides_are_left_alone(old):
    db = sqlite3.connect(old, isolation_level=None)
    db.execute("ALTER TABLE items ADD COLUMN extra BLOB")
    db.execute("UPDATE items SET extra = x'abcd' WHERE item = 3")
    db.close()
    as_told(old)
    db = sqlite3.connect(old)
    assert db.execute("SELECT item, extra FROM items WHERE extra NOT NULL").fetchall() == [
        (3, b"\xab\xcd")
    ]
    db.close()


def test_processes_that_open_it_at_once_migrate_it_once(old):
    script = "import sys; from protolabel import LabelSpace\n"
    script += "print(LabelSpace(sys.argv[1], background=False).label('pay this').label)"
    db = sqlite3.connect(old, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("BEGIN IMMEDIATE")  # so that all of them see format 1, and wait to migrate it
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", script, str(old)], stdout=subprocess.PIPE
        )
        for _ in range(4)
    ]
    time.sleep(2)
    db.close()
    assert [p.communicate()[0] for p in processes] == [b"invoice\n"] * 4
    as_told(old)


def test_a_damaged_old_file_keeps_what_it_has(old):
    db = sqlite3.connect(old, isolation_level=None)
    db.execute("DELETE FROM meta WHERE key = 'dim'")
    db.close()
    with pytest.raises(SpaceDamagedError, match="meta has no dim"):
        open_store(str(old))
    assert user_version(old) == 2  # migrated as far as nothing was amiss
    db = sqlite3.connect(old)
    assert db.execute("SELECT count(embedding) FROM items").fetchone()[0] > 10
    db.close()


def test_an_old_file_that_cannot_be_written_is_read_as_it_is(old):
    before = old.read_bytes()
    with read_only(old.parent), LabelSpace(old, background=False) as space:
        assert space.label("pay this bill").label == "invoice"
        with pytest.raises(StoreError, match="open for reading only"):
            space.retire("invoice")
    assert old.read_bytes() == before


def test_an_old_file_keeps_one_identity_in_all_of_its_copies(tmp_path):
    identities = []
    for number in (1, 1, 2, 3):
        path = copied(tmp_path, number)
        with read_only(path.parent):  # from a private copy
            before = open_store(str(path))
            identities.append(before.rows.identity)
            before.close()
        with LabelSpace(
            path, encoder=None if number == 1 else PictureEncoder(), background=False
        ) as space:
            assert space.view().rows.identity == identities[-1]
            space.remove("brought")
            assert space.view().rows.identity == identities[-1]
    assert identities[0] == identities[1]
    assert identities[2] == identities[3]  # file 3 is file 2, migrated
    assert len(set(identities)) == 2
    assert all(len(bytes.fromhex(identity)) == 16 for identity in identities)


def test_the_identity_of_an_old_file_is_what_the_page_of_the_format_says(old):
    store = open_store(str(old))
    db = connection_of(store).db
    values = [store.rows.meta["created_at"], store.rows.meta["metric"]]
    sql = "SELECT at, who, kind, summary, detail FROM changes WHERE version = 1"
    values += [*db.execute(sql).fetchone()]
    values += [*db.execute("SELECT fingerprint FROM encodings WHERE encoding = 1").fetchone()]
    content = b"".join(value.encode() + b"\n" for value in values)
    assert store.rows.identity == hashlib.sha256(content).hexdigest()[:32]
    store.close()


def test_a_file_of_format_10_keeps_the_labels_that_a_person_gave_as_its_examples_have_them(
    tmp_path,
):
    """Its remembered documents: a bill that is urgent, a cv, and one that is refused as a cv."""
    path = copied(tmp_path, 10)
    assert user_version(path) == 10
    with LabelSpace(path, background=False) as space:
        documents = {one.id: one for one in space.answer_log.documents()}
        assert {name: one.labels for name, one in documents.items()} == {
            "a.txt": ("invoice", "urgent"), "b.txt": ("cv",), "c.txt": None
        }  # fmt: skip
        assert documents["c.txt"].refused == ("cv",)
        space.undo()
        assert damage(space) == []
    assert user_version(path) == FORMAT


def test_the_decisions_of_a_file_of_format_10_are_taken_back_and_made_again(tmp_path):
    """Its three last changes are those that its documents were decided on with."""
    with LabelSpace(copied(tmp_path, 10), background=False) as space:
        for _ in range(3):
            space.undo()
        documents = {one.id: one for one in space.answer_log.documents()}
        assert {one.labels for one in documents.values()} == {None}
        assert {name: one.label for name, one in documents.items()} == {
            "a.txt": "invoice", "b.txt": "urgent", "c.txt": "invoice"
        }  # fmt: skip
        assert documents["c.txt"].refused == ()
        for _ in range(3):
            space.redo()
        documents = {one.id: one for one in space.answer_log.documents()}
        assert (documents["a.txt"].label, documents["b.txt"].labels) == ("invoice", ("cv",))
        assert documents["c.txt"].refused == ("cv",)
        assert damage(space) == []


def test_equal_documents_of_format_10_keep_all_labels_that_a_person_gave(tmp_path):
    path = tmp_path / "old.space"
    with LabelSpace.create(path, encoder="hashing", labels="several", background=False) as space:
        for label in ("invoice", "urgent", "cv"):
            space.add(f"{label} and more", label)
        for name in ("a.txt", "b.txt"):
            space.label(Document(name, "pay at once", source=name))
        space.correct(Document("a.txt", "pay at once", source="a.txt"), ["invoice", "urgent"])
        before = {one.id: one.labels for one in space.answer_log.documents()}
    assert before == dict.fromkeys(("a.txt", "b.txt"), ("invoice", "urgent"))
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DROP TABLE decisions")
        db.execute("PRAGMA user_version = 10")
    with LabelSpace(path, background=False) as space:
        assert {one.id: one.labels for one in space.answer_log.documents()} == before
