"""What the header Retry-After of an HTTP answer asks for: seconds, or a date. It waits for nothing.

RFC 9110, section 10.2.3, allows both forms; gateways send dates.
"""

from __future__ import annotations

import time
from datetime import UTC
from email.utils import parsedate_to_datetime


def seconds_asked(words: str | None, most: float) -> float | None:
    """Return for how long an answer asks to wait, from 0 to ``most`` seconds.

    None where it does not say, or says what is neither a number nor a date.
    """
    words = (words or "").strip()
    if words.isascii() and words.isdigit():
        seconds = float(words)
    else:
        try:
            date = parsedate_to_datetime(words)
        except (ValueError, OverflowError):
            return None
        date = date if date.tzinfo else date.replace(tzinfo=UTC)  # all dates of HTTP are in UTC
        seconds = date.timestamp() - time.time()
    return min(max(seconds, 0.0), most)
