"""Which sentences of the service the German page knows."""

from __future__ import annotations

import re
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "desk/src/german_of_service.ts"


def is_known(sentence: str) -> bool:
    source = SOURCE.read_text(encoding="utf-8")
    patterns = re.findall(r"^  \[/(\^.*\$)/s?,$", source, re.MULTILINE)
    assert len(patterns) > 5
    return any(re.fullmatch(pattern, sentence, re.DOTALL) for pattern in patterns)
