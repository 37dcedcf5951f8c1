"""Texts of the company: what may stand in them, when they are shown, and what is said of wrong ones."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateError
from pydantic import ValidationError

from kwit.registry.company import CompanySettings
from kwit.registry.text_checks import text_faults, units_in_number
from kwit.registry.text_templates import FILTERS, NAMES, faults_of, filled
from kwit.registry.texts import LIMITS, MOST_SHOWN, TextConditions, TextFacts, holds
from tests.billing.company import company_settings

SAMPLES = {name: sample for name, (_, sample) in NAMES.items()}
DOCS = Path(__file__).parents[2] / "docs" / "texts.md"
FACTS = TextFacts(
    issue_date=date(2026, 4, 8), document_kind="invoice", business=False, parties=frozenset({"K-1", "K-2"}),
    group="G11", contract_kind="comprehensive", balance="owing", estimated=True, prosumer=False,
    units=frozenset({"LUB"}),
)  # fmt: skip


def with_texts(*texts: dict[str, Any], **series: str) -> CompanySettings:
    raw = company_settings().model_dump(mode="json")
    raw["texts"] = list(texts)
    raw["series"] |= {kind: {"pattern": pattern} for kind, pattern in series.items()}
    return CompanySettings.model_validate(raw)


def text(source: str = "Dzień dobry", **fields: Any) -> dict[str, Any]:
    return {"id": "powitanie", "place": "details", "text": source} | fields


class TestTemplates:
    def test_names_and_conditions_are_filled_in_on_one_line(self) -> None:
        source = """Masz {{ kwh }} kWh.
        {% if opening_balance and group in "G11 G12" %}Zaległość {{ opening_balance }}.
        {%- else %}Dziękujemy.{% endif %}"""
        values = SAMPLES | {"group": "G12"}
        assert filled(source, values=values) == "Masz 150 kWh. Zaległość 12,30 zł."
        assert filled(source, values=values | {"opening_balance": ""}) == "Masz 150 kWh. Dziękujemy."

    @pytest.mark.parametrize(
        ("source", "said"),
        [
            ("{{ nieznane }}", "unknown name nieznane"),
            ("a\n{{ kwh", "line 2: unexpected end"),
            ("{% for x in kwh %}{{ kwh }}{% endfor %}", "for has no place"),
            ("{{ kwh * 1000000 }}", "in quotes"),
            ("{{ kwh ~ kwh }}", "concat has no place"),
            ("{{ kwh.__class__ }}", "getattr has no place"),
            ("{{ kwh['x'] }}", "getitem has no place"),
            ("{{ kwh() }}", "call has no place"),
            ("{{ kwh|center }}", "filter center is not one of"),
            ("{{ kwh|upper('x') }}", "too many values"),
            ("{% set x = kwh %}", "assign has no place"),
            ("{% include 'invoice.txt' %}", "include has no place"),
            ("{{ 'a' if kwh }}", "needs its else"),
            ("{% if kwh < group %}a{% endif %}", "compared by"),
            ("{{ range }}", "unknown name range"),
            ("{% import 'os' as os %}", "import has no place"),
        ],
    )
    def test_what_has_no_place_is_refused_by_name(self, source: str, said: str) -> None:
        assert said in " ".join(faults_of(source, most_signs=100))

    def test_a_long_text_is_refused_by_its_finished_length(self) -> None:
        assert faults_of("x" * 100, most_signs=100) == ()
        assert "has 101 signs" in faults_of("x" * 101, most_signs=100)[0]
        assert "signs when filled in" in faults_of("{{ payer_name }}" * 2, most_signs=100)[0]

    @given(
        st.lists(
            st.sampled_from(
                ["{{ kwh }}", "{{ group|upper }}", "{% if kwh %}", "{% else %}", "{% endif %}", " ", "'a'", "{{",
                 "}}", "{{ 'a' if group == 'G11' else kwh }}", "{{ payable|default('x', true) }}", "{% raw %}",
                 "{{ kwh in group }}", "{{ not kwh }}", "{% if not group or kwh and ppe %}", "{#", "#}", "żółć"]
            ), max_size=12,
        ),
        st.dictionaries(st.sampled_from(sorted(NAMES)), st.text(max_size=8)),
    )  # fmt: skip
    def test_what_was_passed_can_be_filled_in_with_any_values(
        self, parts: list[str], values: dict[str, str]
    ) -> None:
        source = "".join(parts)
        if not faults_of(source, most_signs=10_000):
            assert "\n" not in filled(source, values=SAMPLES | values)

    def test_an_unknown_name_of_unchecked_settings_is_an_error_that_can_be_caught(self) -> None:
        with pytest.raises(TemplateError):
            filled("{{ nieznane }}", values=SAMPLES)


class TestConditions:
    @pytest.mark.parametrize(
        ("named", "kept"),
        [
            ({}, True),
            ({"valid_from": date(2026, 4, 8)}, True),
            ({"valid_from": date(2026, 4, 9)}, False),
            ({"valid_to": date(2026, 4, 9)}, True),
            ({"valid_to": date(2026, 4, 8)}, False),
            ({"groups": ("G12", "G11")}, True),
            ({"groups": ("G12",)}, False),
            ({"contract_kinds": ("sale",)}, False),
            ({"document_kinds": ("invoice",)}, True),
            ({"document_kinds": ("final",)}, False),
            ({"payer": "household"}, True),
            ({"payer": "business"}, False),
            ({"balance": "owing"}, True),
            ({"balance": "none"}, False),
            ({"estimated": True}, True),
            ({"estimated": False}, False),
            ({"prosumer": False}, True),
            ({"prosumer": True}, False),
            ({"language": "pl"}, True),
            ({"language": "en"}, False),
            ({"units": ("LUB", "RZE")}, True),
            ({"units": ("RZE",)}, False),
            ({"customers": ("K-9", "K-2")}, True),
            ({"customers": ("K-9",)}, False),
            ({"groups": ("G11",), "payer": "business"}, False),
        ],
    )
    def test_all_that_are_named_must_hold(self, named: dict[str, Any], kept: bool) -> None:
        assert holds(TextConditions(**named), FACTS) is kept

    @given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(1, 90))
    def test_days_are_from_one_up_to_another(self, start: date, days: int) -> None:
        end = start + timedelta(days=days)
        when = TextConditions(valid_from=start, valid_to=end)
        facts = [TextFacts(day, "invoice", business=False, parties=frozenset()) for day in
                 (start - timedelta(days=1), start, end - timedelta(days=1), end)]  # fmt: skip
        assert [holds(when, one) for one in facts] == [False, True, True, False]

    def test_a_unit_is_told_by_the_number(self) -> None:
        settings = with_texts(invoice="FV/{unit}/{year}/{number:06}")
        when = TextConditions(units=("LUB", "RZE", "FV"))
        assert units_in_number("FV/LUB/2026/000001", kind="invoice", settings=settings, when=when) == {"LUB"}
        assert not units_in_number("FK/2026/05/000001", kind="correction", settings=settings, when=when)


class TestSettings:
    def test_sound_texts_have_no_fault(self) -> None:
        settings = with_texts(
            text(), text("{{ kwh }}", id="zuzycie", place="footer", when={"groups": ["G11"]})
        )
        assert text_faults(settings) == ()

    def test_every_fault_names_the_text_and_its_place(self) -> None:
        settings = with_texts(
            text("{{ zle }}", id="a"),
            text(
                id="a",
                when={"contract_kinds": ["najem"], "valid_from": "2026-02-01", "valid_to": "2026-02-01"},
            ),
            text(id="b", when={"document_kinds": ["paragon"], "units": ["LUB"]}),
        )
        faults = text_faults(settings)
        assert [(one.text_id, one.path) for one in faults] == [
            ("a", "texts.0.text"), ("a", "texts.1.id"), ("a", "texts.1.when"), ("a", "texts.1.when"),
            ("b", "texts.2.when"), ("b", "texts.2.when"),
        ]  # fmt: skip
        said = " ".join(one.sentence for one in faults)
        for words in ("zle", "taken", "najem", "not after", "paragon", "no series has {unit}"):
            assert words in said

    @pytest.mark.parametrize(
        "fields", [{"place": "back"}, {"id": "Zła nazwa"}, {"when": {"tariff": "G11"}}, {"text": ""}]
    )
    def test_what_has_no_such_field_is_refused(self, fields: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            with_texts(text(**fields))


def test_the_document_lists_every_name_filter_place_and_condition() -> None:
    told = DOCS.read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(\w+)` \|", told, re.MULTILINE))
    assert set(NAMES) | set(TextConditions.model_fields) | set(LIMITS) <= named
    for name, (meaning, _) in NAMES.items():
        assert f"| `{name}` | {meaning} |" in told
    for place, most in LIMITS.items():
        assert re.search(rf"\| `{place}` \|.*\| {most} \| {MOST_SHOWN[place]} \|", told)
    assert all(f"`{one}`" in told for one in FILTERS)
