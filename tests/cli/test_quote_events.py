"""`kwit quote` of events: what a scenario may say of them, and every way it may be wrong, told by name."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.test_quote import ROOT, quoted, run, write

RULES = ROOT / "events" / "quotes" / "rules"


def rule(name: str, **changes: Any) -> dict[str, Any]:
    scenario = yaml.safe_load((RULES / f"{name}.yaml").read_text(encoding="utf-8"))
    plain: dict[str, Any] = json.loads(json.dumps(scenario, default=str))
    del plain["expect"]
    return plain | changes


def told(tmp_path: Path, scenario: dict[str, Any]) -> str:
    result = run(write(tmp_path, scenario))
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    return result.stderr


SERVICE = {"charge": "service_reconnection", "day": "2026-03-12", "quantity": "1"}


class TestAnEventOfAScenario:
    def test_shows_its_day_its_note_and_the_page_of_its_price(self, tmp_path: Path) -> None:
        scenario = rule("pge-services", events=[SERVICE | {"note": "zlecenie 17/03"}])
        (line,) = quoted(tmp_path, scenario)["lines"]
        assert (line["page"], line["posting"]) == ("46", "other.service_reconnection")
        assert {"name": "note", "value": "zlecenie 17/03"} in line["inputs"]
        assert line["name"].endswith("12.03.2026")

    def test_of_a_business_at_medium_voltage_has_its_price(self, tmp_path: Path) -> None:
        scenario = rule("pge-services", events=[SERVICE], group="B21")
        assert quoted(tmp_path, scenario)["net"] == "178.97"
        scenario = rule("pge-services", events=[SERVICE], group="R", voltage="high")
        assert quoted(tmp_path, scenario)["net"] == "223.73"

    @pytest.mark.parametrize(
        ("name", "changes", "sentence"),
        [
            ("pge-services", {"events": [SERVICE | {"day": "2026-04-01"}]}, "events[0].day"),
            ("pge-services", {"events": [SERVICE | {"charge": "service_dance"}]}, "event_unknown"),
            ("pge-services", {"events": [SERVICE | {"quantity": "0"}]}, "over zero"),
            ("pge-services", {"events": [SERVICE | {"variant": "red"}]}, "event_variant_unknown"),
            ("energa-rebates", {"rebates": [{"day": "2026-05-01", "kwh": "1"}]}, "rebates[0].day"),
            (
                "energa-rebates",
                {"rebates": [{"day": "2026-04-01", "kwh": "1", "deviation": "12"}]},
                "rebates[0]",
            ),
            ("pge-connection-cable", {"connection": {"group": "V", "power_kw": "14"}}, "connection.line"),
            (
                "pge-connection-cable",
                {"connection": {"group": "V", "power_kw": "14", "before_kw": "14", "line": "cable"}},
                "power_kw must be over before_kw",
            ),
            (
                "pge-connection-cable",
                {"connection": {"group": "V", "power_kw": "14", "line": "existing"}},
                "group VI",
            ),
            ("pge-illegal-no-contract", {"illegal_use": {"case": "borrowed"}}, "known: no_contract"),
            (
                "pge-illegal-no-contract",
                {
                    "illegal_use": {
                        "case": "bypass",
                        "metering": "fuse",
                        "amperes": "1",
                        "kwh": {"all": "126"},
                    }
                },
                "126 kWh are over the limit of 125 kWh",
            ),
            (
                "pge-illegal-known-duration",
                {"illegal_use": {"case": "known_duration", "kwh": {"day": "1"}}},
                "either under it or under usage",
            ),
            ("tauron-g14dynamic", {"zone_hours": None}, "needs the zone of every hour"),
            ("pge-b21-special-terms", {"group": "B11"}, "price_missing"),
            ("pge-b21-special-terms", {"industrial": "letter_z"}, "industrial_kind_unknown"),
            ("pge-b21-special-terms", {"special": True}, "quality"),
        ],
    )
    def test_that_cannot_be_quoted_says_why(
        self, name: str, changes: dict[str, Any], sentence: str, tmp_path: Path
    ) -> None:
        for path in RULES.glob("*.csv"):
            shutil.copy(path, tmp_path)
        assert sentence in told(tmp_path, rule(name, **changes))


class TestTheHoursOfAZone:
    def test_must_be_zones_of_the_group_one_for_each_hour(self, tmp_path: Path) -> None:
        for path in RULES.glob("tauron-*.csv"):
            shutil.copy(path, tmp_path)
        hours = tmp_path / "tauron-g14dynamic-hours.csv"
        text = hours.read_text(encoding="utf-8")
        hours.write_text(text.replace("01:00;S2", "01:00;S7", 1), encoding="utf-8")
        sentence = told(tmp_path, rule("tauron-g14dynamic"))
        assert "'S7' is no zone of the group; known: s1, s2, s3, s4" in sentence
        hours.write_text(text.rsplit("\n", 2)[0] + "\n", encoding="utf-8")
        assert "47 values of 60 minutes; the period has 48" in told(tmp_path, rule("tauron-g14dynamic"))

    def test_sort_quarters_as_they_sort_hours(self, tmp_path: Path) -> None:
        for path in RULES.glob("tauron-*.csv"):
            shutil.copy(path, tmp_path)
        (tmp_path / "quarters.csv").write_text("0.25\n" * 192, encoding="utf-8")
        usage = {"series": [{"file": "quarters.csv", "minutes": 15}]}
        assert quoted(tmp_path, rule("tauron-g14dynamic", usage=usage))["net"] == "32.26"
