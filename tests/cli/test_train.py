"""`protolabel train`: what options mean, which are refused, and in which words."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest
from commands import ENVIRONMENT, call
from encoder_folders import WORDS, write_folder
from pictures import drawn

for _needed in ("torch", "transformers", "peft"):
    pytest.importorskip(_needed)

QUICK = ["--kind", "map", "--episodes", 2, "--in-any-case"]


@pytest.fixture
def past(tmp_path):
    path = tmp_path / "past.jsonl"
    path.write_text("".join(
        json.dumps({"text": f"{word} {other}", "label": f"about {word}"}) + "\n"
        for word in WORDS[:9] for other in WORDS[:6]
    ))  # fmt: skip
    return path


@pytest.fixture
def base(tmp_path):
    return write_folder(tmp_path / "base")


@pytest.fixture
def images(tmp_path):
    for kind in ("bar", "dash"):
        (tmp_path / "images" / kind).mkdir(parents=True)
        for number in range(3):
            (tmp_path / "images" / kind / f"{number}.png").write_bytes(drawn(kind, number))
    return tmp_path / "images"


def scenario_of(out):
    (scenario,) = json.loads((out / "training.json").read_text())["scenarios"]
    return scenario


def test_one_scenario_option_leaves_the_others_as_the_data_suggest(tmp_path, past, base):
    out = tmp_path / "out"
    call("train", past, "--out", out, "--encoder", base, *QUICK)
    fitted = scenario_of(out)
    assert fitted["n_way"] == 7  # of nine classes, two are chosen on
    call("train", past, "--out", out, "--encoder", base, "--shot", 1, "--overwrite", *QUICK)
    assert scenario_of(out) == fitted | {"n_shot": [1, 1]}


def test_classes_that_are_too_small_are_left_out_as_the_error_says(tmp_path, past, base):
    """Before, it said "leave the class out", and named one of four classes."""
    with past.open("a") as file:
        for label in ("about nothing", "about little"):
            file.write(json.dumps({"text": f"{label} at all", "label": label}) + "\n")
    out = tmp_path / "out"
    command = ("train", past, "--out", out, "--encoder", base, *QUICK)
    refused = call(*command, code=2).stderr
    assert "(and 1 more such class)" in refused
    assert "or leave such classes out with --skip-small" in refused
    done = call(*command, "--skip-small")
    assert "left out 2 classes of fewer than 2 documents: 'about nothing', 'about li" in done.stderr
    assert scenario_of(out)["n_way"] == 7


def test_fields_of_other_names_are_read(tmp_path, base):
    past, stream = tmp_path / "past.csv", tmp_path / "stream.jsonl"
    rows = [f"{word} {other},about {word}" for word in WORDS[:9] for other in WORDS[:6]]
    past.write_text("\n".join(["what was written,meant", *rows]))
    stream.write_text("".join(
        json.dumps({"what was written": f"{word} {word} {n}"}) + "\n"
        for word in WORDS[:9] for n in range(4)
    ))  # fmt: skip
    error = call("train", past, "--out", tmp_path / "out", *QUICK, code=2).stderr
    assert "--text-field" in error
    fields = ("--text-field", "what was written", "--label-field", "meant")
    out = tmp_path / "out"
    command = ("train", past, "--out", out, "--encoder", base, *fields, *QUICK)
    error = call(*command, "--unlabelled", stream, code=2).stderr
    assert "36 different unlabelled documents" in error  # all were read; they are too few
    call(*command)
    assert scenario_of(out)["n_way"] == 7


def test_more_episodes_than_asked_for_are_explained(tmp_path, past, base):
    command = ("train", past, "--out", tmp_path / "out", "--encoder", base, *QUICK)
    error = call(*command, "--episodes-per-step", 3).stderr
    assert "3 episodes, not 2: a step is 3 episodes (--episodes-per-step)" in error
    assert "(--episodes-per-step)" not in call(*command, "--overwrite").stderr


def test_what_came_of_it_is_said(tmp_path, past, base):
    out = tmp_path / "out"
    output = call("train", past, "--out", out, "--encoder", base, "--novel", 0.3, *QUICK).stdout
    assert "2 episodes in 0.0 minutes" in output
    assert "3 novel classes: " in output
    assert output.endswith(f"wrote {out}; use it with --encoder {out}\n")
    record = json.loads(
        call("train", past, "--out", out, "--encoder", base, "--novel", 0.3, "--overwrite",
             "--json", *QUICK).stdout
    )  # fmt: skip
    assert record["folder"] == str(out)
    assert record["gain"]["classes"] == 3


def test_a_run_that_is_stopped_says_that_the_same_command_goes_on(tmp_path, past, base):
    """It said no more than that it was interrupted."""
    out = tmp_path / "out"
    options = ["--kind", "map", "--episodes", 10**6, "--in-any-case", "--encoder", base]
    command = [sys.executable, "-m", "protolabel", "train", past, "--out", out, *options]
    with subprocess.Popen(
        list(map(str, command)), env=ENVIRONMENT, stderr=subprocess.PIPE, text=True
    ) as process:
        while not (tmp_path / "out.run" / "latest.json").exists():
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        notes = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "stopped; the same command goes on\n" in notes


REFUSED = {
    "way": (["--way", "20-30"], "to fix it: lower --way"),
    "shot": (["--shot", "9"], "to fix it: lower --shot or --query"),
    "query": (["--query", "0"], "--query is 0"),
    "strangers": (["--strangers", "-1"], "--strangers is -1"),
    "shares that are no shares": (["--described-only", "nan"], "--described-only"),
    "learning rate": (["--learning-rate", "nan"], "--learning-rate is nan; expected more than 0"),
    "episodes": (["--episodes", "0"], "--episodes is 0; expected 1 or more"),
    "episodes a step": (["--episodes-per-step", "0"], "--episodes-per-step is 0"),
    "minutes": (["--minutes", "-1"], "--minutes is -1.0; expected more than 0"),
    "minutes, nan": (["--minutes", "nan"], "--minutes is nan; expected more than 0"),
    "seed": (["--seed", "-4"], "--seed is -4; expected 0 or more"),
    "valid": (["--valid", "nan"], "--valid is nan; expected a share of the classes"),
    "novel": (["--novel", "1.5"], "--novel is 1.5; expected a share of the classes"),
    "described alone": (["--described-only", "2"], "protolabel: --described-only is 2.0; expected"),
    "described": (["--described", "-1"], "protolabel: --described is -1.0; expected a share"),
    "two shares": (
        ["--described", "0.7", "--described-only", "0.5"],
        "--described 0.7 and --described-only 0.5; expected shares of episodes, 1 at most",
    ),
    "huge seed": (["--seed", str(2**64)], f"--seed is {2**64}; expected {2**63 - 1} at most"),
    "huge step": (["--episodes-per-step", "9" * 23], f"--episodes-per-step is {'9' * 23}"),
    "huge range": (["--shot", f"1-{2**63 - 1}"], f"--shot from 1 to {2**63 - 1}; expected"),
    "huge queries": (["--strangers", str(2**31)], f"--strangers is {2**31}; expected"),
    "described codes": (
        ["--names-are-codes", "--described", "0.5"],
        "--described is 0.5; it has no effect, since no class has a description",
    ),
    "codes described alone": (
        ["--names-are-codes", "--described-only", "1"],
        "leave --described-only at 0, or give descriptions with --descriptions",
    ),
    "parts of a map": (["--parts", "lora"], "--parts for the kind map, on which it has no effect"),
    "augment": (["--augment"], "--augment for the kind map, on which it has no effect"),
    "views": (["--views", "3"], "--views for the kind map, on which it has no effect"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_or_has_no_effect_is_refused_in_words_of_the_command_line(
    tmp_path, past, base, case
):
    options, message = REFUSED[case]
    out = tmp_path / "out"
    error = call(
        "train", past, "--out", out, "--kind", "map", "--encoder", base, *options, code=2
    ).stderr
    assert message in error
    assert "; expected " in error
    assert not [name for name in ("n_way", "n_shot", "n_query", "_") if name in error]
    assert not out.exists()
    assert not (tmp_path / "out.run").exists()


@pytest.mark.parametrize(
    "option",
    [
        "--novel 0.2", "--valid 0.3", "--skip-small", "--names-are-codes", "--described 0.5",
        "--described-only 1",
    ],
)  # fmt: skip
def test_options_of_a_past_are_refused_without_one(tmp_path, option):
    stream = tmp_path / "stream.txt"
    stream.write_text("pay")
    error = call(
        "train", "--unlabelled", stream, "--out", tmp_path / "out", *option.split(), code=2
    ).stderr
    assert f"{option.split()[0]} without a labelled past" in error
    assert "to fix it" in error


def test_an_image_encoder_begins_with_no_other(tmp_path, images, base):
    error = call("train", images, "--out", tmp_path / "out", "--encoder", base, code=2).stderr
    assert "--encoder for the kind conv4, on which it has no effect" in error


@pytest.mark.slow
def test_processes_that_torchrun_starts_share_out_the_episodes_of_a_step(tmp_path, past, base):
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
         "-m", "protolabel", "train", past, "--out", out, "--encoder", base, *map(str, QUICK)],
        capture_output=True, text=True, check=False, timeout=240,
        env={k: v for k, v in ENVIRONMENT.items() if k != "PYTHONWARNINGS"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert "2 episodes a step, shared out over 2 processes" in done.stderr
    assert json.loads((out / "training.json").read_text())["recipe"]["episodes_per_step"] == 2
    assert done.stdout.count("use it with --encoder") == 1  # one process reports


def test_an_encoder_without_weights_is_not_trained(tmp_path):
    past = tmp_path / "past.csv"
    rows = [f"{label},{label} paper {word}" for label in "abcd" for word in ("one", "two", "three")]
    past.write_text("label,text\n" + "\n".join(rows) + "\n")
    for name in ("hashing", "hashing:64", "static"):
        error = call("train", past, "--out", tmp_path / "enc", "--encoder", name, code=4).stderr
        assert f"the encoder '{name}', which has no weights to learn with" in error
        assert "--encoder" in error
        assert "use the encoder 'hashing'" not in error
