"""Which document it is: the paths, rows and messages that it is known by, and its keys."""
