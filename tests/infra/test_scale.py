"""The portfolio of any size, and the arithmetic of a million contracts."""

from collections import Counter
from typing import Any

import pytest
import yaml

from benchmarks import million as million_module
from benchmarks.million import million, table
from benchmarks.scale.portfolio import expected_documents, portfolio_of, reading_files, registry_files
from infra.local.synth import ROOT


def run(**changed: Any) -> dict[str, Any]:
    """Give figures of a run as results.json has them."""
    functions = ("plan_billing_run", "rate_contracts", "close_billing_run", "issue_documents", "render_documents",
                 "deliver_documents")  # fmt: skip
    one = {"ms_per_invoice": 1.0, "write_units_per_invoice": 1.0}
    figures: dict[str, Any] = {
        "contracts": 10_000,
        "by_function": {name: dict(one) for name in functions},
        "peak_mb": {"close_billing_run": 100.0, "plan_packing": 70.0, "emulator": 400.0},
        "result_bytes": 4_000,
        "usd_per_million_invoices_before_mail": 15.0,
        "usd_per_million_invoices_with_mail": 115.0,
    }
    return figures | changed


@pytest.fixture
def quotas() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "benchmarks/scale/aws_quotas.yaml").read_text())
    return found


class TestPortfolio:
    def test_is_the_same_for_the_same_seed_alone(self) -> None:
        assert portfolio_of(50, seed=1) == portfolio_of(50, seed=1)
        assert portfolio_of(50, seed=1) != portfolio_of(50, seed=2)

    def test_names_every_contract_point_meter_and_firm_once(self) -> None:
        made = portfolio_of(12_000, seed=1)
        for names in (
            [c.contract_no for c in made],
            [c.ppe for c in made],
            [c.stays[0].meter_no for c in made],
        ):
            assert max(Counter(names).values()) == 1
        assert {c.network for c in made if c.firm} < {c.network for c in made}

    def test_leaves_one_contract_of_two_hundred_without_its_second_reading(self) -> None:
        assert expected_documents(portfolio_of(1_000, seed=1)) == 995

    def test_is_written_in_files_of_some_thousand_contracts(self) -> None:
        made = portfolio_of(1_001, seed=1)
        assert [key for key, _ in registry_files(made)] == [
            "registry/kartoteka-0001.xlsx",
            "registry/kartoteka-0002.xlsx",
        ]
        ((_, content),) = reading_files(made)
        states = sum(len(c.stays[0].states) for c in made)
        assert content.count(b"\r\n") == states + 1


class TestMillion:
    def test_adds_the_steps_up_and_names_the_first_limit(self, quotas: dict[str, Any]) -> None:
        found = million(run(), quotas)
        steps = found["steps_s"]
        assert (steps["plan"], steps["close"], steps["issue"]) == (1000, 1000, 1000)
        assert found["rated_and_issued_s"] == sum(steps[name] for name in ("plan", "rate", "close", "issue"))
        assert found["limits"] == sorted(found["limits"], key=lambda one: one["contracts"])
        assert found["first_limit"] == found["limits"][0]["name"]
        assert f"| {found['limits'][-1]['name']} |" in table(found).replace("**", "")

    def test_side_by_side_means_more_and_more_functions_up_to_the_quota(self, quotas: dict[str, Any]) -> None:
        model = million_module.Model(run(), quotas)
        some = model.parallel_s("rate_contracts")
        # 5 at first and 5 more each second: 1,000 seconds of work take 5 t + 2.5 t² of them.
        assert 5 * some + 2.5 * some**2 == pytest.approx(1000)
        run_of_long = run()
        run_of_long["by_function"]["rate_contracts"]["ms_per_invoice"] = 1000.0
        long = million_module.Model(run_of_long, quotas).parallel_s("rate_contracts")
        assert 1000 < long < 1200

    def test_senders_of_mail_are_as_many_as_the_catalogue_says(self, quotas: dict[str, Any]) -> None:
        assert million_module.Model(run(), quotas).parallel_s("deliver_documents") == pytest.approx(
            500, rel=0.01
        )

    def test_says_how_many_series_reach_the_goal(self, quotas: dict[str, Any]) -> None:
        figures = run()
        figures["by_function"]["plan_billing_run"]["ms_per_invoice"] = 0.1
        figures["by_function"]["close_billing_run"]["ms_per_invoice"] = 0.1
        figures["by_function"]["issue_documents"]["ms_per_invoice"] = 4.0
        found = million(figures, quotas)
        apart = found["rated_and_issued_s"] - found["steps_s"]["issue"]
        assert found["steps_s"]["issue"] / found["series_for_goal"] <= 900 - apart
