"""Label spaces of images moved onto another encoder: as one made with it, undone bit for bit, and
refused where the new encoder cannot read what is there.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from fakes import LetterEncoder, PictureEncoder, WordEncoder
from pictures import drawn, random_tensors, settings, write_folder
from stored import damage, store_of
from two_encoders import prototypes

from protolabel import Document, Example, LabelSpace, load_encoder
from protolabel.encoders import PrecomputedEncoder
from protolabel.encoders.cache import with_cache
from protolabel.errors import EncoderMismatchError, InputError

KINDS = ("bar", "dash", "ring")


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> tuple[str, str]:
    """Two networks of random weights: 45 dimensions, and 112."""
    root = tmp_path_factory.mktemp("networks")
    small, large = settings(), settings(width=7, image_size=16)
    write_folder(root / "small", tensors=random_tensors(small))
    write_folder(root / "large", tensors=random_tensors(large, 1), width=7, image_size=16)
    return str(root / "small"), str(root / "large")


def fill(space: LabelSpace) -> None:
    space.add(
        Example(k, image=drawn(k, n), id=f"{k}{n}", source=f"{k}/{n}.png")
        for k in KINDS
        for n in range(4)
    )
    space.move("ring3", "corner")
    space.retire("dash")


def new_space(path: Path | str, encoder: str, metric: str) -> LabelSpace:
    space = LabelSpace.create(path, encoder=encoder, metric=metric, background=False)
    fill(space)
    return space


def left_out(space: LabelSpace) -> int:
    """How many images can be left out of their class; equal ones are one document."""
    live = [c.name for c in space.classes() if not c.retired]
    members = [{space.view().image(e.id) for e in space.show(name)[1]} for name in live]
    return sum(len(images) for images in members if len(images) > 1)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_it_equals_a_label_space_made_with_the_new_encoder(tmp_path, folders, metric):
    first, second = folders
    with (
        new_space(tmp_path / "a.space", first, metric) as space,
        new_space(":memory:", second, metric) as fresh,
    ):
        old = prototypes(space.view())
        query = Document("q", image=drawn("bar", 9))
        answer = space.label(query)
        dims = space.info().dim, fresh.info().dim
        assert dims[0] != dims[1]
        result = space.reencode(second)
        n = len({drawn(k, i) for k in KINDS for i in range(4)})
        assert (result.encoded, result.comparison.n) == (n, left_out(space))
        assert space.info().dim == dims[1]
        assert prototypes(space.view()) == prototypes(fresh.view())
        for one in (space, fresh):
            one.unretire("dash")  # was carried over though it was retired
            one.settle()
        assert prototypes(space.view()) == prototypes(fresh.view())
        for kind in KINDS:
            document = Document("q", image=drawn(kind, 8))
            ours, theirs = space.label(document), fresh.label(document)
            assert ours.alternatives == theirs.alternatives
            assert (ours.label, ours.score, ours.evidence) == (
                theirs.label,
                theirs.score,
                theirs.evidence,
            )
            assert ours.evidence.examples[0].thumbnail
        space.undo()
        space.undo()
        assert prototypes(space.view()) == old
        again = space.label(query)
        assert (again.label, again.score, again.evidence) == (
            answer.label,
            answer.score,
            answer.evidence,
        )
        assert prototypes(space.at(result.change.version)) == prototypes(fresh.at(4))
        space.redo()
        assert space.info().dim == dims[1]
        assert damage(space) == []
    with LabelSpace(tmp_path / "a.space", background=False) as space:
        assert space.info().encoder == second
        assert space.add([Example("bar", image=drawn("bar", 30))]).version == 10
        assert damage(space) == []


def test_exports_do_not_change(tmp_path, folders):
    with new_space(tmp_path / "a.space", folders[0], "euclidean") as space:
        header, *before = space.view().export()
        space.reencode(folders[1])
        new_header, *after = space.view().export()
        assert after == before
        assert new_header == header | {"encoder_fingerprint": space.fingerprint}


def test_a_comparison_changes_nothing(tmp_path, folders):
    with new_space(tmp_path / "a.space", folders[0], "euclidean") as space:
        before = (space.version, prototypes(space.view()))
        outcome = space.compare(folders[1])
        assert (outcome.n, outcome.old, outcome.new) == (
            left_out(space), space.fingerprint, load_encoder(folders[1]).fingerprint,
        )  # fmt: skip
        assert (space.version, prototypes(space.view())) == before
        assert space.reencode(folders[1]).comparison == outcome


# -- what the new encoder does not read -----------------------------------------------------------


def vectors_by_encoding(path: Path) -> dict[int, int]:
    db = sqlite3.connect(path)
    counts = dict(db.execute("SELECT encoding, count(*) FROM vectors GROUP BY 1"))
    db.close()
    return counts


def test_an_encoder_of_texts_is_refused_for_images(tmp_path, folders):
    path = tmp_path / "a.space"
    with new_space(path, folders[0], "euclidean") as space:
        encoder = LetterEncoder()
        for action in (space.reencode, space.compare):
            with pytest.raises(
                InputError, match=r"12 images for an encoder of text alone.*'bar0' of class 'bar'"
            ):
                action(encoder)
        assert encoder.texts == []
        assert vectors_by_encoding(path).keys() == {1}
        assert [e.number for e in store_of(space).rows.encodings()] == [1]


def test_an_encoder_of_images_is_refused_for_texts(path, folders):
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        for action in (space.reencode, space.compare):
            with pytest.raises(InputError, match=r"6 texts for an encoder of images alone.*'bill'"):
                action(folders[0])
        for identity in ("b1", "b2"):
            space.remove(identity)
        with pytest.raises(InputError, match="first the description of class 'bill'"):
            space.reencode(folders[0])  # a description is a text too
        assert vectors_by_encoding(path).keys() == {1}


def test_an_encoder_of_both_takes_texts_and_images(tmp_path):
    path = tmp_path / "a.space"
    with (
        LabelSpace.create(path, encoder=PictureEncoder(), background=False) as space,
        LabelSpace.create(encoder=PictureEncoder("others"), background=False) as fresh,
    ):
        for one in (space, fresh):
            one.describe("bill", "pay bill")
            one.add([Example("bill", "pay"), Example("ring", image=drawn("ring", 0), id="r")])
            one.add([Example("ring", image=drawn("ring", 1), id="s")])
        assert space.reencode(PictureEncoder("others")).encoded == 5
        assert prototypes(space.view()) == prototypes(fresh.view())
        with pytest.raises(InputError, match=r"2 images for an encoder of text alone"):
            space.reencode(LetterEncoder())
        space.remove("r")
        with pytest.raises(InputError, match=r"1 image for .*: example 's' of class 'ring'"):
            space.reencode(LetterEncoder())
        space.remove("s")
        space.reencode(LetterEncoder())
        with pytest.raises(InputError, match="an image for a label space of texts"):
            space.add([Example("ring", image=drawn("ring", 2))])
        for _ in range(3):
            space.undo()
        assert prototypes(space.view()) == prototypes(fresh.view())
        assert damage(space) == []
        space.undo()
    with LabelSpace(path, encoder=PictureEncoder(), background=False) as space:
        assert space.label(Document("q", image=drawn("ring", 0))).label == "ring"


def test_images_that_brought_their_embeddings_are_read(tmp_path, folders):
    """Also where the old label space reads nothing at all."""
    one = np.array([1, 0], np.float32)
    with LabelSpace.create(encoder=PrecomputedEncoder(2), background=False) as space:
        picture = drawn("bar", 0)
        space.add(
            [
                Example("bar", image=picture, embedding=one, id="a"),
                Example("ring", image=picture, embedding=one[::-1], id="b"),
                Example("ring", embedding=one, id="bare"),
            ]
        )
        with pytest.raises(InputError, match="neither text nor image: 'bare' of class 'ring'"):
            space.reencode(folders[0])
        space.remove("bare")
        space.reencode(folders[0])
        assert space.label(Document("q", image=drawn("ring", 0))).label
        rows = [store_of(space).rows.example_with_id(e, space.version).item for e in ("a", "b")]
        stored = store_of(space).rows.vectors_of(rows, store_of(space).rows.encoding(space.version))
        assert rows[0] != rows[1]
        np.testing.assert_array_equal(stored[rows[0]], stored[rows[1]])
        space.undo()
        with pytest.raises(InputError, match="made elsewhere"):
            space.label(Document("q", image=picture))
        assert damage(space) == []


# -- in batches -----------------------------------------------------------------------------------


class Stopping(PictureEncoder):
    """Is interrupted before it would have encoded more than so many images."""

    def __init__(self, most: int) -> None:
        super().__init__("others")
        self.most = most

    def encode_images(self, images):
        if len(self.images) + len(images) > self.most:
            raise KeyboardInterrupt
        return super().encode_images(images)


def test_an_interrupted_run_goes_on_where_it_was(tmp_path, monkeypatch):
    from protolabel.label_space.stored_items import item_vectors

    path = tmp_path / "a.space"
    monkeypatch.setattr(item_vectors, "BYTES", 1)  # a batch an image
    with LabelSpace.create(path, encoder=PictureEncoder(), background=False) as space:
        fill(space)
        space.add([Example("bar", image=drawn("bar", n)) for n in range(40, 44)])
        n = store_of(space).rows.living()
        old = prototypes(space.view())
        with pytest.raises(KeyboardInterrupt):
            space.reencode(Stopping(5))
        assert vectors_by_encoding(path)[2] >= 5
        kept = vectors_by_encoding(path)[2]
        assert prototypes(space.view()) == old
        rest = PictureEncoder("others")
        result = space.reencode(rest)
        assert result.encoded == n - kept
        assert len(rest.images) <= n - 5
        assert damage(space) == []


def test_equal_images_of_a_batch_are_encoded_once():
    turned = np.eye(8, dtype=np.float32)
    with LabelSpace.create(encoder=PictureEncoder(), background=False) as space:
        space.add([Example("bar", image=drawn("bar", 0), embedding=v) for v in turned])
        other = PictureEncoder("others")
        assert space.reencode(other).encoded == 9  # with the name of the class
        assert len(other.images) == 1


def test_the_cache_of_texts_is_not_for_encoders_of_images(monkeypatch, tmp_path):
    monkeypatch.setenv("PROTOLABEL_CACHE", str(tmp_path / "cache"))
    pictures, words = PictureEncoder(), WordEncoder()
    assert with_cache(pictures) is pictures
    assert with_cache(words) is not words


def test_an_encoder_object_that_no_longer_matches_is_refused(tmp_path, folders):
    path = tmp_path / "a.space"
    query = Document("q", image=drawn("bar", 0))
    with new_space(path, folders[0], "euclidean") as space:
        with LabelSpace(path, encoder=load_encoder(folders[0]), background=False) as here:
            space.reencode(folders[1])
            with pytest.raises(EncoderMismatchError, match="moved meanwhile"):
                here.label(query)
        with LabelSpace(path, background=False) as there:  # by name it follows
            space.undo()
            assert there.label(query) == space.label(query)
