"""What every test stands on: closed sockets, and property tests that are the same on every machine."""

import pytest
from hypothesis import settings
from pytest_socket import disable_socket, enable_socket

settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("ci")


@pytest.fixture(autouse=True)
def _closed_sockets(request):
    """Keep tests off the network, except those on the embedded cloud."""
    if request.node.get_closest_marker("end_to_end"):
        yield
        return
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()
