"""Requests are lent to one call at a time, and calls at once share the streams."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from protolabel.encoders.text.crews import Crews


class Network:
    """Makes requests that are numbers, for two streams."""

    def __init__(self) -> None:
        self.n_requests = 0

    def get_property(self, name: str) -> int:
        assert name == "OPTIMAL_NUMBER_OF_INFER_REQUESTS"
        return 2

    def create_infer_request(self) -> int:
        self.n_requests += 1
        return self.n_requests


def test_calls_at_once_have_requests_of_their_own_and_share_the_streams():
    crews = Crews(Network())
    with ExitStack() as calls:
        lots = [calls.enter_context(crews.call()) for _ in range(3)]
    assert [n_streams for _, n_streams in lots] == [2, 1, 1]
    assert sorted(request for crew, _ in lots for request in crew) == [1, 2, 3, 4, 5, 6]


def test_requests_are_used_again_by_the_next_call_also_after_an_error():
    network = Network()
    crews = Crews(network)
    for _ in range(3):
        with pytest.raises(KeyError), crews.call() as (crew, n_streams):
            assert (len(crew), n_streams) == (2, 2)
            raise KeyError
    assert network.n_requests == 2
