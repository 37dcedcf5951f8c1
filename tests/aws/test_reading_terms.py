"""What an import of readings asks of registry, settings and billing, on tables of moto."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from moto import mock_aws

from kwit.aws import keys
from kwit.aws.reading_terms import CursorInvoiced, RegistryTerms
from kwit.aws.registry_store import DynamoRegistry, DynamoSettings
from kwit.aws.run_store import DynamoRuns
from kwit.aws.table import Table, text
from kwit.intake.findings import Severity
from kwit.kernel.time import DateRange
from kwit.metering.validation.rules import RuleCode
from kwit.registry.company import ValidationSettings
from tests.billing.company import company_settings
from tests.billing.memory_case import contract
from tests.moto_tables import make_tables, pretend_credentials

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Table]]:
    pretend_credentials(monkeypatch)
    with mock_aws():
        yield make_tables()


class TestTerms:
    def terms(self, tables: dict[str, Table]) -> RegistryTerms:
        registry = tables["registry"]
        return RegistryTerms(DynamoRegistry(registry), DynamoSettings(registry), APRIL)

    def test_come_from_contract_and_settings(self, tables: dict[str, Table]) -> None:
        off = {"valid_from": MARCH, "groups": ["C21"], "rules": {"gap": {"severity": "off"}}}
        settings = company_settings().model_copy(
            update={"validation": (ValidationSettings.model_validate(off),)}
        )
        known = datetime(2026, 3, 1, tzinfo=UTC)
        DynamoSettings(tables["registry"]).put(settings, version="a" * 64, known_at=known)
        DynamoRegistry(tables["registry"]).put([
            contract(group="C21", contracted_kw=Decimal(40)),
            contract("U/2", group="G11", ppe="PPE-U/2"),
        ])  # fmt: skip
        terms = self.terms(tables)
        firm, home = (terms.terms(ppe, on=MARCH) for ppe in ("PPE-U/1", "PPE-U/2"))
        assert (firm.contracted_kw, firm.active) == (Decimal(40), True)
        assert firm.policy.severity(RuleCode.GAP) is None
        assert home.policy.severity(RuleCode.GAP) is Severity.WARN

    def test_without_settings_or_contract_stand_at_their_defaults(self, tables: dict[str, Table]) -> None:
        found = self.terms(tables).terms("PPE-U/9", on=MARCH)
        assert (found.active, found.policy.severity(RuleCode.SPIKE)) == (False, Severity.HOLD)


class TestInvoiced:
    def test_tells_the_days_that_a_contract_was_billed(self, tables: dict[str, Table]) -> None:
        registry = DynamoRegistry(tables["registry"])
        registry.put([contract(), contract("U/2", ppe="PPE-U/1"), contract("U/3", ppe="PPE-U/1")])
        invoiced = CursorInvoiced(registry, DynamoRuns(tables["billing"]))
        assert list(invoiced.invoiced("PPE-U/1")) == []
        for number, day in (("U/1", "2026-04-01"), ("U/2", "2026-03-01")):
            tables["billing"].put(keys.cursor(number), billed_to=text(day))
        assert list(invoiced.invoiced("PPE-U/1")) == [("U/1", DateRange(MARCH, APRIL))]
