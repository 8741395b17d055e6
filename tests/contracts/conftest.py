"""The stores that the contract suite holds to the protocol: each test runs with every kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from store_contract import FACTORIES, Factory

from protolabel.store import Store


@pytest.fixture(params=FACTORIES)
def factory(request) -> Factory:
    return FACTORIES[request.param]


@pytest.fixture
def store(factory, tmp_path) -> Iterator[Store]:
    fresh = factory.create(tmp_path)
    yield fresh
    fresh.close()
