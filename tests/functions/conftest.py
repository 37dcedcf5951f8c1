from collections.abc import Iterator

import pytest
from moto import mock_aws

from functions.portal_api.handler import lambda_handler
from tests.functions.portal import Portal
from tests.moto_tables import pretend_credentials


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Portal]:
    pretend_credentials(monkeypatch)
    # A logger of one name keeps the output of the test that made it first.
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", request.node.nodeid)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "kwit")
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "INFO")
    with mock_aws():
        yield Portal()
    lambda_handler.application = lambda_handler._resolver = None
    lambda_handler._logger = lambda_handler._metrics = None
