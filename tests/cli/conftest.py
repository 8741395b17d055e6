"""Small label spaces, and the desk at which advice is done: each in a folder of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from advice import Desk
from commands import call
from sorted_folders import inbox, mail, own_mail  # noqa: F401 - fixtures

from protolabel import Example, LabelSpace


@pytest.fixture(scope="session")
def model_space(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "model.space"
    with LabelSpace.create(path, encoder="hashing", background=False) as space:
        space.describe({"invoice": "a bill that asks for payment", "letter": "anything by post"})
        space.add([
            Example("invoice", "please pay the bill", "i1", source="in/1.txt"),
            Example("invoice", "the amount is due", "i2", source="in/2.txt"),
            Example("cv", "I apply for the job", "c1", source="in/3.txt"),
        ])  # fmt: skip
    return path


@pytest.fixture
def desk(model_space: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    space = Path(shutil.copyfile(model_space, tmp_path / "my mail.space"))
    return Desk(tmp_path, space)


@pytest.fixture
def several(tmp_path: Path) -> Path:
    """An empty label space whose documents may have several labels."""
    call("init", tmp_path / "a.space", "--encoder", "hashing", "--labels", "several")
    return tmp_path / "a.space"


@pytest.fixture
def bills_and_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A label space of two classes in the working folder, which is that of the test."""
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create("s.space", encoder="hashing", background=False) as space:
        space.add(["please pay the bill", "apply for work as driver"], ["invoice", "job"])
    return "s.space"
