"""Tables of moto for the tests of the AWS room."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from kwit.aws.table import Table
from tests.moto_tables import make_tables, pretend_credentials


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Table]]:
    """Make the four empty tables in moto."""
    pretend_credentials(monkeypatch)
    with mock_aws():
        yield make_tables()
