"""What a label space remembers of its answers: bounded, private, forgettable, never in the way."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from fakes import LetterEncoder, WordEncoder
from mounts import read_only
from other_processes import opened
from remembered import remembered_ids
from stored import connection_of, damage, store_of

from protolabel import Document, LabelSpace
from protolabel.errors import InputError, StoreError
from protolabel.label_space.waiting_answers import answer_queue

SECRET = "secretsecretsecret"  # a word that stands nowhere else


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.space"


@pytest.fixture
def space(path: Path) -> LabelSpace:
    space = LabelSpace.create(path, encoder=WordEncoder(), background=False)
    space.add(["pay bill", "cv work"], ["bill", "cv"])
    return space


def holds(path: Path, word: str) -> bool:
    """Whether one of the files of a label space holds a word."""
    files = [path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")]
    return any(word.encode() in file.read_bytes() for file in files if file.exists())


def texts(n: int) -> list[Document]:
    return [
        Document(f"d{i}", f"pay cv {'bill ' * (i % 7)} x{i}", source=f"in/{i}") for i in range(n)
    ]


# -- what is kept ---------------------------------------------------------------------------------


def test_an_answer_is_remembered_and_makes_no_version(space, path):
    version = space.version
    label = space.label(Document("a", "pay", source="in/a")).label
    space.close()
    with opened(path) as other:
        assert other.version == version
        (one,) = other.answer_log.documents()
        assert (one.id, one.source, one.label, one.by) == ("a", "in/a", label, "label space")
        assert (one.version, one.text) == (version, None)
        assert damage(other) == []


def test_no_text_of_a_document_is_in_the_file(space, path):
    list(space.label_many([f"pay {SECRET} {i}" for i in range(50)]))
    space.answer_log.write()
    assert len(space.answer_log) == 50
    assert not holds(path, SECRET)
    space.close()
    assert not holds(path, SECRET)


def test_a_document_answered_twice_is_remembered_once(space):
    for _ in range(3):
        list(space.label_many(texts(20)))
    assert len(space.answer_log) == 20


def test_a_file_whose_content_changed_takes_the_place_of_the_old_one(space):
    space.label(Document("a", "pay", source="in/a.txt"))
    space.label(Document("a", "cv", source="in/a.txt"))
    assert [one.label for one in space.answer_log.documents()] == ["cv"]
    space.label(Document("stdin:1", "pay", source="stdin:1"))
    space.label(Document("stdin:1", "cv", source="stdin:1"))  # another document, a day later
    assert len(space.answer_log) == 3


def test_only_answers_that_were_taken_from_a_stream_are_remembered(space):
    stream = space.label_many(texts(10))
    next(stream)
    next(stream)
    stream.close()
    assert remembered_ids(space) == ["d0", "d1"]


def test_a_look_at_an_earlier_version_is_not_remembered(space):
    space.add("cv", "cv")
    space.at(2).label("pay")
    space.view().unremembered().label("cv")
    assert len(space.answer_log) == 0
    space.view().unrefined().label("cv")
    assert len(space.answer_log) == 1


def test_the_oldest_leave_first_and_those_of_a_person_last(space):
    list(space.label_many(texts(5)))
    space.add("pay cv x0", "other")
    first = [s for s in space.answer_log.suggestions() if s.document.id == "d0"]
    space.answer_log.accept(first)
    space.answer_log.remember(most=3)
    list(space.label_many([Document("new", "pay pay")]))
    assert remembered_ids(space) == ["d0", "d4", "new"]


def test_a_space_of_vectors_remembers_too(tmp_path):
    from protolabel.encoders import PrecomputedEncoder

    with LabelSpace.create(tmp_path / "v.space", encoder=PrecomputedEncoder(3)) as space:
        from protolabel import Example

        space.add([Example("x", embedding=np.array([1, 0, 0], np.float32))])
        space.label(Document("a", embedding=np.array([1, 1, 0], np.float32)))
        assert remembered_ids(space) == ["a"]


def test_documents_of_another_encoder_are_left_out_and_counted(space):
    list(space.label_many(texts(4)))
    space.reencode(LetterEncoder())
    preview = space.preview.add("pay", "other")
    assert (preview.documents, preview.left_out) == (0, 4)
    assert space.answer_log.suggestions() == []
    list(space.label_many(texts(4)))
    assert space.preview.add("pay", "other").documents == 4
    undone = space.preview.undo()  # back to the encoder before
    assert (undone.documents, undone.left_out) == (0, 4)
    assert undone.examples == 2


# -- forgetting -----------------------------------------------------------------------------------


def test_what_is_forgotten_is_in_no_file(space, path):
    space.answer_log.remember("text")
    list(space.label_many([f"pay {SECRET}{i} " + "bill " * 300 for i in range(30)]))
    space.label(Document("keep", "kept text", source="in/keep"))
    space.answer_log.write()
    assert holds(path, SECRET)
    keys = [one.key for one in space.answer_log.documents() if one.id != "keep"]
    assert space.answer_log.forget(keys) == 30
    assert not holds(path, SECRET)
    assert [one.text for one in space.answer_log.documents()] == ["kept text"]
    assert space.answer_log.forget() == 1
    assert not holds(path, "kept text")
    assert damage(space) == []


def test_texts_go_where_they_may_not_be_kept_any_more(space, path):
    space.answer_log.remember("text")
    list(space.label_many([f"pay {SECRET}{i}" for i in range(30)]))
    space.answer_log.write()
    assert holds(path, SECRET)
    space.answer_log.remember("answers")
    assert not holds(path, SECRET)
    assert len(space.answer_log) == 30


def test_answers_that_were_on_their_way_when_all_was_forgotten_are_not_kept(space, path):
    space.answer_log.write()
    list(space.label_many(texts(5)))
    with opened(path) as other:
        assert other.answer_log.forget() == 0
    space.answer_log.write()
    assert len(space.answer_log) == 0


def test_undo_and_return_bring_no_permission_back(space):
    space.answer_log.remember("text")
    space.answer_log.remember("off")
    space.add("pay", "bill")
    space.undo()
    space.return_to(3)
    assert space.settings.remember == "off"
    space.label("cv")
    assert len(space.answer_log) == 0


def test_an_import_takes_over_no_permission(space):
    space.answer_log.remember("text")
    records = list(space.view().export())
    with LabelSpace.create(encoder=WordEncoder()) as other:
        other.import_records(records)
        assert other.settings.remember == "answers"


def test_a_reader_of_the_old_state_is_named(space, path, monkeypatch):
    monkeypatch.setattr("protolabel.store.answer_rows.CLEANING_SECONDS", 0.1)
    space.label("pay")
    space.answer_log.write()
    other = opened(path)
    with store_of(other).rows.reading():
        store_of(other).rows.version()
        with pytest.raises(StoreError, match="its log holds them"):
            space.answer_log.forget()
    other.close()
    space.answer_log.forget()


# -- others, and faults ---------------------------------------------------------------------------


def test_another_process_that_writes_costs_no_answer_and_no_memory(space, path):
    other = opened(path)
    with store_of(other).exclusively():
        assert len(list(space.label_many(texts(30)))) == 30
        space.answer_log.write()
        assert store_of(other).answers.count()[0] == 0
    space.answer_log.write()
    assert len(other.answer_log) == 30
    other.close()


def test_a_full_disk_costs_no_answer(space, caplog):
    db = connection_of(space).db
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages}")
    with caplog.at_level(logging.WARNING):
        assert len(list(space.label_many(texts(200)))) == 200
        space.answer_log.write()
    assert space.answer_log.left_out == 200
    assert "200 answers were given and not remembered" in caplog.text
    db.execute("PRAGMA max_page_count = 1000000")
    list(space.label_many(texts(3)))
    assert len(space.answer_log) == 3


def test_nothing_is_remembered_in_a_file_for_reading_only(space, path):
    space.close()
    with read_only(path.parent), opened(path) as other:
        assert other.label("pay").label == "bill"
        assert len(other.answer_log) == 0
        assert other.answer_log.left_out == 0
        with pytest.raises(StoreError, match="reading only"):
            other.preview.add("pay", "bill")


def test_threads_and_processes_remember_side_by_side(space, path):
    both = [space, opened(path)]

    def work(which: LabelSpace, start: int) -> None:
        for document in texts(120)[start::4]:
            which.label(document)

    threads = [threading.Thread(target=work, args=(both[i % 2], i)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in both:
        one.answer_log.write(1.0)
    assert sorted(remembered_ids(space)) == sorted(d.id for d in texts(120))
    both[1].close()
    assert damage(space) == []


def test_a_forked_child_leaves_what_waits_to_its_parent(space):
    list(space.label_many(texts(3)))
    child = os.fork()
    if child == 0:
        answer_queue.close_all()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert len(space.answer_log) == 3


WORKER = """
import sys
from protolabel import Document, LabelSpace
space = LabelSpace(sys.argv[1], background=False)
print("ready", flush=True)
i = 0
while True:
    space.label(Document(f"d{i % 500}", f"pay the bill {i % 500}", source=f"in/{i % 500}"))
    i += 1
    if i % 300 == 0:
        space.answer_log.write()
"""


@pytest.mark.slow
def test_a_process_that_is_killed_leaves_a_sound_file(tmp_path):
    path = tmp_path / "k.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.add(["pay bill", "cv work"], ["bill", "cv"])
    remembered = 0
    for attempt in range(3):
        worker = subprocess.Popen([sys.executable, "-c", WORKER, path], stdout=subprocess.PIPE)
        assert worker.stdout is not None
        worker.stdout.readline()
        time.sleep(0.4 + 0.9 * attempt)  # answers are written about a second after they came
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
        with LabelSpace(path, background=False) as space:
            assert damage(space) == []
            ids = remembered_ids(space)
            assert len(ids) == len(set(ids)) >= remembered
            remembered = len(ids)
    assert remembered


def test_a_process_that_ends_without_closing_writes_what_waits(tmp_path):
    path = tmp_path / "e.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.add("pay bill", "bill")
    script = f"from protolabel import LabelSpace; LabelSpace({str(path)!r}).label('pay')"
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True)
    with LabelSpace(path, background=False) as space:
        assert len(space.answer_log) == 1


# -- copies and checks ----------------------------------------------------------------------------


def test_a_backup_has_what_is_remembered_and_an_export_has_not(space, tmp_path):
    space.label(Document("unheard", "pay"))
    space.answer_log.write()
    space.backup(tmp_path / "copy.space")
    with opened(tmp_path / "copy.space") as copy:
        assert remembered_ids(copy) == ["unheard"]
        copy.answer_log.forget()
    assert "unheard" not in str(list(space.view().export()))


def test_check_names_a_row_that_is_damaged_and_repair_removes_it(space):
    list(space.label_many(texts(3)))
    space.answer_log.write()
    db = connection_of(space).db
    db.execute("UPDATE answers SET embedding = zeroblob(length(embedding)) WHERE id = 'd1'")
    assert remembered_ids(space) == ["d0", "d2"]
    (finding,) = damage(space)
    assert finding.derived
    assert "remembered answer" in finding.what
    damage(store_of(space), repair=True)
    assert damage(space) == []
    assert store_of(space).answers.count()[0] == 2


def test_a_suggestion_that_is_out_of_date_is_refused_whole(space):
    list(space.label_many(texts(5)))
    space.add("pay cv x0", "other")
    suggestions = space.answer_log.suggestions()
    assert suggestions
    space.answer_log.forget([suggestions[0].key])
    with pytest.raises(InputError, match="no longer remembered"):
        space.answer_log.accept(suggestions)
    assert all(one.by == "label space" for one in space.answer_log.documents())


def test_a_correction_is_a_decision_of_a_person(space):
    document = Document("a", "pay cv", source="in/a.txt")
    before = space.label(document).label
    to = "cv" if before == "bill" else "bill"
    space.correct(document, to)
    (one,) = space.answer_log.documents()
    assert (one.label, one.by) == (to, "person")
    space.undo()  # the space would answer as before: the old label is not proposed again
    assert space.answer_log.suggestions() == []
