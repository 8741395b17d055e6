"""Moving to another encoder: stopped and resumed, and what ``check`` finds afterwards."""

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

import pytest
from fakes import LetterEncoder
from stored import damage
from two_encoders import Letters, Words, counts_of_vectors, many, prototypes

from protolabel import LabelSpace
from protolabel.encoders.locate import DEFAULT, locate
from protolabel.errors import EncoderNotFoundError
from protolabel.label_space.stored_items import item_vectors
from protolabel.progress import Step
from protolabel.store import open_store

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
        assert damage(space) == []
    assert counts_of_vectors(path) == {"words:8": 204, "letters:26": 96}
    rest = Letters()
    with LabelSpace(path, encoder=Words(), background=False) as space:
        result = space.reencode(rest, progress=counts.append)
        assert (result.encoded, len(rest.texts)) == (108, 108)
        assert counts[-1] == Step("documents encoded", 204, 204)
        assert damage(space) == []


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


@pytest.mark.slow
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


COMPARE = """
import resource
from protolabel import Example, LabelSpace
with LabelSpace.create(encoder="hashing", background=False) as space:
    space.add([Example(name, f"{name} {n}") for name in ("pay", "work") for n in range(4)])
    for n in range(8):
        space.compare("all-MiniLM-L6-v2")
        with open("/proc/self/statm") as file:
            print(int(file.read().split()[1]) * resource.getpagesize())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_comparison_by_name_keeps_no_memory_of_the_engine():
    """Each one had kept 135 MB, the weights among them."""
    try:
        locate(DEFAULT)
    except EncoderNotFoundError:
        pytest.skip("the package of the default encoder is not installed")
    done = subprocess.run(
        [sys.executable, "-c", COMPARE], capture_output=True, text=True, check=True
    )
    sizes = list(map(int, done.stdout.split()))
    assert min(sizes[-3:]) < sizes[1] + 60e6, sizes


def test_moving_there_again_keeps_one_encoder_of_a_kind(space):
    references = []
    for _ in range(3):
        encoder = LetterEncoder()
        references.append(weakref.ref(encoder))
        space.reencode(encoder)
        space.undo()
    del encoder
    gc.collect()
    assert [one() is not None for one in references] == [False, False, True]
