"""Moving to another encoder while others use the label space, here or in other processes."""

from __future__ import annotations

import subprocess
import sys
from copy import copy
from unittest.mock import patch

import numpy as np
import pytest
from fakes import WORDS, LetterEncoder
from spaces import fill
from stored import damage
from two_encoders import Letters, Words, prototypes

from protolabel import Document, Example, LabelSpace
from protolabel.arithmetic import comparison
from protolabel.errors import (
    EncoderMismatchError,
    InputError,
)
from protolabel.label_space import encoder_comparison
from protolabel.label_space.changes import Tune
from protolabel.label_space.changes import encoder as encoder_change
from protolabel.label_space.session import session_of

# -- beside others ------------------------------------------------------------------------------


def test_a_label_space_that_is_open_follows_by_name(tmp_path):
    path = tmp_path / "a.space"
    with LabelSpace.create(path, encoder="hashing:64", background=False) as here:
        fill(here)
        reader = here.view()
    with LabelSpace(path, background=False) as here:
        reader = here.view()
        with LabelSpace(path, background=False) as there:
            there.reencode("hashing:32")
        assert reader.label("pay").encoder_fingerprint == "hashing:64"
        assert here.label("pay").encoder_fingerprint == "hashing:32"
        assert here.add("pay more", "bill").version == 6
        vector = np.ones(32, np.float32)  # of whose encoder?
        with pytest.raises(EncoderMismatchError, match="hashing:32"):
            here.add([Example("bill", embedding=vector)])
        with pytest.raises(EncoderMismatchError, match="hashing:32"):
            here.label(Document("d", embedding=vector))
        assert here.at(4).label("pay").encoder_fingerprint == "hashing:64"
        assert damage(here) == []
    with LabelSpace(path, background=False) as again:
        again.add([Example("bill", embedding=vector)])


def test_an_encoder_object_that_no_longer_matches_is_refused_at_the_next_use(path):
    with LabelSpace(path, encoder=Words(), background=False) as here:
        reader = here.view()
        with LabelSpace(path, encoder=Words(), background=False) as there:
            there.reencode("hashing:8")  # as many dimensions
        assert here.fingerprint == "hashing:8"
        assert len(here.classes()) == 3
        for use in (
            lambda: here.label("pay"),
            lambda: here.add("pay", "bill"),
            lambda: here.describe("bill", "words"),
            lambda: here.add([Example("bill", embedding=np.ones(8, np.float32))]),
            lambda: here.label(Document("d", embedding=np.ones(8, np.float32))),
        ):
            with pytest.raises(EncoderMismatchError, match=r"moved meanwhile.*open it again"):
                use()
        assert reader.label("pay").encoder_fingerprint == "words:8"
        here.remove("b1")  # needs no vector of its own
        assert here.version == 6
        here.undo()
        here.undo()
        assert here.label("pay").encoder_fingerprint == "words:8"
        assert damage(here) == []


class Meanwhile:
    """An encoder that lets something happen while it encodes, once."""

    def __init__(self, happens, real) -> None:
        self.real, self.happens, self.dim = real, happens, real.dim
        self.fingerprint = real.fingerprint
        self.texts: list[str] = []

    def encode(self, texts):
        happens, self.happens = self.happens, None
        if happens:
            happens()
        self.texts.extend(texts)
        return self.real.encode(texts)


def test_vectors_of_a_change_are_made_anew_if_the_encoder_changed_meanwhile(tmp_path):
    path = tmp_path / "a.space"
    with LabelSpace.create(path, encoder="hashing:8", background=False) as space:
        fill(space)

    def move(name: str) -> None:
        with LabelSpace(path, background=False) as there:
            there.reencode(name)

    with (
        LabelSpace(path, background=False) as here,
        LabelSpace.create(encoder="hashing:16", background=False) as fresh,
    ):
        fill(fresh)
        fresh.describe("nda", "keep it secret")
        fresh.add("sign this", "nda")
        fresh.move("b1", "form")
        load = here.view().embedder.encoder()
        for change, name in (
            (lambda: here.describe("nda", "keep it secret"), "hashing:16"),
            (lambda: here.add("sign this", "nda"), "hashing:8"),
            (lambda: here.move("b1", "form"), "hashing:16"),
        ):
            real = here.view().embedder.encoder()
            meanwhile = Meanwhile(lambda name=name: move(name), copy(real))
            with patch.object(real, "encode", meanwhile.encode):
                change()
            assert here.fingerprint == name
            assert damage(here) == []
        assert load.fingerprint == "hashing:8"
        assert prototypes(here.view()) == prototypes(fresh.view())


@pytest.mark.parametrize("who", ["another process", "another thread"])
def test_an_embedding_that_was_brought_is_never_taken_for_one_of_the_new_encoder(path, who):
    def move() -> None:
        if who == "another thread":
            here.reencode("hashing:8")
            return
        with LabelSpace(path, encoder=Words(), background=False) as there:
            there.reencode("hashing:8")

    with LabelSpace(path, encoder=Meanwhile(move, Words()), background=False) as here:
        with pytest.raises(EncoderMismatchError, match="hashing:8"):
            here.add([Example("new class", embedding=np.ones(8, np.float32))])
        assert [c.name for c in here.classes()] == ["bill", "box", "cv"]
        assert (here.version, damage(here)) == (5, [])


def meanwhile(monkeypatch, *events) -> None:
    """Events between the last batch and the transaction that flips, one a round."""
    real, left = comparison.compare, list(events)

    def compare(*args, **kwargs):
        if left:
            left.pop(0)()
        return real(*args, **kwargs)

    monkeypatch.setattr(encoder_comparison, "compare", compare)


def test_what_others_add_while_it_encodes_is_carried_over(path, monkeypatch):
    def others(n: int) -> None:
        with LabelSpace(path, encoder=Words(), background=False) as there:
            there.add([Example("late", f"late {there.version} {k}") for k in range(n)])

    monkeypatch.setattr(encoder_change, "LATE", 3)
    encoder = Meanwhile(lambda: others(4), LetterEncoder())
    meanwhile(monkeypatch, lambda: others(5), lambda: others(2))  # too many; few
    with LabelSpace(path, encoder=Words(), background=False) as here:
        result = here.reencode(encoder)
        assert len(encoder.texts) == 18  # each text once, and two of them in the transaction
        assert result.encoded == 18
        assert result.change.summary.endswith("18 vectors")
        assert {c.name: c.examples for c in here.classes()}["late"] == 11
        assert damage(here) == []


def test_an_example_without_text_that_comes_meanwhile_stops_it(path, monkeypatch):
    def others() -> None:
        with LabelSpace(path, encoder=Words(), background=False) as there:
            there.add([Example("bill", embedding=np.ones(8, np.float32), id="v")])

    meanwhile(monkeypatch, others)
    with LabelSpace(path, encoder=Words(), background=False) as here:
        with pytest.raises(InputError, match="'v' of class 'bill'"):
            here.reencode(Letters())
        assert (here.fingerprint, here.version, damage(here)) == ("words:8", 5, [])


def test_an_estimate_of_kappa_from_old_vectors_is_not_taken_up(space):
    view = space.view()
    space.reencode(Letters())
    session_of(space).tune(Tune(7.0, view.embedder.encoding))
    assert space.settings.kappa == 1.0
    session_of(space).tune(Tune(7.0, space.view().embedder.encoding))
    assert space.settings.kappa == 7.0


def test_two_at_once_move_it_once(path):
    class Slower(LetterEncoder):
        def encode(self, texts):
            if not self.texts:
                with LabelSpace(path, encoder=Words(), background=False) as there:
                    there.reencode(Letters())
            return super().encode(texts)

    with LabelSpace(path, encoder=Words(), background=False) as here:
        assert "nothing to do" in here.reencode(Slower()).reason
        assert [c.kind for c in here.history()].count("reencode") == 1


def test_others_answer_all_the_while(tmp_path):
    """A reader in this process asks on, while another process moves the label space."""
    path = tmp_path / "a.space"
    with LabelSpace.create(path, encoder="hashing:64", background=False) as space:
        space.add([Example(f"c{n % 5}", f"text {WORDS[n % 5]} {n}") for n in range(300)])
    script = "import sys; from protolabel import LabelSpace\n"
    script += (
        "from protolabel.label_space.stored_items import item_vectors; item_vectors.BATCH = 9\n"
    )
    script += "LabelSpace(sys.argv[1], background=False).reencode('hashing:32')"
    fingerprints: dict[str, set[str]] = {}
    with LabelSpace(path, background=False) as here:
        process = subprocess.Popen([sys.executable, "-c", script, str(path)])
        while process.poll() is None or (
            process.returncode == 0 and "hashing:32" not in fingerprints
        ):
            answer = here.label("text pay 5")
            fingerprints.setdefault(answer.encoder_fingerprint, set()).add(
                repr(answer.alternatives)
            )
        assert process.returncode == 0
        assert fingerprints.keys() == {"hashing:64", "hashing:32"}
        assert all(len(answers) == 1 for answers in fingerprints.values())
