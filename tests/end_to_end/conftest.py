from collections.abc import Iterator

import pytest
from pytest_socket import enable_socket

from infra.local.cloud import EmbeddedCloud


@pytest.fixture(scope="session")
def cloud() -> Iterator[EmbeddedCloud]:
    """Run the real template with the real functions, once for all end-to-end tests of a process."""
    enable_socket()
    with EmbeddedCloud() as running:
        yield running
