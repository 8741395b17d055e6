"""What click's context holds of a command line, by key. It reads no command line."""

from __future__ import annotations

PATH = "protolabel.space"  # the label space of the command line
TYPED = "protolabel.typed"  # the words after the name of the command
QUIET = "protolabel.quiet"  # whether --quiet was given
PROGRESS_CHOICE = "protolabel.progress"  # what --progress, --quiet and --json ask for
