"""What every test stands on: closed sockets, and property tests that are the same on every machine."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from pytest_socket import disable_socket, enable_socket

settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60)
# For mutation runs: the tests of a process that has run them once run again in each of its children, which the
# health checks would take for a fault, and so for a mutant killed; nobody reads the smallest failing example.
settings.register_profile(
    "mutants",
    derandomize=True,
    deadline=None,
    max_examples=5,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=tuple(HealthCheck),
)
settings.load_profile("ci")


def pytest_addoption(parser):
    """Golden files are rewritten by this flag alone."""
    parser.addoption(
        "--rewrite-goldens", action="store_true", help="rewrite golden files instead of comparing"
    )


@pytest.fixture
def golden(request):
    """Compare a text with a golden file, or rewrite the file when the flag asks for it."""

    def compare(path, text):
        if request.config.getoption("--rewrite-goldens"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), f"{path.name} differs; read the diff of make goldens"

    return compare


@pytest.fixture(autouse=True)
def _closed_sockets(request):
    """Keep tests off the network, except those on the embedded cloud."""
    if request.node.get_closest_marker("end_to_end"):
        yield
        return
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()
