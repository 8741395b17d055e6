"""The embedding cache: hits, keys, passages, eviction, damage, other processes."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from fakes import WORDS, WordEncoder

from protolabel.beginnings import Beginnings
from protolabel.encoders.cache import CachedEncoder, cache_path, with_cache
from protolabel.encoders.cache_file import FORMAT
from protolabel.types import Encoded


class Splitting(WordEncoder):
    """A toy with a window of two words: longer texts are split and averaged."""

    def encode_documents(self, texts):
        out, rows, owner, spans, weights = [], [], [], [], []
        for i, text in enumerate(texts):
            words = text.split()
            parts = [" ".join(words[a : a + 2]) for a in range(0, len(words), 2)]
            vectors = self.encode(parts)
            out.append(vectors.mean(axis=0))
            if len(parts) > 1:
                rows += list(vectors)
                owner += [i] * len(parts)
                spans += [(n, n + 1) for n in range(len(parts))]
                weights += [1 / (n + 2) for n in range(len(parts))]
        return Encoded(
            np.array(out, np.float32),
            np.array(rows, np.float32).reshape(-1, self.dim),
            np.array(owner, np.int64),
            np.array(spans, np.int64).reshape(-1, 2),
            np.full((len(texts), 2), 0.25, np.float32),
            np.array(weights, np.float32),
            self.beginnings(texts, sorted(set(owner))),
        )

    def beginnings(self, texts, split):
        """The first word of each text that is split, and that word twice."""
        words = [n * f"{texts[i].split()[0]} " for i in split for n in (1, 2)]
        weights = np.repeat([1 / len(texts[i]) for i in split], 2).astype(np.float32)
        return Beginnings(self.encode(words), np.repeat(split, 2), weights) if split else None


def arrays(one: Encoded) -> list[np.ndarray]:
    starts = one.beginnings
    begun = [] if starts is None else [starts.embeddings, starts.owner, starts.weights]
    passages = [one.passage_embeddings, one.passage_owner, one.passage_spans]
    return [one.embeddings, *passages, one.unread_shares, one.passage_weights, *begun]


def same(a: Encoded, b: Encoded) -> None:
    for x, y in zip(arrays(a), arrays(b), strict=True):
        np.testing.assert_array_equal(x, y)


def test_what_was_encoded_is_not_encoded_again(tmp_path):
    inner = WordEncoder()
    cached = CachedEncoder(inner, tmp_path / "c.sqlite")
    first = cached.encode(["pay", "bill", "pay"])
    assert inner.texts == ["pay", "bill"]
    np.testing.assert_array_equal(cached.encode(["bill", "cv", "pay"])[[2, 0]], first[:2])
    assert inner.texts == ["pay", "bill", "cv"]
    again = WordEncoder()
    np.testing.assert_array_equal(
        CachedEncoder(again, tmp_path / "c.sqlite").encode(["pay"]), first[:1]
    )
    assert again.texts == []


def test_another_encoder_does_not_get_these_vectors(tmp_path):
    CachedEncoder(WordEncoder("one"), tmp_path / "c.sqlite").encode(["pay"])
    other = WordEncoder("two")
    CachedEncoder(other, tmp_path / "c.sqlite").encode(["pay"])
    assert other.texts == ["pay"]


def test_passages_are_kept_with_their_text(tmp_path):
    texts = ["pay", "pay bill cv", "box", "cv work sign ship box"]
    expected = Splitting().encode_documents(texts)
    cached = CachedEncoder(Splitting(), tmp_path / "c.sqlite")
    same(cached.encode_documents(texts), expected)
    cached.close()
    inner = Splitting()
    same(CachedEncoder(inner, tmp_path / "c.sqlite").encode_documents(texts), expected)
    assert inner.texts == []
    mixed = CachedEncoder(inner, tmp_path / "c.sqlite").encode_documents([*texts[::-1], "new x y"])
    same(mixed, Splitting().encode_documents([*texts[::-1], "new x y"]))


def test_the_least_recently_used_go_first(tmp_path):
    inner = WordEncoder()
    one = 4 * inner.dim
    cached = CachedEncoder(inner, tmp_path / "c.sqlite", most_bytes=5 * one)
    for word in WORDS[:5]:
        cached.encode([word])
    cached.encode([WORDS[0]])  # used again: it stays
    cached.encode(["one more"])
    inner.texts.clear()
    cached.encode([WORDS[0]])
    assert inner.texts == []
    cached.encode([WORDS[1]])
    assert inner.texts == [WORDS[1]]


def works(path: Path, *, is_named: bool) -> bool:
    """Whether a text is kept in the file from one encoder to the next."""
    for inner in (WordEncoder(), WordEncoder()):
        cached = CachedEncoder(inner, path, is_named=is_named)
        cached.encode(["pay"])
        cached.close()
    return inner.texts == []


@pytest.mark.parametrize("content", [b"not a database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_whatever_lies_in_the_usual_place_is_a_damaged_cache(tmp_path, content):
    path = tmp_path / "c.sqlite"
    path.write_bytes(content)
    assert works(path, is_named=False)
    assert (tmp_path / "c.sqlite.damaged").read_bytes() == content


@pytest.mark.parametrize("format_", [1, FORMAT])
def test_a_damaged_cache_that_was_named_is_thrown_away(tmp_path, format_, caplog):
    path = tmp_path / "c.sqlite"
    assert works(path, is_named=True)
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {format_}")
    db.close()
    raw = path.read_bytes()
    path.write_bytes(raw[:20] + b"\xff" * 20 + raw[40:4096] + b"\xff" * 5000)
    assert works(path, is_named=True)
    assert not caplog.records


def of_a_program(path: Path, *statements: str) -> bytes:
    db = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        db.execute(statement)
    db.close()
    return path.read_bytes()


OTHERS = {
    "notes": lambda path: path.write_bytes(b"my notes, which are no cache, " * 50),
    "damaged": lambda path: path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000),
    "quotes": lambda path: path.write_bytes(b"CREATE TABLE kept (key BLOB PRIMARY KEY, vectors"),
    "database": lambda path: of_a_program(path, "CREATE TABLE a (b)", "INSERT INTO a VALUES (1)"),
    "view": lambda path: of_a_program(path, "CREATE VIEW v AS SELECT 1"),
    "same names": lambda path: of_a_program(
        path, "CREATE TABLE clock (time TEXT)", "INSERT INTO clock VALUES ('noon')"
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_of_others_stays_as_it_is_and_a_warning_says_so_once(tmp_path, name, caplog):
    """The first file was renamed, the second one deleted, each without a word."""
    path = tmp_path / "notes.txt"
    for _ in range(2):
        path.unlink(missing_ok=True)
        OTHERS[name](path)
        content = path.read_bytes()
        assert not works(path, is_named=True)
        assert path.read_bytes() == content
        assert [one.name for one in tmp_path.iterdir()] == ["notes.txt"]
    (record,) = caplog.records
    assert f"no embedding cache: {path} is no cache and stays as it is" in record.getMessage()


def test_a_folder_is_no_cache(tmp_path, caplog):
    assert not works(tmp_path, is_named=True)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_becomes_a_cache(tmp_path):
    (tmp_path / "c.sqlite").touch()
    assert works(tmp_path / "c.sqlite", is_named=True)


@pytest.mark.parametrize("word", ["off", "OFF", "0", "false", "False", "no"])
def test_a_word_turns_it_off(tmp_path, monkeypatch, word):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROTOLABEL_CACHE", word)
    encoder = WordEncoder()
    assert with_cache(encoder) is encoder
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("word", ["", "on", "1", "true", "Yes"])
def test_another_word_or_none_means_the_usual_place(tmp_path, monkeypatch, word):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    place = tmp_path / "home" / "protolabel" / "embeddings.sqlite"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"damaged")
    monkeypatch.setenv("PROTOLABEL_CACHE", word)
    with_cache(WordEncoder()).encode(["pay"])
    assert cache_path() == place
    assert place.read_bytes().startswith(b"SQLite")
    assert [one.name for one in tmp_path.iterdir()] == ["home"]


def test_any_other_word_names_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("./0", "cache", str(tmp_path / "c.sqlite")):
        monkeypatch.setenv("PROTOLABEL_CACHE", name)
        with_cache(WordEncoder()).encode(["pay"])
        assert Path(name).read_bytes().startswith(b"SQLite")
    (tmp_path / "notes.txt").write_text("my notes")
    monkeypatch.setenv("PROTOLABEL_CACHE", "notes.txt")
    with_cache(WordEncoder()).encode(["pay"])
    assert (tmp_path / "notes.txt").read_text() == "my notes"


def test_an_entry_of_the_wrong_size_is_encoded_again(tmp_path):
    path = tmp_path / "c.sqlite"
    cached = CachedEncoder(WordEncoder(), path)
    expected = cached.encode(["pay"])
    cached.close()
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("UPDATE kept SET vectors = x'0000'")
    db.close()
    np.testing.assert_array_equal(CachedEncoder(WordEncoder(), path).encode(["pay"]), expected)


def test_a_place_that_cannot_be_written_is_no_error(tmp_path):
    inner = WordEncoder()
    cached = CachedEncoder(inner, tmp_path / "no" / "folder" / "c.sqlite")
    cached.encode(["pay"])
    cached.encode(["pay"])
    assert inner.texts == ["pay", "pay"]


def test_processes_share_it(tmp_path):
    script = textwrap.dedent("""
        import sys
        sys.path.insert(0, sys.argv[2])
        from fakes import WordEncoder
        from protolabel.encoders.cache import CachedEncoder
        cached = CachedEncoder(WordEncoder(), sys.argv[1])
        for n in range(200):
            cached.encode([f"pay {n % 50} {k}" for k in range(3)])
    """)
    path = tmp_path / "c.sqlite"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(path), str(Path(__file__).parents[1] / "helpers")]
        )
        for _ in range(3)
    ]
    assert [p.wait() for p in processes] == [0, 0, 0]
    inner = WordEncoder()
    CachedEncoder(inner, path).encode(["pay 7 1"])
    assert inner.texts == []


def flip(path: Path, column: str) -> None:
    """Change one byte of one column, as a failing disk does: the file stays a sound database."""
    db = sqlite3.connect(path, isolation_level=None)
    for key, value in db.execute(f"SELECT key, {column} FROM kept").fetchall():
        if value:
            changed = bytes([value[0] ^ 1]) + value[1:]
            db.execute(f"UPDATE kept SET {column} = ? WHERE key = ?", (changed, key))
    db.close()


@pytest.mark.parametrize("column", ["vectors", "spans", "unread", "digest"])
def test_a_changed_byte_never_becomes_a_vector(tmp_path, column):
    path, texts = tmp_path / "c.sqlite", ["pay", "pay bill cv", "box"]
    expected = Splitting().encode_documents(texts)
    cached = CachedEncoder(Splitting(), path)
    cached.encode_documents(texts)
    cached.close()
    flip(path, column)
    inner = Splitting()
    cached = CachedEncoder(inner, path)
    same(cached.encode_documents(texts), expected)
    assert inner.texts  # rebuilt,
    inner.texts.clear()
    same(cached.encode_documents(texts), expected)
    assert inner.texts == []  # and kept
    cached.close()


def test_one_bad_row_does_not_cost_the_others(tmp_path):
    path = tmp_path / "c.sqlite"
    cached = CachedEncoder(WordEncoder(), path)
    expected = cached.encode(["pay", "bill", "cv"])
    cached.close()
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("UPDATE kept SET vectors = zeroblob(length(vectors)) WHERE rowid = 2")
    db.close()
    inner = WordEncoder()
    np.testing.assert_array_equal(
        CachedEncoder(inner, path).encode(["pay", "bill", "cv"]), expected
    )
    assert inner.texts == ["bill"]


def test_two_rows_that_changed_places_are_made_anew(tmp_path):
    """Each row is sound by itself, but not under the other's key."""
    path = tmp_path / "c.sqlite"
    cached = CachedEncoder(WordEncoder(), path)
    expected = cached.encode(["pay", "bill"])
    cached.close()
    db = sqlite3.connect(path, isolation_level=None)
    (first, second) = [key for (key,) in db.execute("SELECT key FROM kept").fetchall()]
    for old, new in ((first, b"x"), (second, first), (b"x", second)):
        db.execute("UPDATE kept SET key = ? WHERE key = ?", (new, old))
    db.close()
    np.testing.assert_array_equal(
        CachedEncoder(WordEncoder(), path).encode(["pay", "bill"]), expected
    )


def test_a_forked_child_uses_the_cache_by_itself(tmp_path):
    import os

    inner = WordEncoder()
    cached = CachedEncoder(inner, tmp_path / "c.sqlite")
    cached.encode(["pay"])
    child = os.fork()
    if not child:
        cached.encode(["pay", "bill"])
        os._exit(len(inner.texts) != 2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    inner.texts.clear()
    cached.encode(["pay", "bill"])
    assert inner.texts == []


def test_a_cache_that_cannot_be_written_says_so_in_one_line_of_the_debug_log(tmp_path, caplog):
    caplog.set_level("DEBUG", "protolabel")
    cached = CachedEncoder(WordEncoder(), tmp_path / "no" / "folder" / "c.sqlite")
    cached.encode(["pay"])
    cached.encode(["bill"])
    (record,) = [record for record in caplog.records if record.name.startswith("protolabel")]
    assert record.levelname == "DEBUG"
    assert "pay" not in record.getMessage()
