"""Where a comparison of remembered documents starts: seldom anew, however the documents leave."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from protolabel.store.watch_start import PARTS, WatchStart, next_start


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 60)), max_size=200))
def test_the_spans_of_all_starts_add_up_to_the_documents_that_came_and_a_quarter(events):
    """Each event: so many documents come, then so many leave. The first span is paid elsewhere."""
    start, newest, left = WatchStart(), 100, 0
    served = []
    full = None
    for coming, leaving in events:
        newest += coming
        left = min(left + leaving, newest - 1)
        if left >= max(start.number, 1):
            start = next_start(start, left=left, newest=newest)
            full = full or (newest, max(1, (newest - left) // PARTS))
            assert start.number > left
            served.append(start.span)
    since, quarter = (newest - full[0], full[1]) if full else (0, 0)
    assert sum(served) <= since + quarter


def test_documents_that_leave_one_by_one_begin_anew_once_in_a_quarter():
    start, looks = WatchStart(), []
    for newest in range(1, 4001):
        left = max(0, newest - 1000)
        if left and left >= start.number:
            start = next_start(start, left=left, newest=newest)
            looks.append((newest, start.span))
    assert [newest for newest, _ in looks] == list(range(1001, 4001, 250))
    assert {span for _, span in looks} <= {250}
