"""Which methods of HTTP change nothing."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
