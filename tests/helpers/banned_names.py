"""Words by which nothing is called: they do not say what it holds."""

from __future__ import annotations

PARTICIPLES = frozenset({
    "told", "found", "given", "made", "said", "known", "shown", "seen", "held", "brought",
    "wanted", "spoken", "usual", "began",
})  # fmt: skip
OF_THE_SOURCE = PARTICIPLES | {
    "answered", "asked", "counted", "gone", "kept", "sent", "taken", "tried", "written",
    "alike", "here", "there",
}  # fmt: skip
# In the source. Some public fields are called so.
OF_VARIABLES = frozenset({"chosen", "moved", "now", "then"})
