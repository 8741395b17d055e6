"""Begins to load the encoder of a command's label space while the command is being imported.

Both take about as long, and much of the loading is native code, which leaves the interpreter free.
"""

from __future__ import annotations

from collections.abc import Sequence

ENCODING = ("label", "stream", "add", "describe", "import", "correct")  # they read documents


def load_encoder_ahead(arguments: Sequence[str]) -> None:
    """Begin to load the encoder that a command line will need, where that shows at a glance.

    ``arguments``: those of the process, the command first. Nothing is begun for a command that
    encodes nothing, for its help, or where the encoder is named on the command line.
    """
    command, *others = arguments or ("",)
    if command not in ENCODING or any(word.startswith(("-h", "--h", "--enc")) for word in others):
        return
    from protolabel.encoders.load import load_recorded_ahead
    from protolabel.store.likely_encoder import likely_encoder

    for path in others:
        if not path.startswith("-") and (name := likely_encoder(path)):
            load_recorded_ahead(name, path)
            return
