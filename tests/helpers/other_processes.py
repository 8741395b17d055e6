"""Other processes that use a label space file: killed while writing, or kept open."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fakes import WordEncoder
from prepared_commands import prepared_program
from stored import findings

from protolabel import LabelSpace

HELPERS = str(Path(__file__).parent)
OPEN = """
import os, sys
sys.path.insert(0, sys.argv[2])
from fakes import WordEncoder
from protolabel import LabelSpace
space = LabelSpace(sys.argv[1], encoder=WordEncoder(), background=False)
"""


def opened(path: Path) -> LabelSpace:
    return LabelSpace(path, encoder=WordEncoder(), background=False)


def names(path: Path) -> list[str]:
    with opened(path) as space:
        return [c.name for c in space.classes()]


def sound(path: Path) -> bool:
    return findings(path) == []


def killed_writer(path: Path, label: str) -> None:
    """A process that adds a class and is killed: its change is in ``-wal`` alone."""
    script = OPEN + "space.add('pay bill', sys.argv[3]); os.kill(os.getpid(), 9)"
    done = subprocess.run(
        [prepared_program(), "-c", script, str(path), HELPERS, label], check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert Path(f"{path}-wal").stat().st_size > 0


@contextmanager
def kept_open(path: Path) -> Iterator[None]:
    """Another process that has a label space open."""
    script = OPEN + "print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [prepared_program(), "-c", script, str(path), HELPERS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"open\n"
        yield
        process.stdin.close()
