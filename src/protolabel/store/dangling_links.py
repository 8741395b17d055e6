"""Refuses a link that leads nowhere in the place of a label space."""

from __future__ import annotations

import os
import shlex

from protolabel.errors import SpaceNotFoundError


def refuse_dangling_link(path: str) -> None:
    """Raise SpaceNotFoundError for a link that leads nowhere: no file is there, and none can be."""
    if os.path.islink(path) and not os.path.exists(path):
        target = os.readlink(path)
        raise SpaceNotFoundError(
            f"{path} is a link to {target}, which is not there",
            expected="a link that leads to a label space, or a path where nothing is",
            remedy=f"bring {target} back, or remove the link: rm {shlex.quote(str(path))}",
        )
