"""Bills nobody printed: generated scenarios are quoted, verified figure by figure, and keep every kWh and grosz."""

import json
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kwit.cli.quote import quote
from kwit.cli.quote_content import quote_content
from kwit.cli.scenario_file import load_scenario
from tests.quotes.test_published_quotes import decides, figures, put, verifier

GROUPS = {
    "pge-dystrybucja": {
        "G11": ("all",), "G12": ("day", "night"), "G12w": ("peak", "offpeak"), "G12as": ("day", "night"),
        "C11": ("all",), "C12a": ("peak", "offpeak"), "C21": ("all",), "C23": ("am_peak", "pm_peak", "rest"),
        "B21": ("all",), "B23": ("am_peak", "pm_peak", "rest"),
    },
    "energa-operator": {
        "G11": ("all",), "G12": ("day", "night"), "G12w": ("peak", "offpeak"), "C11": ("all",),
        "C12b": ("day", "night"), "C21": ("all",), "B21": ("all",),
    },
}  # fmt: skip
PRICE = st.decimals("0.0001", "1.5", places=4).map(str)
MONEY = st.decimals("0.01", "300", places=2).map(str)
KWH = st.decimals("0", "9000", places=3).map(str)


def total(quantity: str, zones: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"quantity": st.just(quantity), "kwh": st.fixed_dictionaries(dict.fromkeys(zones, KWH))}
    )


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """Make a scenario: a group of an operator with its own, given and settled charges, over one or two months."""
    operator = draw(st.sampled_from(sorted(GROUPS)))
    group = draw(st.sampled_from(sorted(GROUPS[operator])))
    zones = GROUPS[operator][group]
    household = group.startswith("G")
    last_day = draw(st.sampled_from(["2026-03-31", "2026-03-17", "2026-04-30", "2026-02-28"]))
    first_day = draw(st.sampled_from(["2026-01-20", "2026-02-01"]))
    data: dict[str, Any] = {
        "format": "kwit/quote/1",
        "title": "made up",
        "period": {"first_day": first_day, "last_day": last_day},
        "group": group,
        "phases": draw(st.sampled_from([1, 3])),
        "remote_reading": draw(st.booleans()),
        "annual_kwh": draw(st.integers(0, 6000)),
        "price_lists": [operator, "levies-pl"],
        "charges": [
            {
                "code": "energy", "name": "Energia", "section": "sale", "zone": zone, "unit": "kWh",
                "quantity": draw(st.integers(0, 5000).map(str)), "price": draw(PRICE),
            }
            for zone in zones
        ],
        "usage": {"totals": [draw(total("import", zones))]},
        "profile": {
            "vat": draw(st.sampled_from(["line", "section", "document"])),
            "kwh_digits": draw(st.sampled_from([0, 3])),
            "lines_by_zone": draw(st.sampled_from([[], ["quality", "oze"]])),
            "months_at_change": draw(st.sampled_from(["by_days", "whole"])),
        },
    }  # fmt: skip
    if group == "G12as":
        data["limits"] = [{"charge": "network_variable", "kwh": draw(st.integers(0, 3000))}]
    if not household:
        data |= {"contracted_kw": draw(st.integers(1, 400).map(str)), "capacity_share": "0.37"}
        if draw(st.booleans()):
            data["usage"]["totals"] += [
                draw(total(f"reactive_{kind}", zones)) for kind in ("inductive", "capacitive")
            ]
            data["power"] = {"excesses": draw(st.lists(MONEY, min_size=1, max_size=12))}
        if draw(st.booleans()):
            data["losses"] = {"percent": draw(st.decimals("0", "5", places=1).map(str))}
    if household and draw(st.booleans()):
        data["usage"]["totals"].append(draw(total("export", zones)))
        data["prosumer"] = draw(
            st.sampled_from(
                [
                    {"kind": "net_metering", "ratio": "0.8"},
                    {
                        "kind": "net_billing", "lots": [{"month": "2025-01", "left": "80.00", "value": "100.00"}],
                        "months": [{"month": "2026-02", "factor": "1.23"}],
                    },
                ]
            )
        )  # fmt: skip
    if draw(st.booleans()):
        data["advances"] = {"invoiced": [{"name": "Prognoza", "net": draw(MONEY)}]}
    return data


def quoted(data: dict[str, Any]) -> dict[str, Any] | None:
    """Quote a scenario; None when it is held by a named problem."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.json"
        path.write_text(json.dumps(data), encoding="utf-8")
        loaded = load_scenario(path)
    assert loaded.faults == (), loaded.faults
    found = quote(loaded)
    content = quote_content(found)
    assert (content is None) == bool(found.faults)
    plain: dict[str, Any] | None = None if content is None else content.model_dump(mode="json")
    return plain


def _billed(data: dict[str, Any]) -> dict[str, Any]:
    bill = quoted(data)
    assume(bill is not None)
    assert bill is not None
    return bill


class TestAGeneratedQuote:
    @given(data=scenarios())
    def test_is_accepted_by_the_verifier(self, data: dict[str, Any]) -> None:
        verifier().verify(_billed(data))

    @given(data=scenarios(), choice=st.data(), by=st.integers(1, 1000))
    def test_is_rejected_with_any_one_figure_changed(
        self, data: dict[str, Any], choice: st.DataObject, by: int
    ) -> None:
        bill = _billed(data)
        place = choice.draw(st.sampled_from([one for one in figures(bill) if decides(bill, one)]))
        put(bill, place, lambda old: old + by if isinstance(old, int) else str(verifier().number(old) + by))
        with pytest.raises(verifier().DifferenceError):
            verifier().verify(bill)

    @given(data=scenarios())
    def test_bills_the_energy_of_the_period_in_its_zones(self, data: dict[str, Any]) -> None:
        bill = _billed(data)
        read = sum(span["wh"] for span in bill["usage"] if span["quantity"] == "import")
        in_zones = [row for row in bill["energy"] if row["quantity"] == "import"]
        assert sum(row["wh"] for row in in_zones) == read
        covered = sum(row["kwh"] for row in bill["covered"])
        variable = [line for line in bill["lines"] if line["charge"] == "network_variable"]
        kwh = sum(Decimal(line["quantity"]) * (1000 if line["unit"] == "MWh" else 1) for line in variable)
        whole = sum(row["kwh"] for row in in_zones) if bill["kwh_digits"] == 0 else Decimal(read) / 1000
        assert kwh == whole - covered

    @given(data=scenarios(), cut=st.sampled_from(["2026-02-04", "2026-02-11", "2026-02-20"]))
    def test_split_in_two_keeps_the_energy_and_moves_no_charge_on_it_by_more_than_its_rounding(
        self, data: dict[str, Any], cut: str
    ) -> None:
        data = {
            key: value
            for key, value in data.items()
            if key not in {"prosumer", "limits", "power", "losses", "advances"}
        }
        data["usage"] = {"totals": [one for one in data["usage"]["totals"] if one["quantity"] == "import"]}
        data["profile"] |= {"kwh_digits": 3}
        assume(data["group"] != "G12as")
        whole = _billed(data)
        totals = data["usage"]["totals"][0]["kwh"]
        halves = {zone: (Decimal(kwh) / 2).quantize(Decimal("0.001")) for zone, kwh in totals.items()}
        first = {
            "kwh": {z: str(v) for z, v in halves.items()},
            "first_day": data["period"]["first_day"],
            "last_day": cut,
        }
        rest = {
            "kwh": {z: str(Decimal(totals[z]) - v) for z, v in halves.items()},
            "first_day": f"{cut[:-2]}{int(cut[-2:]) + 1:02}",
            "last_day": data["period"]["last_day"],
        }
        split = _billed(data | {"usage": {"totals": [first, rest]}})
        for charge in ("network_variable", "oze", "cogeneration"):
            nets = [
                (sum(Decimal(x["net"]) for x in bill["lines"] if x["charge"] == charge), bill)
                for bill in (whole, split)
            ]
            count = max(sum(x["charge"] == charge for x in bill["lines"]) for _, bill in nets)
            assert abs(nets[0][0] - nets[1][0]) <= Decimal("0.01") * count
