"""Partitions: each file of documents becomes one file of answers, whoever labels it, once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from commands import records
from fakes import WORDS
from fast_cases import few
from PIL import Image, ImageDraw, ImageFont

from protolabel import Example, LabelSpace
from protolabel.batch.partitions import label_partition, partitions
from protolabel.errors import InputError

parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `tables` is not installed")


@pytest.fixture
def space(tmp_path: Path) -> Path:
    path = tmp_path / "a.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.add([Example(word, f"{word} {word} {n}") for word in WORDS[:3] for n in range(3)])
        space.settle()
    return path


def folder_of(path: Path, files: int, each: int) -> Path:
    for i in range(files):
        file = path / f"day {i % 2}" / f"{i}.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = [{"id": f"{i}-{j}", "text": f"{WORDS[j % 3]} {i} {j}"} for j in range(each)]
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def ids_in(folder: Path) -> Counter[str]:
    files = folder.rglob("*.answers.parquet")
    return Counter(i for file in files for i in parquet.read_table(file)["id"].to_pylist())


def expected(files: int, each: int) -> Counter[str]:
    return Counter(f"{i}-{j}" for i in range(files) for j in range(each))


def test_each_document_is_answered_once_as_the_label_space_answers(space, tmp_path):
    jobs = partitions(folder_of(tmp_path / "in", 3, 4), tmp_path / "out")
    outcomes = [label_partition(**job, space=str(space)) for job in jobs]
    assert [o["documents"] for o in outcomes] == [4, 4, 4]
    assert ids_in(tmp_path / "out") == expected(3, 4)
    rows = parquet.read_table(jobs[0]["target"]).to_pylist()
    with LabelSpace(space, background=False) as plain:
        for row, line in zip(rows, Path(jobs[0]["source"]).read_text().splitlines(), strict=True):
            answer = plain.label(json.loads(line)["text"])
            assert (row["label"], row["score"]) == (answer.label, answer.score)


def test_a_partition_that_was_labelled_is_not_labelled_again(space, tmp_path):
    (job,) = partitions(folder_of(tmp_path / "in", 1, 4), tmp_path / "out")
    first = label_partition(**job, space=str(space))
    content = Path(job["target"]).read_bytes()
    again = label_partition(**job, space=str(space))
    assert (first["before"], again["before"], again["documents"]) == (False, True, 4)
    assert Path(job["target"]).read_bytes() == content


def test_a_partition_that_fails_leaves_nothing(space, tmp_path):
    folder = folder_of(tmp_path / "in", 1, 4)
    (job,) = partitions(folder, tmp_path / "out")
    Path(job["source"]).write_text('{"id": "a", "text": "pay"}\n{"id": "a", "text": 5}\nno json\n')
    outcome = label_partition(**job, space=str(space))
    assert (outcome["documents"], outcome["unusable"]) == (1, 2)
    Path(job["target"]).unlink()
    Path(job["source"]).unlink()
    with pytest.raises(InputError):
        label_partition(**job, space=str(space))
    assert os.listdir(Path(job["target"]).parent) == []


def picture() -> bytes:
    image = Image.new("L", (900, 300), 255)
    ImageDraw.Draw(image).text((40, 100), f"{WORDS[0]} {WORDS[0]}", 0, ImageFont.load_default(60))
    content = BytesIO()
    image.save(content, "PNG", dpi=(150, 150))
    return content.getvalue()


def test_a_scan_is_read_as_the_command_line_reads_it(space, tmp_path):
    pytest.importorskip("tesserocr", reason="the extra `ocr` is not installed")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "scan.png").write_bytes(picture())
    (job,) = partitions(tmp_path / "in", tmp_path / "out")
    outcome = label_partition(**job, space=str(space))
    assert (outcome["documents"], outcome["unusable"]) == (1, 0)
    (row,) = parquet.read_table(job["target"]).to_pylist()
    (answer,) = records("label", space, tmp_path / "in", "--json")
    assert (row["label"], row["score"]) == (answer["label"], answer["score"])
    assert row["label"] == WORDS[0]


def test_a_partition_of_which_nothing_is_answered_does_not_count_as_done(space, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "scan.png").write_bytes(picture())
    (job,) = partitions(tmp_path / "in", tmp_path / "out")
    for _ in range(2):
        with pytest.raises(
            InputError, match=r"scan\.png: none of 1 document can be answered.*image"
        ):
            label_partition(**job, space=str(space), ocr=False)
        assert not Path(job["target"]).exists()


def test_what_a_partition_did_not_read_is_said_also_when_it_was_labelled_before(space, tmp_path):
    (job,) = partitions(folder_of(tmp_path / "in", 1, 2), tmp_path / "out")
    with open(job["source"], "a") as file:
        file.write('{"id": "a", "text": 5}\n')
    first, again = (label_partition(**job, space=str(space)) for _ in range(2))
    assert (again["documents"], again["unusable"], again["before"]) == (2, 1, True)
    assert first["reasons"] == again["reasons"]
    assert "0.jsonl:3" in first["reasons"][0]


def test_a_partition_is_read_in_its_encoding(space, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_bytes("id;text\nä;payé\n".encode("cp1252"))
    (job,) = partitions(tmp_path / "in", tmp_path / "out")
    label_partition(**job, space=str(space), encoding="cp1252")
    assert ids_in(tmp_path / "out") == Counter({"ä": 1})
    with pytest.raises(InputError, match="encoding"):
        label_partition(**job, space=str(space), encoding="base64")


def test_a_folder_without_partitions_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no partition"):
        partitions(tmp_path, tmp_path / "out")


def test_the_label_space_is_not_changed_and_remembers_nothing(space, tmp_path):
    (job,) = partitions(folder_of(tmp_path / "in", 1, 4), tmp_path / "out")
    before = space.read_bytes()
    label_partition(**job, space=str(space))
    assert space.read_bytes() == before
    assert not list(space.parent.glob("a.space?*"))


SCRIPT = """
import sys
from protolabel.batch.on_ray import quiet_ray
from protolabel.batch.partitions import label_partition, partitions
space, folder, out, temporary = sys.argv[1:]
ray = quiet_ray()
ray.init(num_cpus=2, include_dashboard=False, _temp_dir=temporary, log_to_driver=False)
jobs = ray.data.from_items(partitions(folder, out))
done = jobs.repartition(len(partitions(folder, out))).map(
    lambda job: label_partition(**job, space=space)
)
print(done.sum("documents"))
"""


@pytest.mark.slow
def test_on_ray_each_document_is_answered_once_though_workers_are_killed(space, tmp_path):
    pytest.importorskip("ray", reason="the extra `ray` is not installed")
    folder = folder_of(tmp_path / "in", 16, 3000)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("RAY_")}
    rng, kills = random.Random(0), 0
    with (
        TemporaryDirectory(prefix="ray") as temporary,  # short: it holds sockets
        open(tmp_path / "stderr", "wb") as errors,
    ):
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, space, folder, tmp_path / "out", temporary],
            env=environment, stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
        while process.poll() is None and kills < 3:
            time.sleep(0.5)
            workers = workers_at(temporary)
            if workers and any((tmp_path / "out").rglob("*.partial*")):
                os.kill(rng.choice(workers), signal.SIGKILL)
                kills += 1
        printed, _ = process.communicate(timeout=300)
        assert process.returncode == 0, (tmp_path / "stderr").read_text()
        assert str(16 * 3000) in printed.splitlines()  # Ray may write of killed workers after it
        assert kills
        assert ids_in(tmp_path / "out") == expected(16, 3000)
        assert not list(Path(temporary).rglob("usage_stats*"))


def workers_at(temporary: str) -> list[int]:
    """The processes of Ray's cluster in that folder that are labelling something now."""
    processes = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                title = (entry / "cmdline").read_bytes()
                opened = [os.readlink(link) for link in (entry / "fd").iterdir()]
            except OSError:
                continue
            if title.startswith(b"ray::Map") and any(name.startswith(temporary) for name in opened):
                processes.append(int(entry.name))
    return processes


QUIET = """
import os
from protolabel.batch.on_ray import quiet_ray
ray = quiet_ray()
try:
    from ray._common.usage import usage_lib
except ImportError:  # an older Ray
    from ray._private.usage import usage_lib
print(usage_lib.usage_stats_enabled(), os.environ["RAY_USAGE_STATS_ENABLED"])
print(ray.data.DataContext.get_current().enable_progress_bars)
"""


@pytest.mark.parametrize("setting", few(["1", None], ["1"]))
def test_ray_reports_to_nobody_whatever_the_environment_says(setting, tmp_path):
    pytest.importorskip("ray", reason="the extra `ray` is not installed")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("RAY_")}
    environment |= {"HOME": str(tmp_path)}  # a fresh one, where nobody has declined
    environment |= {"RAY_USAGE_STATS_ENABLED": setting} if setting else {}
    done = subprocess.run(
        [sys.executable, "-c", QUIET], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "0", "False"]
    assert not list(tmp_path.iterdir())
