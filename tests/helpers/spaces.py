"""Small label spaces that several tests begin with."""

from __future__ import annotations

from protolabel import Example, LabelSpace


def fill(space: LabelSpace) -> None:
    """Versions 2 to 4."""
    space.describe({"bill": "pay bill", "box": "ship box"})
    space.add([Example("bill", "pay pay bill", id="b1"), Example("bill", "bill", id="b2")])
    space.add("cv work", "cv")
