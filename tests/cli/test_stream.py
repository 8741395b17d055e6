"""`protolabel stream`: documents as they come, each answered once, also after a kill."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from commands import ENVIRONMENT, call, records
from mail_space import mail_space
from prepared_commands import prepared_program
from spelt_numbers import spelt

from protolabel import LabelSpace
from protolabel.batch.read_ahead import ReadAhead
from protolabel.cli.stream import LARGEST

NEW = (sys.executable, "-m", "protolabel")  # that a kill ends at once
PATIENCE = 60  # seconds until a test gives up, far more than anything takes


@pytest.fixture
def space(tmp_path) -> Path:
    return mail_space(tmp_path)


def rows(n: int, start: int = 0) -> str:
    texts = (f"please pay bill {spelt(i % 50)}" for i in range(start, start + n))
    return "".join(json.dumps({"text": text}) + "\n" for text in texts)


@contextmanager
def streaming(*args: object, program: Sequence[str] = ()) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [*(program or [prepared_program()]), "stream", *map(str, args)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for_lines(out: Path, n: int, process: subprocess.Popen[bytes]) -> list[dict]:
    """Wait until a file has n whole lines."""
    end = time.monotonic() + PATIENCE
    while True:
        raw = out.read_bytes() if out.exists() else b""
        lines = raw.split(b"\n")[:-1]
        if len(lines) >= n:
            return [json.loads(line) for line in lines]
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, raw
        time.sleep(0.01)


def read(out: Path) -> list[dict]:
    return [json.loads(line) for line in out.read_text().splitlines()]


def test_each_line_is_answered_as_label_answers_it(space):
    text = rows(5)
    streamed = records("stream", space, stdin=text)
    assert streamed == records("label", space, "-", "--json", stdin=text)
    assert len(streamed) == 5


def test_the_same_command_goes_on_and_equal_documents_count_each(space, tmp_path):
    out, source = tmp_path / "out.jsonl", tmp_path / "in.jsonl"
    source.write_text(rows(3) + rows(2))  # two are there twice
    call("stream", space, source, "--out", out)
    source.write_text(rows(3) + rows(2) + rows(4))
    (tally,) = records("stream", space, source, "--out", out, "--json")
    assert (tally["earlier"], tally["answered"] + tally["declined"]) == (5, 4)
    assert [one["id"] for one in read(out)] == [f"in.jsonl:{n}" for n in range(1, 10)]


def test_an_answer_to_what_a_document_held_before_is_replaced_and_counted(space, tmp_path):
    out, folder = tmp_path / "out.jsonl", tmp_path / "inbox"
    folder.mkdir()
    for n in range(3):
        (folder / f"{n}.txt").write_text(f"please pay bill {spelt(n)}")
    call("stream", space, folder, "--out", out)
    (folder / "1.txt").write_text("please pay another bill")
    (tally,) = records("stream", space, folder, "--out", out, "--json")
    assert (tally["earlier"], tally["changed"], len(read(out))) == (2, 1, 3)
    (folder / "1.txt").write_text("please pay one more")
    notes = call("stream", space, folder, "--out", out).stderr
    assert "1 document had changed: the new answer replaces the old one" in notes


def test_a_stream_names_no_option_that_it_lacks(space, tmp_path):
    out, text = tmp_path / "out.jsonl", json.dumps({"text": "sunny weather"}) + "\n"
    call("set", space, "threshold", "0.9")
    call("stream", space, "--out", out, stdin=text)
    same = call("stream", space, "--out", out, stdin=text).stderr
    assert "1 answered by an earlier run, 1 of them declined\n" in same
    call("set", space, "threshold", "0.95")
    older = call("stream", space, "--out", out, stdin=text).stderr
    other = "1 of them by another version or ranking of the label space, whose answers may differ"
    assert f"{other} (1 declined)\n" in older
    options = call("stream", "--help").stdout
    absent = call("stream", space, tmp_path / "absent.txt", code=6).stderr
    for notes in (same, older, absent):
        assert all(option in options for option in re.findall(r"--[a-z-]+", notes)), notes


def test_what_cannot_be_read_is_reported_and_the_stream_goes_on(space):
    result = call("stream", space, stdin=rows(1) + "{\n" + rows(1), code=6)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert ["skipped" in line for line in lines] == [False, True, False]
    assert "stdin:2" in result.stderr


def test_a_followed_file_is_answered_as_it_grows_by_the_label_space_as_it_is(space, tmp_path):
    out, source = tmp_path / "out.jsonl", tmp_path / "in.jsonl"
    source.write_text(rows(2) + '{"text": "please')  # a line that is not whole yet
    with streaming(space, source, "--follow", "--out", out) as process:
        first = wait_for_lines(out, 2, process)
        with LabelSpace(space, background=False) as own:
            label = own.label("please pay bill one").label
            own.rename(label, "account")
            version = own.version
        with source.open("a") as file:
            file.write(' pay the bill"}\n')
        second = wait_for_lines(out, 3, process)[-1]
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        notes = process.stderr.read().decode()
        assert "stopped after 3 documents; the same command goes on" in notes
        assert "--resume" not in notes
    assert first[0]["label"] == label
    assert (second["label"], second["space_version"], second["id"]) == (
        "account", version, "in.jsonl:3",
    )  # fmt: skip


def test_a_followed_file_that_is_replaced_ends_the_stream(space, tmp_path):
    out, source = tmp_path / "out.jsonl", tmp_path / "in.jsonl"
    source.write_text(rows(2))
    with streaming(space, source, "--follow", "--out", out) as process:
        wait_for_lines(out, 2, process)
        other = tmp_path / "other.jsonl"
        other.write_text(rows(1))
        os.replace(other, source)
        assert process.wait(PATIENCE) == 6
        assert b"replaced by another file" in process.stderr.read()


@pytest.mark.parametrize("kills", [1, pytest.param(8, marks=pytest.mark.slow)])
def test_a_stream_that_is_killed_answers_each_document_once(space, tmp_path, kills):
    """The lines are those of one run that nobody disturbs, in the same order.

    Scores agree but for the last bits, which depend on the documents that are scored together.
    """
    rng = random.Random(kills)
    source, out, whole = (tmp_path / name for name in ("in.jsonl", "out.jsonl", "whole.jsonl"))
    n = 400
    source.write_text(rows(n))
    for _ in range(kills):
        with streaming(space, source, "--out", out, program=NEW) as process:
            there = len(out.read_bytes().split(b"\n")) - 1 if out.exists() else 0
            wait = rng.randrange(there, max(there + 1, min(n, there + 2 * n // kills)))
            end = time.monotonic() + PATIENCE
            while process.poll() is None and time.monotonic() < end:
                if out.exists() and out.read_bytes().count(b"\n") > wait:
                    os.kill(process.pid, signal.SIGKILL)
                    break
    call("stream", space, source, "--out", out)
    call("stream", space, source, "--out", whole)
    assert [one["id"] for one in read(out)] == [f"in.jsonl:{i}" for i in range(1, n + 1)]
    for one, other in zip(read(out), read(whole), strict=True):
        assert one["score"] == pytest.approx(other["score"], abs=1e-6)
        for key in ("key", "label", "space_version"):
            assert one[key] == other[key]


@pytest.mark.slow
def test_a_followed_folder_is_read_as_files_come_and_goes_on_after_a_kill(space, tmp_path):
    inbox, out = tmp_path / "in", tmp_path / "out.jsonl"
    inbox.mkdir()
    (inbox / "one.txt").write_text("please pay the bill")
    (inbox / "two.jsonl").write_text(rows(2))
    with streaming(space, inbox, "--follow", "--out", out) as process:
        wait_for_lines(out, 3, process)
        os.utime(inbox / "one.txt")
        with (inbox / "two.jsonl").open("a") as file:
            file.write(rows(1, start=2))
        wait_for_lines(out, 4, process)
    (inbox / "zero.txt").write_text("my work so far")
    with streaming(space, inbox, "--follow", "--out", out) as process:
        answers = wait_for_lines(out, 5, process)
    assert sorted(one["id"] for one in answers) == [
        "one.txt", "two.jsonl:1", "two.jsonl:2", "two.jsonl:3", "zero.txt",
    ]  # fmt: skip
    (tally,) = records("stream", space, inbox, "--out", out, "--json")
    assert (tally["earlier"], tally["answered"] + tally["declined"]) == (5, 0)


def test_no_more_is_read_than_is_answered():
    taken = []
    wait = threading.Event()

    def documents() -> Iterator[int]:
        for i in range(10 * LARGEST):
            taken.append(i)
            if i > 2 * LARGEST:
                wait.set()
            yield i

    batches = ReadAhead(documents(), lambda item: 1, LARGEST).batches()
    first = next(batches)
    assert len(first) <= LARGEST
    assert not wait.wait(0.2)
    assert len(taken) <= len(first) + LARGEST + 1
    batches.close()  # type: ignore[attr-defined]  # a generator


def test_classes_are_proposed_now_and_then_as_events(space):
    call("set", space, "threshold", "0.9")
    call("set", space, "remember", "text")
    texts = [f"sunny weather, light wind from the west on day {spelt(i)}" for i in range(12)]
    text = "".join(json.dumps({"text": one}) + "\n" for one in texts)
    lines = records(
        "stream", space, "--propose-every", 10, "--watch-every", 10, "--events", stdin=text
    )
    events = [line for line in lines if "event" in line]
    assert len(lines) - len(events) == 12
    (event,) = events
    assert (event["event"], event["documents"]) == ("proposal", 12)
    assert event["proposal"]["size"] == 12
    notes = call("stream", space, "--propose-every", 10, stdin=text).stderr
    assert "P1 is proposed" in notes


def test_sharpening_is_a_change_of_the_label_space_that_is_asked_for(space):
    call("describe", space, "invoice", "a bill that asks to pay an amount")
    call("stream", space, stdin=rows(40))
    assert "sharpen" not in call("history", space).stdout
    lines = records("stream", space, "--sharpen-every", 33, "--events", stdin=rows(70))
    events = [line for line in lines if "event" in line]
    assert {event["event"] for event in events} == {"sharpened"}
    assert "sharpened the description" in call("history", space).stdout
    assert [event["documents"] // 33 for event in events] == [1, 2]  # batches have 32 at most
    versions = [events[0]["version"] - 1, *(event["version"] for event in events)]
    after = 0
    for line in lines:
        if "event" in line:
            after += 1
        else:
            assert line["space_version"] == versions[after]


def test_events_count_on_from_what_earlier_runs_answered(space, tmp_path):
    """Of the standard input, the next run gets new documents alone."""
    command = ("stream", space, "--out", tmp_path / "out.jsonl", "--sharpen-every", 7, "--events")
    call("describe", space, "invoice", "a bill that asks to pay an amount")
    call(*command, stdin=rows(8))
    events = records(*command, stdin=rows(6, start=8))
    assert [event["documents"] for event in events if "event" in event] == [14]
