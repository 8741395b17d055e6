"""Characters that draw nothing, by their Unicode properties. No state, no I/O."""

from __future__ import annotations

import unicodedata

DEFAULT_IGNORABLE = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
"""Ranges of Default_Ignorable_Code_Point.

Source: DerivedCoreProperties.txt of the Unicode Character Database, version 15.0, compared range by
range. The ``regex`` package, which is of a newer version, has the same property; a test compares.
"""

# Format characters that are drawn: Prepended_Concatenation_Mark (PropList.txt of the same version),
# and the joiners of hieroglyphs.
_DRAWN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
_DRAWN |= {"\U000110bd", "\U000110cd", *map(chr, range(0x13430, 0x13440))}


def is_ignorable(character: str) -> bool:
    """Return whether a character draws nothing of its own, whatever stands beside it.

    Joiners count, though they may change how their neighbours are drawn.
    """
    if character.isascii():
        return False
    code = ord(character)
    if any(low <= code <= high for low, high in DEFAULT_IGNORABLE):
        return True
    return unicodedata.category(character) == "Cf" and character not in _DRAWN
