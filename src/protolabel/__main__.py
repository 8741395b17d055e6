"""The ``protolabel`` command, also ``python -m protolabel``: signals count from its first step."""

from __future__ import annotations

from protolabel.system.stop_signals import StopRequest, stop_signals


def main() -> None:
    """Import the command line and run it. A request to stop waits until it is imported."""
    stop = StopRequest()
    with stop_signals(stop.make):
        from protolabel.cli import main as run
    run(stop)


if __name__ == "__main__":
    main()
