"""Ray, imported with its usage reports off: the scheduler of partitions on many machines."""

from __future__ import annotations

import os
from typing import Any

from protolabel.system.extras import require

__all__ = ["quiet_ray"]


def quiet_ray() -> Any:
    """Return the package ``ray`` with ``ray.data``; it reports to nobody what it is used for.

    Ray reads the variable when a cluster is started, whatever was set before. A cluster that
    somebody else started has settings of its own: ``ray disable-usage-stats`` on its first machine.

    Raises:
        MissingPackageError: the extra `ray` is not installed.
    """
    require("ray", "labelling on many machines")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray
    import ray.data

    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    return ray
