"""The file as people edit it: short forms, and the JSON Schema that editors use."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from kwit.tariffs.packaged import shipped_price_lists
from kwit.tariffs.schema import PriceListFile, RulePart, json_schema_text
from kwit.tariffs.written import DAY_KINDS
from kwit.tariffs.yaml_file import read_yaml

SCHEMA_FILE = Path(__file__).parents[2] / "docs" / "price-list.schema.json"


def rule(months: object = "all", days: object = "all", hours: object = "all") -> RulePart:
    return RulePart.model_validate({"months": months, "days": days, "hours": {"z": hours}})


class TestMonths:
    @pytest.mark.parametrize(
        ("text", "months"),
        [
            ("4-9", {4, 5, 6, 7, 8, 9}),
            ("10-3", {10, 11, 12, 1, 2, 3}),
            ("4 5 8,9", {4, 5, 8, 9}),
            (7, {7}),
            ("all", set(range(1, 13))),
        ],
    )
    def test_are_written_as_ranges_that_may_pass_the_year(self, text: object, months: set[int]) -> None:
        assert rule(months=text).months == months

    @pytest.mark.parametrize("text", ["0-3", "4-13", "", "spring", "4-", None, 13])
    def test_of_no_calendar_are_refused(self, text: object) -> None:
        with pytest.raises(ValidationError):
            rule(months=text)


class TestDays:
    @pytest.mark.parametrize(
        ("words", "kinds"),
        [
            ("all", set(DAY_KINDS)),
            ("free", {"saturday", "sunday", "holiday"}),
            (["workday", "saturday"], {"workday", "saturday"}),
        ],
    )
    def test_are_kinds_or_words_for_more_kinds(self, words: object, kinds: set[str]) -> None:
        assert rule(days=words).days == kinds

    @pytest.mark.parametrize("words", ["monday", [], [7], 7])
    def test_of_no_kind_are_refused(self, words: object) -> None:
        with pytest.raises(ValidationError):
            rule(days=words)


class TestHours:
    @pytest.mark.parametrize(
        ("text", "hours"),
        [
            ("6-13 15-22", [*range(6, 13), *range(15, 22)]),
            ("22-6", [22, 23, 0, 1, 2, 3, 4, 5]),
            ("22-24", [22, 23]),
            ("0-24", list(range(24))),
            ("all", list(range(24))),
        ],
    )
    def test_end_before_the_hour_they_name_and_may_pass_midnight(self, text: str, hours: list[int]) -> None:
        assert list(rule(hours=text).hours["z"]) == hours

    @pytest.mark.parametrize("text", ["6", "6-6", "6-25", "24-6", "", None, "six-ten"])
    def test_of_no_clock_are_refused(self, text: object) -> None:
        with pytest.raises(ValidationError):
            rule(hours=text)


class TestJsonSchema:
    def test_in_the_docs_is_the_one_of_the_code(self) -> None:
        assert SCHEMA_FILE.read_text(encoding="utf-8") == json_schema_text()

    def test_names_the_fields_as_the_file_does(self) -> None:
        price = json.loads(json_schema_text())["$defs"]["PricePart"]
        assert {"from", "until", "by_zone", "page"} <= set(price["properties"])
        assert price["additionalProperties"] is False


class TestThePriceListFile:
    @pytest.mark.parametrize("name", shipped_price_lists())
    def test_of_every_shipped_list_is_sound_as_a_whole_too(self, name: str) -> None:
        data = read_yaml(shipped_price_lists()[name]).data
        assert PriceListFile.model_validate(data).code in name
