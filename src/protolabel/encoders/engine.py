"""The inference engine of this process: one for all encoders. It knows no encoder."""

from __future__ import annotations

import functools
from typing import Any


@functools.cache
def engine() -> Any:
    """OpenVINO's ``Core``, the same one each time, kept until the process ends.

    On processors with AMX an engine lays the signal stack of the thread that first uses it, and
    takes it away when it goes. Of two engines, the second to go puts back the stack of the first,
    which is there no more, and the next Ctrl-C is a crash. So there is one, and it never goes.
    """
    import openvino

    return openvino.Core()
