"""Says at Ctrl-C that a training which is stopped goes on from the state that it has kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from protolabel.cli.answer_output import SAME_COMMAND
from protolabel.cli.terminal import note


@contextmanager
def resumable(out: str) -> Iterator[None]:
    """Say how a training into the folder ``out`` goes on if it is interrupted."""
    from protolabel.training.loop.distributed import Processes
    from protolabel.training.output_folder import state_folder

    try:
        yield
    except KeyboardInterrupt:
        if Processes.first() and state_folder(Path(out)).exists():
            note(f"stopped{SAME_COMMAND}")
        raise
