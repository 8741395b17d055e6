"""Moving a label space onto another encoder: equal to one made with it, resumable, undoable, and
never two vector spaces at once. Kills, writers beside and old files are real.
"""

from __future__ import annotations

import gc
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
import weakref
from pathlib import Path

import numpy as np
import pytest
from fakes import WORDS, LetterEncoder, WordEncoder
from spaces import fill
from stored import damage

from protolabel import Document, Example, LabelSpace
from protolabel.encoders import CallableEncoder
from protolabel.errors import (
    EncoderError,
    EncoderMismatchError,
    EncoderNotFoundError,
    HistoryError,
    InputError,
)
from protolabel.label_space import encoder_comparison, item_vectors
from protolabel.label_space.changes import encoder as encoder_change
from protolabel.progress import Step
from protolabel.store import open_store

Words, Letters = WordEncoder, LetterEncoder


def prototypes(view) -> dict[str, bytes]:
    weights = view.prototypes.weights
    return {n: w.tobytes() for n, w in zip(view.prototypes.labels, weights, strict=True)}


def counts_of_vectors(path: Path) -> dict[str, int]:
    """Vectors by fingerprint, read without protolabel."""
    db = sqlite3.connect(path)
    rows = db.execute(
        "SELECT e.fingerprint, count(*) FROM vectors JOIN encodings e USING (encoding) GROUP BY 1"
    ).fetchall()
    db.close()
    return dict(rows)


def many(path: Path, n: int = 200) -> None:
    """A label space on words with n examples of four classes, each text another."""
    rng = random.Random(7)
    examples = [
        Example(f"class {k % 4}", f"{rng.choice(WORDS)} {WORDS[2 * (k % 4)]} number {k}")
        for k in range(n)
    ]
    with LabelSpace.create(path, encoder=Words(), background=False) as space:
        space.add(examples)


# -- what it comes to ---------------------------------------------------------------------------


def test_it_equals_a_label_space_made_with_the_new_encoder(space):
    space.retire("cv")
    space.reencode(Letters())
    space.unretire("cv")  # the description of a retired class was carried over as well
    with LabelSpace.create(encoder=Letters(), background=False) as fresh:
        fill(fresh)
        assert prototypes(space.view()) == prototypes(fresh.view())
        for one in (space, fresh):
            one.settle()
        for text in ("pay", "cv", "ship ship"):
            ours, theirs = space.label(text), fresh.label(text)
            assert (ours.label, ours.score, ours.alternatives, ours.evidence) == (
                theirs.label,
                theirs.score,
                theirs.alternatives,
                theirs.evidence,
            )
        # and it goes on as one
        assert space.add("sign here", "bill").detail == fresh.add("sign here", "bill").detail
        assert prototypes(space.view()) == prototypes(fresh.view())
        space.settle()
        assert space.view().head.dim == 26
    assert damage(space._store) == []


def test_who_it_is_follows(space):
    before = space.view()
    result = space.reencode(Letters())
    assert result.encoded == 6
    assert result.change.kind == "reencode"
    assert result.change.summary == "re-encoded words:8 -> letters:26, 6 vectors"
    assert (space.fingerprint, space.info().encoder_fingerprint) == ("letters:26",) * 2
    assert space.info().dim == 26
    answer = space.label("pay")
    assert (answer.encoder_fingerprint, answer.space_version) == ("letters:26", space.version)
    answer_before = before.label("pay bill")  # a view that a reader holds stays what it was
    assert (answer_before.encoder_fingerprint, answer_before.space_version) == (
        "words:8",
        before.version,
    )
    assert answer_before.evidence.examples
    assert next(space.history()).detail["comparison"]["n"] == 2


def test_undo_and_redo_give_back_every_bit(space):
    space.settle()
    words, answer = prototypes(space.view()), space.label("pay bill")
    space.reencode(Letters())
    letters = prototypes(space.view())
    assert words != letters
    space.undo()
    assert prototypes(space.view()) == words
    space.settle()
    again = space.label("pay bill")
    assert (again.label, again.score, again.evidence) == (
        answer.label,
        answer.score,
        answer.evidence,
    )
    assert again.encoder_fingerprint == "words:8"
    space.redo()
    assert prototypes(space.view()) == letters
    assert space.label("pay bill").encoder_fingerprint == "letters:26"
    for n, dim in ((4, 8), (5, 26), (6, 8), (7, 26)):
        past = space.at(n)
        assert past.info().dim == dim
        assert prototypes(past) == (words if dim == 8 else letters)
        assert past.label("pay").space_version == n
    assert damage(space._store) == []


def test_what_is_added_after_the_move_never_needs_an_old_vector(space):
    words = prototypes(space.view())
    space.reencode(Letters())
    space.add([Example("bill", "a new bill", id="n1"), Example("tax", "a tax form", id="n2")])
    space.describe("tax", "what the state wants")
    space.merge(["bill", "tax"], "tax")
    newest = prototypes(space.view())
    space.return_to(4)
    assert prototypes(space.view()) == words
    space.add("pay sign", "bill")  # in words again
    space.undo()
    space.undo()
    assert prototypes(space.view()) == newest
    for _ in range(3):
        space.undo()
    assert space.fingerprint == "letters:26"
    space.undo()
    assert prototypes(space.view()) == words
    for _ in range(4):
        space.redo()
    assert prototypes(space.view()) == newest
    space.redo()
    assert prototypes(space.view()) == words
    space.redo()
    with pytest.raises(HistoryError):
        space.redo()
    assert damage(space._store) == []


def test_there_and_back_encodes_only_what_is_new(space):
    first = space.reencode(Letters())
    assert first.encoded == 6
    space.add("sign sign", "nda")
    back = space.reencode(Words())
    assert back.encoded == 2  # the example and the name of its class
    space.undo()
    assert space.reencode(Words()).encoded == 0


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_the_metric_stays(metric):
    with (
        LabelSpace.create(encoder=Words(), metric=metric, background=False) as space,
        LabelSpace.create(encoder=Letters(), metric=metric, background=False) as fresh,
    ):
        fill(space)
        fill(fresh)
        space.reencode(Letters())
        assert space.info().metric == metric
        assert prototypes(space.view()) == prototypes(fresh.view())
        assert space.label("pay").score == fresh.label("pay").score


def test_a_text_with_a_vector_of_the_old_encoder_is_not_the_old_item(space):
    """In a space of as many dimensions, somebody brings the very vector that it had before."""
    turned = CallableEncoder(lambda t: WordEncoder().encode(t)[:, ::-1], fingerprint="turned")
    before = {e.id: v for e, v in zip(space.show("bill")[1], members(space, "bill"), strict=True)}
    space.reencode(turned)
    space.add([Example("cv", "pay pay bill", id="new", embedding=before["b1"])])
    np.testing.assert_array_equal(members(space, "cv")[1], before["b1"])
    np.testing.assert_array_equal(members(space, "bill")[0], before["b1"][::-1])
    assert damage(space._store) == []
    space.undo()
    space.undo()
    np.testing.assert_array_equal(members(space, "bill")[0], before["b1"])
    assert damage(space._store) == []


def members(space: LabelSpace, name: str) -> np.ndarray:
    view = space.view()
    row = view.rows.class_named(name, view.version)
    return view.rows.example_embeddings(row.key, view.version)


# -- nothing to do, and refusals before any work ----------------------------------------------


def test_the_same_vector_space_is_nothing_to_do(space):
    result = space.reencode(Words())
    assert (result.change, result.comparison, result.encoded) == (None, None, 0)
    assert "nothing to do" in result.reason
    with LabelSpace.create(
        encoder=CallableEncoder(Words().encode, fingerprint="x:1/f32"), background=False
    ) as half:
        half.add("pay", "a")
        other = CallableEncoder(Words().encode, fingerprint="x:1/bf16")
        assert "x:1/f32 already" in half.reencode(other).reason
        half.reencode(Letters())
        assert half.reencode(other).encoded == 0  # its vectors are those of x:1/f32
        assert half.fingerprint == "x:1/f32"


def test_examples_without_text_refuse_it_before_any_work(path):
    vector = np.ones(8, np.float32)
    with LabelSpace(path, encoder=Words(), background=False) as space:
        space.add([Example("bill", embedding=vector, id="v1")])
        space.add([Example("bill", " ", embedding=-vector, id="v2")])
        space.add([Example("bill", "with its text", embedding=vector, id="t1")])
        encoder = Letters()
        for action in (space.reencode, space.compare):
            with pytest.raises(InputError, match=r"2 examples .* 'v1' of class 'bill'.*remove"):
                action(encoder)
        assert encoder.texts == []
        assert counts_of_vectors(path).keys() == {"words:8"}
        space.remove("v2")
        with pytest.raises(
            InputError, match="an example has an embedding and neither text nor image: 'v1'"
        ):
            space.reencode(encoder)
        space.remove("v1")
        assert space.reencode(encoder).change is not None
        space.undo()
        space.undo()
        assert "v1" in {e.id for e in space.show("bill")[1]}
        assert damage(space._store) == []


def test_encoders_that_cannot_serve(path, tmp_path):
    half = tmp_path / "half"
    half.mkdir()
    (half / "config.json").write_text('{"model_type": "bert"')
    before = path.read_bytes()
    with LabelSpace(path, encoder=Words(), background=False) as space:
        for encoder, error, message in (
            (str(half), EncoderError, "config.json"),
            (str(tmp_path / "none"), EncoderNotFoundError, "no encoder answers"),
            ("hashing:none", EncoderError, "hashing:<dim"),
            ("precomputed:8", EncoderError, "made elsewhere"),
        ):
            with pytest.raises(error, match=message):
                space.reencode(encoder)
        broken = CallableEncoder(lambda t: np.full((len(t), 4), np.nan), 4, fingerprint="nan")
        with pytest.raises(EncoderError, match="not finite"):
            space.reencode(broken)
        zeros = CallableEncoder(lambda t: np.zeros((len(t), 4)), 4, fingerprint="zeros")
        with pytest.raises(InputError, match="a vector of zeros"):
            space.reencode(zeros)
        assert (space.version, space.fingerprint) == (4, "words:8")
        assert space.label("pay").label == "bill"
        assert damage(space._store) == []
    assert len(before) <= len(path.read_bytes())


def test_an_encoder_of_another_size_under_a_known_fingerprint(space):
    space.reencode(Letters())
    space.undo()
    fake = CallableEncoder(lambda t: np.ones((len(t), 3)), 3, fingerprint="letters:26")
    with pytest.raises(EncoderError, match="26"):
        space.reencode(fake)


def test_the_mismatch_error_names_the_command(path):
    with pytest.raises(EncoderMismatchError, match=f"protolabel reencode {path} --encoder"):
        LabelSpace(path, encoder=Letters())


def worse() -> CallableEncoder:
    """Everything looks alike but for its length."""
    return CallableEncoder(
        lambda texts: np.array([[1.0, 0.001 * len(t)] for t in texts]), 2, fingerprint="length:2"
    )


def test_only_if_better_keeps_the_old_encoder_where_the_new_one_is_worse(tmp_path):
    path = tmp_path / "a.space"
    many(path)
    with LabelSpace(path, encoder=Words(), background=False) as space:
        before = prototypes(space.view())
        kept = space.reencode(worse(), only_if_better=True)
        assert kept.change is None
        assert "kept words:8: length:2 is right on" in kept.reason
        assert kept.comparison.new_accuracy < kept.comparison.old_accuracy
        assert (space.version, prototypes(space.view())) == (2, before)
        assert counts_of_vectors(path).keys() == {"words:8"}  # what is of no use does not stay
        assert space.compare(worse()) == kept.comparison
        assert space.reencode(worse()).change is not None  # nobody asked whether it is better
        assert space.reencode(Words(), only_if_better=True).change is not None
        assert prototypes(space.view()) == before
        same = space.reencode(WordEncoder("again"), only_if_better=True)
        assert (same.change, "right on as many" in same.reason) == (None, True)


def test_only_if_better_wants_ten_examples_to_compare(space):
    kept = space.reencode(Letters(), only_if_better=True)
    assert kept.change is None
    assert "2 examples can be compared" in kept.reason


# -- stopped and resumed ------------------------------------------------------------------------


class Stopping(LetterEncoder):
    """Is interrupted before it would have encoded more than so many texts."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def encode(self, texts):
        if len(self.texts) + len(texts) > self.most:
            raise KeyboardInterrupt
        return super().encode(texts)


def test_an_interrupted_run_goes_on_where_it_was(tmp_path, monkeypatch):
    path = tmp_path / "a.space"
    many(path)
    monkeypatch.setattr(item_vectors, "BATCH", 16)
    counts: list[Step] = []
    with LabelSpace(path, encoder=Words(), background=False) as space:
        before = prototypes(space.view())
        with pytest.raises(KeyboardInterrupt):
            space.reencode(Stopping(100), progress=counts.append)
        assert counts[0] == Step("documents encoded", 0, 204)
        assert counts[-1].done == 96
        assert (space.fingerprint, space.version) == ("words:8", 2)
        assert prototypes(space.view()) == before
        assert damage(space._store) == []
    assert counts_of_vectors(path) == {"words:8": 204, "letters:26": 96}
    rest = Letters()
    with LabelSpace(path, encoder=Words(), background=False) as space:
        result = space.reencode(rest, progress=counts.append)
        assert (result.encoded, len(rest.texts)) == (108, 108)
        assert counts[-1] == Step("documents encoded", 204, 204)
        assert damage(space._store) == []


KILLED = textwrap.dedent("""
    import sys, time
    sys.path.insert(0, sys.argv[2])
    from fakes import LetterEncoder, WordEncoder
    from protolabel import LabelSpace; from protolabel.label_space import item_vectors
    item_vectors.BATCH = 5
    class Slow(LetterEncoder):
        def encode(self, texts):
            time.sleep(0.004)
            return super().encode(texts)
    encoder = Slow()
    with LabelSpace(sys.argv[1], encoder=WordEncoder(), background=False) as space:
        print("ready", flush=True)
        result = space.reencode(encoder)
        print("done", len(encoder.texts), result.change.version, flush=True)
""")


def test_killed_at_any_moment_it_is_wholly_old_or_wholly_new_and_resumes(tmp_path):
    path, rng = tmp_path / "a.space", random.Random(3)
    many(path)
    with LabelSpace(path, encoder=Words(), background=False) as space:
        old = prototypes(space.view())
        space.backup(tmp_path / "whole.space")
    with LabelSpace(tmp_path / "whole.space", encoder=Words(), background=False) as space:
        space.reencode(Letters())
        new = prototypes(space.view())
    kept, kills = 0, 0
    while True:
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(path), str(Path(__file__).parents[1] / "helpers")],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout.readline() == "ready\n"
        if kills < 8:
            time.sleep(rng.uniform(0.01, 0.08))
            process.send_signal(signal.SIGKILL)
        output = process.stdout.read()
        process.stdout.close()
        process.wait()
        store = open_store(str(path))
        assert damage(store) == []
        version, fingerprint = (
            store.rows.version(),
            store.rows.encoding(store.rows.version()).fingerprint,
        )
        store.close()
        now = counts_of_vectors(path).get("letters:26", 0)
        assert now >= kept  # nothing that was there is done again, or lost
        with LabelSpace(path, background=False) as space:
            assert prototypes(space.view()) == (old if fingerprint == "words:8" else new)
        if output:
            assert output.split() == ["done", str(204 - kept), "3"]
            break
        assert (version, fingerprint) in ((2, "words:8"), (3, "letters:26"))
        kept, kills = now, kills + 1
        if fingerprint == "letters:26":
            break
    assert kills > 2
    assert kept < 204 or fingerprint == "letters:26"
    with LabelSpace(path, encoder=Letters(), background=False) as space:
        assert prototypes(space.view()) == new
        space.undo()
        assert prototypes(space.view()) == old


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
        assert damage(here._store) == []
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
        assert damage(here._store) == []


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
            embedder = here.view().embedder
            real = embedder.encoder()
            embedder._encoder = Meanwhile(lambda name=name: move(name), real)
            change()
            embedder._encoder = real
            assert here.fingerprint == name
            assert damage(here._store) == []
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
        assert (here.version, damage(here._store)) == (5, [])


def meanwhile(monkeypatch, *events) -> None:
    """Events between the last batch and the transaction that flips, one a round."""
    real, left = encoder_comparison.compare, list(events)

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
        assert damage(here._store) == []


def test_an_example_without_text_that_comes_meanwhile_stops_it(path, monkeypatch):
    def others() -> None:
        with LabelSpace(path, encoder=Words(), background=False) as there:
            there.add([Example("bill", embedding=np.ones(8, np.float32), id="v")])

    meanwhile(monkeypatch, others)
    with LabelSpace(path, encoder=Words(), background=False) as here:
        with pytest.raises(InputError, match="'v' of class 'bill'"):
            here.reencode(Letters())
        assert (here.fingerprint, here.version, damage(here._store)) == ("words:8", 5, [])


def test_an_estimate_of_kappa_from_old_vectors_is_not_taken_up(space):
    view = space.view()
    space.reencode(Letters())
    space._session.tune(view, 7.0)
    assert space.settings.kappa == 1.0
    space._session.tune(space.view(), 7.0)
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
    script += "from protolabel.label_space import item_vectors; item_vectors.BATCH = 9\n"
    script += "LabelSpace(sys.argv[1], background=False).reencode('hashing:32')"
    fingerprints: dict[str, set[str]] = {}
    with LabelSpace(path, background=False) as here:
        process = subprocess.Popen([sys.executable, "-c", script, str(path)])
        while process.poll() is None or "hashing:32" not in fingerprints:
            answer = here.label("text pay 5")
            fingerprints.setdefault(answer.encoder_fingerprint, set()).add(
                repr(answer.alternatives)
            )
        assert process.returncode == 0
        assert fingerprints.keys() == {"hashing:64", "hashing:32"}
        assert all(len(answers) == 1 for answers in fingerprints.values())


# -- damage -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "message", "derived"),
    [
        ("DELETE FROM vectors WHERE encoding = 2 AND item = 3", "no embedding in encoding 2", 0),
        ("DELETE FROM vectors WHERE encoding = 1 AND item = 3", "which holds at version 1", 0),
        (
            "UPDATE vectors SET embedding = zeroblob(104) WHERE encoding = 2 AND item = 3",
            "not what was written",
            0,
        ),
        ("UPDATE vectors SET embedding = x'00' WHERE encoding = 2 AND item = 1", "expected 104", 0),
        ("DELETE FROM settings WHERE key = 'encoding'", "does not say which encoding", 0),
        ("UPDATE sums SET n = n + 1", "the sum of class", 1),
        ("DELETE FROM sums", "the sum of class", 1),
    ],
)
def test_check_looks_at_vectors_and_sums(path, statement, message, derived):
    with LabelSpace(path, encoder=Words(), background=False) as space:
        space.reencode(Letters())
        before = prototypes(space.view())
    db = sqlite3.connect(path, isolation_level=None)
    db.execute(statement)
    db.close()
    store = open_store(str(path))
    findings = damage(store, repair=True)
    assert any(message in f.what for f in findings), findings
    assert all(f.repaired == bool(derived) for f in findings if message in f.what)
    if derived:
        assert damage(store) == []
        with LabelSpace(path, encoder=Letters(), background=False) as space:
            assert prototypes(space.view()) == before
    store.close()


def test_a_comparison_keeps_nothing_of_the_encoder_that_it_tried(space):
    encoder = LetterEncoder()
    kept = weakref.ref(encoder)
    space.compare(encoder)
    space.compare(encoder)
    del encoder
    gc.collect()
    assert kept() is None


def test_moving_there_again_keeps_one_encoder_of_a_kind(space):
    for _ in range(3):
        space.reencode(LetterEncoder())
        space.undo()
    assert len(space._session.binding._encoders) == 2
