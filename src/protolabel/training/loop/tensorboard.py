"""Training in TensorBoard: loss, accuracy, learning rate and validation by episode.

The files are TensorBoard's own, written by torch's writer; show them with
``tensorboard --logdir FOLDER``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from protolabel.system.extras import require
from protolabel.system.writable import require_folder
from protolabel.training.loop.reports import Report


def require_log(folder: Path) -> None:
    """Check, before the work, that a log can be written to ``folder``.

    Raises:
        MissingPackageError: TensorBoard is not installed.
        InputError: the folder cannot be used.
    """
    require("train", "a log for TensorBoard (log=)", "tensorboard")
    require_folder(folder, "name another log=")


@contextmanager
def tensorboard_log(folder: Path) -> Iterator[Callable[[Report], None]]:
    """Yield a function that writes reports to ``folder``. Raises as :func:`require_log` does."""
    require_log(folder)
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(str(folder))

    def on_report(report: Report) -> None:
        if report.validation is not None:
            writer.add_scalar("validation/accuracy", report.validation.mean, report.episode)
        elif report.episode:
            writer.add_scalar("training/loss", report.loss, report.episode)
            writer.add_scalar("training/accuracy", report.accuracy, report.episode)
            writer.add_scalar("training/rate", report.rate, report.episode)

    try:
        yield on_report
    finally:
        writer.close()
