"""A target holds the answers that are asked for, or an error says what it holds instead."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from pathlib import Path

import pytest
from fakes import WORDS

from protolabel import Example, LabelSpace
from protolabel.batch.open_copies import OpenCopy
from protolabel.batch.partitions import label_partition, partitions
from protolabel.errors import InputError

pa = pytest.importorskip("pyarrow", reason="the extra `tables` is not installed")
parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `tables` is not installed")


def make_space(path: Path, label: str = "invoice") -> Path:
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.add(["please pay the bill", "the amount is due"], label)
    return path


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    """A label space, a partition and its answers."""
    folder = tmp_path_factory.mktemp("finished")
    make_space(folder / "a.space")
    (folder / "in.jsonl").write_text('{"id": "1", "text": "pay"}\n{"id": "2", "text": "bill"}\n')
    label_partition(str(folder / "in.jsonl"), str(folder / "out.parquet"), str(folder / "a.space"))
    return folder


@pytest.fixture
def place(finished, tmp_path) -> Path:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    return tmp_path


def label(place: Path, **options):
    paths = (str(place / name) for name in ("in.jsonl", "out.parquet", "a.space"))
    return label_partition(*paths, **options)


def refused(place: Path, words: str, **options) -> None:
    """The partition is refused, its answers stay, and the advice works when done to the letter."""
    content = (place / "out.parquet").read_bytes()
    with pytest.raises(InputError, match=words) as error:
        label(place, **options)
    assert (place / "out.parquet").read_bytes() == content
    assert f"rm {place / 'out.parquet'};" in error.value.remedy
    (place / "out.parquet").unlink()
    assert label(place, **options)["before"] is False
    assert label(place, **options)["before"] is True


def test_answers_of_another_label_space_are_refused(place):
    (place / "a.space").unlink()
    make_space(place / "a.space", "other")
    refused(place, "another label space")


def test_answers_to_other_documents_are_refused(place):
    with open(place / "in.jsonl", "a") as file:
        file.write('{"id": "3", "text": "new"}\n')
    refused(place, "has changed since")


def test_answers_to_documents_of_the_same_size_and_time_are_refused(place):
    info = os.stat(place / "in.jsonl")
    content = (place / "in.jsonl").read_text().replace("pay", "lie")
    (place / "in.jsonl").write_text(content)
    os.utime(place / "in.jsonl", ns=(info.st_atime_ns, info.st_mtime_ns))
    refused(place, "has changed since")


def test_answers_with_other_options_are_refused(place):
    refused(place, "other options: alternatives 2", evidence=1)


def test_answers_of_an_earlier_version_are_refused_or_kept_as_is_asked(place):
    with LabelSpace(place / "a.space", background=False) as space:
        space.add("ten years of work", "cv")
    kept = label(place, keep_older=True)
    assert (kept["before"], kept["documents"]) == (True, 2)
    refused(place, "version 2 of the label space, which is at 3")


def test_answers_of_a_version_that_the_history_does_not_have_are_refused(place):
    shutil.copyfile(place / "a.space", place / "backup.space")
    with LabelSpace(place / "a.space", background=False) as space:
        space.add("ten years of work", "cv")
    (place / "out.parquet").unlink()
    label(place)
    with LabelSpace(place / "backup.space", background=False) as space:
        space.add("my resume", "cv")
        space.add("the work of an engineer", "cv")
    shutil.copyfile(place / "backup.space", place / "a.space")
    with pytest.raises(InputError, match="not in its history"):
        label(place, keep_older=True)


def test_answers_that_do_not_say_what_they_are_of_are_refused(place):
    table = parquet.read_table(place / "out.parquet").replace_schema_metadata({})
    parquet.write_table(table, place / "out.parquet")
    refused(place, "do not say what they were made from")


def test_a_file_that_is_no_parquet_is_refused(place):
    (place / "out.parquet").write_bytes(b"PAR1 half")
    refused(place, "no Parquet file that is whole")


def test_a_folder_and_a_name_of_another_kind_are_refused(place):
    (place / "d.parquet").mkdir()
    for name in ("d.parquet", "out.xlsx", "out"):
        with pytest.raises(InputError):
            label_partition(str(place / "in.jsonl"), str(place / name), str(place / "a.space"))


def test_an_empty_file_that_claims_the_name_is_replaced(place):
    """A process was killed between claiming the name and giving it, where there are no links."""
    (place / "out.parquet").write_bytes(b"")
    assert label(place)["before"] is False
    assert label(place)["documents"] == 2
    assert not list(place.glob(".*"))


def test_whoever_comes_second_says_so_wherever_the_other_one_finishes(place, monkeypatch):
    """While the label space is fitted, and while the answers are written."""
    settled_view, others = OpenCopy.settled_view, []

    def overtaken(copy):
        view = settled_view(copy)
        if not others:
            others.append(None)
            others.append(label(place))
        return view

    monkeypatch.setattr(OpenCopy, "settled_view", overtaken)
    (place / "out.parquet").unlink()
    second = label(place)
    assert (others[1]["before"], second["before"], second["documents"]) == (False, True, 2)
    assert not list(place.glob(".*"))


def lines(n: int) -> bytes:
    return b"".join(b'{"id": "%d", "text": "pay bill %d"}\n' % (i, i) for i in range(n))


def table_bytes(path: Path) -> bytes:
    rows = [{"id": str(i), "text": f"pay bill {i}"} for i in range(100)]
    parquet.write_table(pa.Table.from_pylist(rows), path)
    content = path.read_bytes()
    path.unlink()
    return content


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl.gz", "a.jsonl", "a.json", "a.csv", "a.zip"])
def test_a_source_that_is_half_there_is_refused_and_labelled_when_it_is_whole(place, name):
    source, target = place / name, place / "half.parquet"
    packed = place / "packed"
    packed.mkdir()
    (packed / "one.txt").write_text("pay the bill " * 50)
    whole = {
        "a.parquet": lambda: table_bytes(source),
        "a.jsonl.gz": lambda: gzip.compress(lines(100)),
        "a.jsonl": lambda: lines(100),
        "a.json": lambda: json.dumps([json.loads(x) for x in lines(100).splitlines()]).encode(),
        "a.csv": lambda: b"id,text\n" + b'1,"pay, bill"\n' * 100,
        "a.zip": lambda: Path(shutil.make_archive(str(place / "z"), "zip", packed)).read_bytes(),
    }[name]()
    for size in (0, 5, len(whole) // 2, len(whole) - 8):
        source.write_bytes(whole[:size])
        with pytest.raises(InputError):
            label_partition(str(source), str(target), str(place / "a.space"))
        assert not target.exists()
    source.write_bytes(whole)
    outcome = label_partition(str(source), str(target), str(place / "a.space"))
    assert outcome["documents"] == (1 if name == "a.zip" else 100)
    assert outcome["unusable"] == 0


def test_a_file_that_is_called_parquet_and_is_none_is_refused(place):
    (place / "b.parquet").write_bytes(b"PAR1xxxx")
    with pytest.raises(InputError, match="Parquet"):
        label_partition(str(place / "b.parquet"), str(place / "c.parquet"), str(place / "a.space"))


def test_rows_that_cannot_be_read_are_counted_though_the_last_one_has_no_line_end(place):
    """The advice for a last row that is meant as it is works when done to the letter."""
    (place / "in.jsonl").write_text('{"id": "1", "text": "pay"}\nno json\n{"id": "2"')
    (place / "out.parquet").unlink()
    with pytest.raises(InputError, match="in the middle of this row") as error:
        label(place)
    assert f"`echo >> {place / 'in.jsonl'}`" in error.value.remedy
    with open(place / "in.jsonl", "a") as file:
        file.write("\n")
    outcome = label(place)
    assert (outcome["documents"], outcome["unusable"]) == (1, 2)


def test_a_source_that_is_written_to_while_it_is_read_is_refused(place, monkeypatch):
    settled_view = OpenCopy.settled_view

    def grows(copy):
        with open(place / "in.jsonl", "a") as file:
            file.write('{"id": "3", "text": "late"}\n')
        return settled_view(copy)

    monkeypatch.setattr(OpenCopy, "settled_view", grows)
    (place / "out.parquet").unlink()
    with pytest.raises(InputError, match="while it was read"):
        label(place)
    assert not (place / "out.parquet").exists()


def test_partitions_are_files_of_documents_and_nothing_that_programs_leave(tmp_path):
    make_space(tmp_path / "in.space")
    for name in (
        "in/day/one.jsonl", "in/two.csv", "in/_SUCCESS", "in/_temporary/0/three.jsonl",
        "in/.hidden/four.jsonl", "in/Thumbs.db", "in/five.jsonl~", "in/.six.jsonl",
        "in/answers/one.jsonl.answers.parquet", "in/eight.jsonl",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"" if name == "in/eight.jsonl" else b"content")
    shutil.copyfile(tmp_path / "in.space", tmp_path / "in/mail.space")
    jobs = partitions(tmp_path / "in", tmp_path / "in" / "answers")
    sources = [os.path.relpath(job["source"], tmp_path / "in") for job in jobs]
    assert sources == ["day/one.jsonl", "two.csv"]
    assert jobs[1]["target"] == str(tmp_path / "in/answers/two.csv.answers.parquet")


def test_the_fits_are_made_before_anything_is_answered(tmp_path):
    """As on the command line: a stranger is none of these, and answers have probabilities."""
    path = tmp_path / "a.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.add(
            [
                Example(word, f"{word} {word} {mark}")
                for word in WORDS[:4]
                for mark in ["first", "second", "third", "fourth", "fifth"]
            ]
        )
    (tmp_path / "in.jsonl").write_text(
        json.dumps({"id": "1", "text": "quantum chromodynamics lattice"})
        + "\n"
        + json.dumps({"id": "2", "text": f"{WORDS[0]} {WORDS[0]}"})
        + "\n"
    )
    content = path.read_bytes()
    target = tmp_path / "out.parquet"
    label_partition(str(tmp_path / "in.jsonl"), str(target), str(path))
    stranger, own = parquet.read_table(target).to_pylist()
    assert (stranger["label"], own["label"]) == (None, WORDS[0])
    assert own["probability"] is not None
    assert path.read_bytes() == content
    with LabelSpace(path, background=False) as space:
        assert own["space_version"] == space.version == 2
        answer = space.view().settled().label(f"{WORDS[0]} {WORDS[0]}")
    assert own["probability"] == pytest.approx(answer.probability, abs=1e-6)
