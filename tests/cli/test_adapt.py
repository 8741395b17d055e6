"""`protolabel adapt` end to end, with the default encoder: a past of 80 sentences, five episodes.

Each sentence names a subject and ends in what its writer wants. The default encoder goes by the
subject. Labelled by what is wanted, there is much to learn; labelled by the subject, nothing.
"""

from __future__ import annotations

import json
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commands import call
from encoder_folders import write_folder
from stored import damage

from protolabel import Example, LabelSpace
from protolabel.arithmetic.seen_examples import Allowance
from protolabel.label_space.fits.learned_examples import learned_in_force

for _needed in ("torch", "transformers", "peft"):
    pytest.importorskip(_needed)

ENVIRONMENT = os.environ | {"PROTOLABEL_CACHE": "off", "OMP_NUM_THREADS": "1"}
ENDS = {
    "question": ["How does it work?", "What does it cost?", "When does it begin?", "Who knows?"],
    "complaint": ["A disgrace.", "You got it wrong again.", "I am angry.", "Never was it worse."],
    "thanks": ["Many thanks for it.", "I am most grateful.", "A real pleasure.", "You did well."],
    "cancellation": [
        "Please stop it.",
        "I no longer want it.",
        "Put an end to it.",
        "Call it off.",
    ],
    "order": [
        "Please send it.",
        "I would like to have it.",
        "Book it for me.",
        "I need it at once.",
    ],
}
SUBJECTS = [
    "piano lessons for children at the music school",
    "pruning the apple trees in the garden",
    "liability insurance for a rented flat",
    "the night train from Vienna to Hamburg",
    "the Sunday newspaper with its crossword",
    "a check of my teeth at the dentist",
    "a hotel room with a view of the sea",
    "new brakes for my old car",
    "a cooking course about Thai curries",
    "tax advice for self-employed painters",
    "cleaning the windows of our office",
    "a fast internet line in the village",
    "two tickets for the football final",
    "evening classes in Portuguese",
    "six bottles of red wine from Bordeaux",
    "a savings account at the city bank",
    "a bunch of tulips for my mother",
    "the repair of the roof after the storm",
    "a passport photograph of my daughter",
    "swimming in the lake on Fridays",
]


def sentences(*, to_learn: bool) -> list[tuple[str, str, str]]:
    """(what is wanted, the subject, the sentence): of each subject all but one thing is wanted
    where ``seen``, 80 sentences; else that one thing, 20 of them.
    """
    return [
        (purpose, subject, f"This is about {subject}. {ends[n % len(ends)]}")
        for i, (purpose, ends) in enumerate(ENDS.items())
        for n, subject in enumerate(SUBJECTS)
        if (n % len(ENDS) != i) == to_learn
    ]


def labelled_space(path: Path, *, by: int) -> Path:
    """80 examples labelled by what is wanted, or the subject; version 3. Its prototypes answer."""
    with LabelSpace.create(path, background=False) as space:
        space.configure(refine=False)
        rows = sentences(to_learn=True)
        space.add(Example(row[by], row[2], id=str(n)) for n, row in enumerate(rows))
        assert space.version == 3
    return path


def command(*args: object) -> list[str]:
    return [sys.executable, "-m", "protolabel", *map(str, args)]


def run(*args: object, code: int = 0) -> str:
    done = subprocess.run(
        command(*args), capture_output=True, env=ENVIRONMENT, check=False, text=True
    )
    assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stderr if code else done.stdout


def share_right(space: LabelSpace) -> float:
    """Of the sentences whose subject is only known with other wishes."""
    rows = sentences(to_learn=False)
    answers = space.label_many(text for _, _, text in rows)
    likeliest = [answer.alternatives[0].label for answer in answers]
    return sum(a == purpose for a, (purpose, _, _) in zip(likeliest, rows, strict=True)) / len(rows)


def answered(path: Path, text: str) -> tuple[str, int, dict[str, float]]:
    """Fingerprint, version and the score of each class, of an answer by a fresh process."""
    record = json.loads(run("label", path, "--text", text, "--json"))
    scores = {a["label"]: a["score"] for a in record["alternatives"]}
    return record["encoder_fingerprint"], record["space_version"], scores


@pytest.mark.slow
def test_what_helps_is_written_and_moved_onto_while_the_space_answers(tmp_path):
    space, text = labelled_space(tmp_path / "a.space", by=0), sentences(to_learn=False)[0][2]
    old, version, scores = answered(space, text)
    assert (version, len(scores)) == (3, len(ENDS))
    with LabelSpace(space, background=False) as beside:
        before = share_right(beside)
        process = subprocess.Popen(
            command("adapt", space, "--episodes", 5),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT, text=True,
        )  # fmt: skip
        during = []
        while process.poll() is None:
            during.append(beside.label(text))
            time.sleep(0.1)
        out, err = process.communicate()
        assert process.returncode == 0, err
        after = share_right(beside)
    new, version, _ = answered(space, text)
    assert (new != old, version) == (True, 4)
    by_version = {3: old, 4: new}
    assert all(a.encoder_fingerprint == by_version[a.space_version] for a in during)
    assert sum(a.space_version == 3 for a in during) > 5
    assert after > before + 0.2

    folder = f"{space}.encoder"
    assert out.splitlines()[-2:] == [
        f"wrote {folder}",
        f"version 4: re-encoded {old} -> {new}, 85 vectors; "  # 80 examples, the names of 5 classes
        f"`protolabel undo {space}` takes it back",
    ]
    newest = json.loads(run("history", space, "--json").splitlines()[0])
    assert (newest["version"], newest["kind"]) == (4, "reencode")
    assert json.loads(run("info", space, "--json"))["encoder"] == folder
    note = json.loads(Path(folder, "training.json").read_text(encoding="utf-8"))["learned"]
    with LabelSpace(space, background=False) as moved:
        rows = moved.view().rows
        learned, items = learned_in_force(rows, 4)
        assert learned == Allowance.of(note)
        assert (len(items), note["version"]) == (80, 3)
        assert learned.own < 0  # what it learned from is nearer than what it did not
        assert learned_in_force(rows, 3)[0] is None
    run("check", space)

    error = run("adapt", space, "--overwrite", code=2)  # an encoder that answers is not replaced
    assert f"{folder} holds an encoder of {space}" in error
    (undo,) = re.findall(r"`protolabel (undo .*?)`", out)
    run(*shlex.split(undo))
    assert answered(space, text) == (old, 5, scores)
    assert "holds an encoder of" in run("adapt", space, "--overwrite", code=2)  # redo needs it
    run("redo", space)
    assert answered(space, text)[0] == new
    shutil.rmtree(folder)
    assert folder in run("label", space, "--text", text, code=4)
    run("undo", space)
    assert answered(space, text) == (old, 7, scores)


@pytest.mark.slow
def test_what_helps_may_be_written_alone_and_moved_onto_by_the_command_it_prints(tmp_path):
    space, out = labelled_space(tmp_path / "a.space", by=0), tmp_path / "out"
    with LabelSpace(space, background=False) as before:
        old = before.fingerprint
    output = run("adapt", space, "--episodes", 5, "--no-move", "--out", out)
    accuracies = re.search(r"held-out examples: (\S+) .* before, (\S+) .* after", output)
    assert accuracies
    assert float(accuracies[2]) > float(accuracies[1])
    with LabelSpace(space, background=False) as same:
        assert (same.version, same.fingerprint) == (3, old)
    (onto,) = re.findall(r"`protolabel (reencode .*?)`", output)
    error = run("adapt", space, "--out", out, code=2)  # as where it was stopped before the move
    assert f"{out} holds an encoder that was adapted to {space}, which is not on it" in error
    assert re.findall(r"`protolabel (reencode .*?)`", error) == [onto]
    run(*shlex.split(onto))
    with LabelSpace(space, background=False) as moved:
        assert moved.version == 4
        assert moved.info().encoder == str(out)
        assert damage(moved) == []


@pytest.mark.slow
def test_what_does_not_help_is_neither_written_nor_moved_onto(tmp_path):
    space, out = labelled_space(tmp_path / "a.space", by=1), tmp_path / "out"
    before = run("export", space, "--vectors"), run("history", space, "--json")
    record = json.loads(run("adapt", space, "--episodes", 5, "--out", out, "--json"))
    assert record["before"]["mean"] == record["after"]["mean"] == 1
    assert record["gain"]["mean"] <= record["gain"]["interval"]
    assert (record["folder"], record["version"]) == (None, None)
    assert not out.exists()
    assert (run("export", space, "--vectors"), run("history", space, "--json")) == before


def test_an_encoder_that_is_not_the_space_s_own_is_refused_before_anything_is_learned(tmp_path):
    space, other = labelled_space(tmp_path / "a.space", by=0), write_folder(tmp_path / "other")
    error = run("adapt", space, "--encoder", other, code=4)
    assert f"protolabel reencode {space} --encoder" in error
    assert not Path(f"{space}.encoder").exists()


@pytest.mark.slow
def test_copies_of_examples_with_labels_that_mean_nothing_do_not_move_the_space(tmp_path):
    """Each of 40 sentences stands there twice. Nothing can be learned that holds for others."""
    space = tmp_path / "a.space"
    rows = [row[2] for row in sentences(to_learn=True)][:40]
    order = random.Random(0).sample(range(40), 40)
    with LabelSpace.create(space, background=False) as copies:
        for copy in ("a", "b"):
            examples = (
                Example(
                    f"kind {place % 8}", rows[i].upper() if copy == "b" else rows[i], f"{copy}{i}"
                )
                for place, i in enumerate(order)
            )
            copies.add(examples)
    record = json.loads(run("adapt", space, "--episodes", 10, "--json"))
    assert record["repeated"] == 40
    assert record["folder"] is None
    assert record["after"]["mean"] < 0.35  # one in eight by chance, 30 examples
    assert not Path(f"{space}.encoder").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--episodes", "0"], "--episodes is 0; expected 1 or more"),
        (["--minutes", "nan"], "--minutes is nan; expected more than 0"),
        (["--minutes", "-3"], "--minutes is -3.0; expected more than 0"),
        (["--seed", "-1"], "--seed is -1; expected 0 or more"),
    ],
)
def test_numbers_that_no_run_can_have_are_refused(tmp_path, options, message):
    with LabelSpace.create(tmp_path / "a.space", encoder="hashing", background=False):
        pass
    assert message in call("adapt", tmp_path / "a.space", *options, code=2).stderr
