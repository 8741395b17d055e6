"""Images in a label space: evidence, history, the file and its migration, and what is refused."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import struct
import threading
from pathlib import Path

import numpy as np
import pytest
from fakes import WordEncoder
from pictures import drawn, grey, jpeg, write_folder
from stored import connection_of, damage

from protolabel import Document, Example, LabelSpace
from protolabel.cli.render import answer_record, answer_text
from protolabel.encoders import PrecomputedEncoder
from protolabel.errors import InputError, StoreError
from protolabel.images import data_address
from protolabel.store import open_store
from protolabel.store.schema import FORMAT
from protolabel.types import Encoded

OLD = Path(__file__).parents[1] / "data" / "format-1-words.space"
KINDS = ("bar", "dash")


class MeanEncoder:
    """Rows and columns of an image, by Pillow alone: ``(16,)``."""

    dim, fingerprint = 16, "rows and columns"

    def encode_images(self, images):
        import io

        from PIL import Image

        out = []
        for data in images:
            pixels = 255 - np.asarray(Image.open(io.BytesIO(data)).convert("L").resize((8, 8)), int)
            out.append([*pixels.mean(0), *pixels.mean(1)])
        return np.array(out)


class Both(WordEncoder):
    """Words and images in one space."""

    def encode_images(self, images):
        return np.eye(self.dim, dtype=np.float32)[[6] * len(images)]


def examples(n: int = 3) -> list[Example]:
    return [
        Example(k, image=drawn(k, i), id=f"{k}{i}", source=f"{k}/{i}.png")
        for k in KINDS
        for i in range(n)
    ]


@pytest.fixture
def space(tmp_path):
    with LabelSpace.create(
        tmp_path / "i.space", encoder=MeanEncoder(), background=False
    ) as label_space:
        label_space.add(examples())
        yield label_space


def test_images_are_labelled_with_thumbnails_as_evidence(space):
    for kind in KINDS:
        answer = space.label(Document("q", image=drawn(kind, 9)))
        assert answer.label == kind
        near = answer.evidence.examples[0]
        assert near.excerpt == f"{kind}/{near.id[-1]}.png"
        assert near.thumbnail.startswith(b"\x89PNG")
        stored = drawn(kind, int(near.id[-1]))
        assert struct.unpack(">2I", near.thumbnail[16:24]) == (20, 20)
        assert _ink(near.thumbnail) == _ink(stored)
    answers = list(space.label_many([Document(str(i), image=drawn("bar", i)) for i in range(30)]))
    assert {a.label for a in answers} == {"bar"}


def _ink(data: bytes) -> int:
    import io

    from PIL import Image

    return int((255 - np.asarray(Image.open(io.BytesIO(data)).convert("L"), int)).sum())


def test_thumbnails_in_json_are_data_addresses_and_only_of_images(space):
    answer = space.label(Document("q", image=drawn("bar", 9)))
    record = json.loads(json.dumps(answer_record(answer)))
    near = record["evidence"]["examples"][0]
    assert near["thumbnail"] == data_address(answer.evidence.examples[0].thumbnail)
    assert list(near) == ["id", "score", "excerpt", "source", "thumbnail"]
    assert "bar/" in answer_text(answer)
    with LabelSpace.create(encoder=WordEncoder(), background=False) as words:
        words.add("pay", "bill")
        record = answer_record(words.label("pay"))
    assert list(record["evidence"]["examples"][0]) == ["id", "score", "excerpt", "source"]


def test_names_count_for_nothing_and_descriptions_are_refused(space):
    assert {(c.description, c.description_from) for c in space.classes()} == {(None, "none")}
    assert space.label(Document("q", image=drawn("bar", 5))).evidence.description_share == 0
    before = space.version
    with pytest.raises(InputError, match=r"reads no words.*protolabel add"):
        space.describe("bar", "a standing line")
    assert space.version == before


def test_every_change_is_undone_with_its_images(space):
    whole = list(space.view().export())
    images = [record["image"] for record in whole if "image" in record]
    assert images[0] == data_address(drawn("bar", 0))
    for change in (
        lambda: space.merge(["bar", "dash"], "line"),
        lambda: space.split("bar", {"short": ["bar0"]}),
        lambda: space.move("bar1", "new one"),
        lambda: space.remove("dash2"),
        lambda: space.rename("bar", "pole"),
        lambda: space.add([Example("bar", image=drawn("ring", 0))]),
    ):
        change()
        assert damage(space) == []
        assert list(space.view().export()) != whole
        space.undo()
        assert list(space.view().export()) == whole
    assert damage(space) == []


def test_it_is_the_same_when_opened_again(space, tmp_path):
    query = Document("q", image=drawn("dash", 7))
    before = space.label(query)
    space.backup(tmp_path / "copy.space")
    with LabelSpace(tmp_path / "copy.space", encoder=MeanEncoder(), background=False) as again:
        assert again.label(query) == before
        assert again.label(query).evidence.examples[0].thumbnail
        with pytest.raises(InputError, match="a text for a label space of images"):
            again.add("words", "bar")


def test_an_export_is_lossless(space):
    photo = jpeg(np.random.default_rng(0).integers(0, 256, (40, 30, 3)))
    space.add([Example("photo", image=photo, id="p")])
    lines = [json.dumps(record) for record in space.view().export()]
    with LabelSpace.create(encoder=MeanEncoder(), background=False) as other:
        other.import_records(json.loads(line) for line in lines)
        assert list(other.view().export()) == list(space.view().export())
        (_, (stored,)) = other.show("photo")
        assert other.view().image(stored.id) == photo


# -- what is refused, before anything is stored --------------------------------------------------

CUT = drawn("bar", 0)[:60]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"text": "words", "source": "a/b.txt"}, r"^a/b.txt: a text for a label space of images; "
         r"expected an image.*to fix it"),
        ({"image": CUT, "source": "a/cut.png"}, r"^a/cut.png: .*cannot be decoded"),
        ({"image": b"GIF89a...", "source": "x.gif"}, r"^x.gif: neither a PNG nor a JPEG"),
        ({"image": drawn("bar", 0), "text": "bar", "source": "s"}, "^s: a text and an image"),
        ({"image": "bar.png"}, "type str.*read_bytes"),
        ({}, "neither text nor image nor embedding"),
        ({"image": CUT, "embedding": np.ones(16, np.float32), "source": "s"}, "^s: .*decoded"),
        ({"image": grey(np.full((4, 4), 255)), "source": "white.png"}, "^white.png: .*zeros"),
    ],
)  # fmt: skip
def test_what_an_image_space_refuses(space, document, message):
    before = list(space.view().export())
    good = [Example("bar", image=drawn("bar", 50)), Example("bar", image=drawn("bar", 51))]
    with pytest.raises(InputError, match=message):
        space.add([good[0], Example("bar", **document), good[1]])
    if "source" in document:
        with pytest.raises(InputError, match=message):
            list(
                space.label_many([Document("ok", image=drawn("bar", 1)), Document("d", **document)])
            )
    assert list(space.view().export()) == before


def test_an_image_in_a_space_of_texts_or_of_vectors():
    picture = Document("d", image=drawn("bar", 0), source="in/bar.png")
    with LabelSpace.create(encoder=WordEncoder(), background=False) as words:
        words.add("pay", "bill")
        with pytest.raises(
            InputError, match=r"^in/bar.png: an image for a label space of texts; expected a text"
        ):
            words.label(picture)
        with pytest.raises(InputError, match="OCR"):
            words.add([Example("x", image=picture.image, source="in/bar.png")])
        assert words.version == 2
    with LabelSpace.create(encoder=PrecomputedEncoder(2), background=False) as vectors:
        with pytest.raises(InputError, match=r"an image .*made elsewhere"):
            vectors.label(picture)
        vectors.add([Example("x", image=picture.image, embedding=np.array([1, 0], np.float32))])
        answer = vectors.label(Document("q", embedding=np.array([1, 0.5], np.float32)))
        assert answer.evidence.examples[0].thumbnail


def test_an_encoder_of_both_reads_both():
    with LabelSpace.create(encoder=Both(), background=False) as space:
        space.describe("bill", "pay bill")
        space.add([Example("bill", "pay"), Example("ring", image=drawn("ring", 0))])
        ring = Document("i", image=drawn("ring", 0))
        answers = list(space.label_many([Document("t", "pay"), ring, Document("u", "bill")]))
        assert [a.label for a in answers] == ["bill", "ring", "bill"]
        assert [bool(e.thumbnail) for e in answers[1].evidence.examples] == [True]


class Halves(Both):
    """Texts of two words and more are split in two passages."""

    def encode_documents(self, texts):
        long = [i for i, t in enumerate(texts) if " " in t]
        halves = [half for i in long for half in texts[i].split(" ", 1)]
        spans = [s for i in long for s in ((0, texts[i].index(" ")), (0, len(texts[i])))]
        owner = np.repeat(np.array(long, np.int64), 2)
        rows = self.encode(halves)
        return Encoded(self.encode(texts), rows, owner, np.array(spans, np.int64).reshape(-1, 2))


def test_passages_stay_with_their_texts_among_images():
    with LabelSpace.create(encoder=Halves(), background=False) as space:
        space.add([Example("bill", "bill"), Example("cv", "cv")])
        ring = drawn("ring", 0)
        documents = [Document("0", image=ring), Document("1", "cv work"), Document("2", image=ring),
                 Document("3", "bill pay"), Document("4", "bill")]  # fmt: skip
        passages = [a.evidence.passage for a in space.label_many(documents)]
        assert [p and p.text for p in passages] == [None, "cv", None, "bill", None]


def test_a_stream_of_images_is_taken_in_chunks_of_bounded_bytes(space, monkeypatch):
    taken = []

    def stream():
        for n in range(40):
            taken.append(n)
            yield Document(str(n), image=drawn("bar", n))

    monkeypatch.setattr(
        "protolabel.label_space.stored_items.chunks.CHUNK_IMAGE_BYTES", 3 * len(drawn("bar", 0))
    )
    answers = space.label_many(stream())
    assert next(answers).id == "0"
    assert len(taken) < 10
    assert [a.id for a in answers] == [str(n) for n in range(1, 40)]


def test_a_folder_s_encoder_is_found_again_by_its_path(tmp_path, monkeypatch):
    monkeypatch.setenv("PROTOLABEL_CACHE", str(tmp_path / "cache.sqlite"))
    folder = write_folder(tmp_path / "encoder")
    where = tmp_path / "x.space"
    with LabelSpace.create(where, encoder=str(folder), metric="euclidean", background=False) as s:
        s.add(examples())
        before = s.label(Document("q", image=drawn("bar", 8))).score
    with LabelSpace(where, background=False, cache=True) as space:
        assert space.label(Document("q", image=drawn("bar", 8))).score == before
        with pytest.raises(InputError, match="label space of images"):
            space.label("words")


def test_damage_to_an_image_is_found_and_costs_no_answer(space):
    db = connection_of(space).db
    db.execute("UPDATE items SET image = x'00' WHERE item = 1")
    assert any("digest" in f.what for f in damage(space))
    answer = space.label(Document("q", image=drawn("bar", 0)), evidence=9)
    assert [e.id for e in answer.evidence.examples if e.thumbnail is None] == ["bar0"]


# -- the file ------------------------------------------------------------------------------------


def test_an_item_s_digest_is_as_documented(space):
    db = connection_of(space).db
    rows = db.execute(
        "SELECT items.digest, text, image, embedding FROM items JOIN vectors USING (item)"
    ).fetchall()
    assert len(rows) == len(examples())
    for digest, text, image, embedding in rows:
        assert text is None
        assert digest == hashlib.sha256(b"i" + image + embedding).digest()


def test_the_same_image_is_stored_once(space):
    space.add([Example("bar", image=drawn("bar", 0), id="twin")])
    (n,) = connection_of(space).db.execute("SELECT count(*) FROM items").fetchone()
    assert n == len(examples())


@pytest.fixture
def old(tmp_path) -> Path:
    """A file that the code of format 1 wrote: conftest.fill, a rename, an undo, settled."""
    shutil.copy(OLD, tmp_path / "old.space")
    with sqlite3.connect(tmp_path / "old.space") as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        assert "image" not in {row[1] for row in db.execute("PRAGMA table_info(items)")}
    db.close()
    return tmp_path / "old.space"


def test_a_file_of_format_1_is_brought_to_this_format(old):
    with LabelSpace(old, encoder=WordEncoder(), background=False) as space:
        assert connection_of(space).db.execute("PRAGMA user_version").fetchone() == (FORMAT,)
        assert damage(space) == []
        assert [(c.name, c.examples) for c in space.classes()] == [
            ("bill", 2), ("box", 0), ("cv", 1),
        ]  # fmt: skip
        assert space.label("cv work").label == "cv"
        assert space.version == 6
        space.add("ship", "box")
        with pytest.raises(InputError, match="an image for a label space of texts"):
            space.add([Example("box", image=drawn("bar", 0))])
    with LabelSpace(old, encoder=WordEncoder(), background=False) as space:
        assert space.undo().version == 8
        assert damage(space) == []


def test_many_may_open_an_old_file_at_once(old):
    errors: list[BaseException] = []

    def work() -> None:
        try:
            open_store(str(old)).close()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with LabelSpace(old, encoder=WordEncoder(), background=False) as space:
        assert damage(space) == []


def test_an_old_file_that_cannot_be_written_is_read_and_stays_as_it_is(old, monkeypatch):
    before = old.read_bytes()
    monkeypatch.setattr(os, "access", lambda *args: False)
    with LabelSpace(old, encoder=WordEncoder(), background=False) as space:
        assert space.label("pay the bill").label is not None
        with pytest.raises(StoreError, match=r"reading only.*work on a copy"):
            space.add("pay", "bill")
    assert old.read_bytes() == before
