"""Fixtures: label spaces on the toy encoder. Caches of the user are never touched by a test."""

from __future__ import annotations

import gc
import os
import shutil
import signal
from pathlib import Path

import pytest
from fakes import WordEncoder
from hypothesis import is_hypothesis_test, settings
from spaces import fill

from protolabel import LabelSpace

os.environ["PROTOLABEL_CACHE"] = "off"

# In memory no write waits for a disk. Where there is little room, the usual folder serves.
MEMORY, ROOM = Path("/dev/shm"), 4 * 2**30
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

# A shell without job control starts a background command deaf to Ctrl-C, and all that it starts
# inherits that; with a handler here, the processes of the tests that press it can hear it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# No test asserts a time: the machine may be busy.
settings.register_profile("protolabel", deadline=None)
settings.load_profile("protolabel")

TIMES = int(os.environ.get("PROPERTY_TIMES", "1"))  # the examples of each property: make properties


# What is collected lives to the end: no search for garbage goes through it, now or in a test.
gc.disable()


def pytest_collection_finish() -> None:
    """Put aside what was collected, and look for garbage from now on."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try each property on more examples where ``PROPERTY_TIMES`` says so, and on new ones."""
    functions = {getattr(item, "function", None) for item in items}  # one may have many cases
    for function in functions if TIMES > 1 else ():
        if function is not None and is_hypothesis_test(function):
            own = getattr(function, "_hypothesis_internal_use_settings", settings())
            function._hypothesis_internal_use_settings = settings(
                own, max_examples=TIMES * own.max_examples, derandomize=False
            )


@pytest.fixture
def space() -> LabelSpace:
    """Three classes: bill (described, 2 examples), cv (1 example), box (described)."""
    label_space = LabelSpace.create(encoder=WordEncoder(), background=False)
    fill(label_space)
    yield label_space
    label_space.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The same in a file, closed."""
    where = tmp_path / "a.space"
    with LabelSpace.create(where, encoder=WordEncoder(), background=False) as label_space:
        fill(label_space)
    return where


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders in which programs are started."""
    folders = tmp_path / "one", tmp_path / "two"
    for folder in folders:
        folder.mkdir()
    return folders
