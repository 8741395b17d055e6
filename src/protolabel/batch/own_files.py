"""Which files are protolabel's own: they are left out when a folder of documents is read.

A label space, the files beside it and a file of answers may stand in the folder that is labelled.
As inputs they are errors, which the readers and the command line raise.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from protolabel.batch.run_file import SUFFIX, is_side_file_of, lines_of
from protolabel.store.files import BESIDE
from protolabel.store.found_files import is_label_space


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """Recognises protolabel's own files by what they hold, and outputs by their identity.

    Attributes:
        outputs: paths and open descriptors that this process writes to.
    """

    outputs: tuple[str | int, ...] = ()

    def __call__(self, path: str) -> bool:
        """Return whether a path is a regular file of protolabel's own."""
        try:
            info = os.stat(path)
        except (OSError, ValueError):
            return False
        if not stat.S_ISREG(info.st_mode):
            return False
        return self.is_output(info) or _is_kept_by_protolabel(path)

    def is_output(self, info: os.stat_result) -> bool:
        """Return whether that is a file to which this process writes."""
        return any(os.path.samestat(info, output) for output in _states(self.outputs))


def _states(outputs: Iterable[str | int]) -> Iterable[os.stat_result]:
    for output in outputs:
        try:
            info = os.stat(output)
        except (OSError, ValueError):
            continue
        if stat.S_ISREG(info.st_mode):
            yield info


def _is_kept_by_protolabel(path: str) -> bool:
    path = os.path.realpath(path)  # a link has another name
    if is_side_file_of(Path(path)) or is_side_file_of(lines_of(Path(path))):
        return True
    if path.endswith(SUFFIX) and is_side_file_of(Path(path.removesuffix(SUFFIX))):
        return True
    return any(is_label_space(path.removesuffix(suffix)) for suffix in BESIDE)
