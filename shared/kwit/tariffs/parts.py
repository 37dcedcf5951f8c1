"""Read a price list file part by part, so that one bad part does not hide what is wrong with the others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kwit.tariffs.findings import Code, Finding, Severity, finding
from kwit.tariffs.schema import (
    BracketPart,
    ChargeHead,
    GroupPart,
    HeadPart,
    IllegalUsePart,
    PriceListFile,
    PricePart,
    RatePart,
    RulePart,
    SeasonPart,
)
from kwit.tariffs.yaml_file import Path

M = TypeVar("M", bound=BaseModel)

_CODES = frozenset(code.value for code in Code)

# What pydantic calls a kind of error, in the words of the findings.
_HINTS = {
    "string_type": "text",
    "string_too_short": "text",
    "int_type": "1, 2, 3 …",
    "int_parsing": "1, 2, 3 …",
    "bool_type": "true, false",
    "dict_type": "key: value",
    "model_type": "key: value",
    "model_attributes_type": "key: value",
    "tuple_type": "[ … ]",
}


@dataclass(slots=True)
class Report:
    """Findings as they come, each with the line of the nearest path that has one."""

    lines: Mapping[Path, int]
    findings: list[Finding] = field(default_factory=list)

    def add(
        self,
        code: Code,
        path: Path,
        *,
        value: object = "",
        hint: object = "",
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a finding at a path."""
        line = next((self.lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.lines), None)
        made = finding(code, path=path, value=value, hint=hint, severity=severity, line=line)
        self.findings.append(made)


@dataclass(frozen=True, slots=True)
class ChargeParts:
    """A charge as far as it could be read: head, prices with their paths, and whether all were read."""

    path: Path
    head: ChargeHead
    prices: tuple[tuple[Path, PricePart], ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything in a file that could be read; `known` also names what stands there but could not be."""

    head: HeadPart | None
    calendars: Mapping[str, tuple[RulePart, ...]]
    seasons: Mapping[str, SeasonPart]
    groups: Mapping[str, GroupPart]
    brackets: tuple[BracketPart, ...]
    rates: Mapping[str, tuple[RatePart, ...]]
    charges: tuple[ChargeParts, ...]
    omitted: Mapping[str, str]
    illegal_use: tuple[tuple[Path, IllegalUsePart], ...]
    known: Mapping[str, frozenset[str]]


def read_parts(data: object, report: Report) -> Parts | None:
    """Read plain data into parts; None only when the file is no mapping at all."""
    top = _mapping(data, (), report)
    if top is None:
        return None
    fields = {info.alias or name for name, info in PriceListFile.model_fields.items()}
    for name in top:
        if name not in fields:
            report.add(Code.UNKNOWN_FIELD, (name,), value=name)
    head = read_part(HeadPart, {name: top[name] for name in HeadPart.model_fields if name in top}, (), report)
    brackets = _list_of(BracketPart, top.get("brackets", []), ("brackets",), report)
    return Parts(
        head=head,
        calendars=_dict_of_lists(RulePart, top.get("calendars", {}), ("calendars",), report),
        seasons=_dict_of(SeasonPart, top.get("seasons", {}), ("seasons",), report),
        groups=_dict_of(GroupPart, top.get("groups", {}), ("groups",), report),
        brackets=brackets or (),
        rates=_dict_of_lists(RatePart, top.get("rates", {}), ("rates",), report),
        charges=tuple(_charges(top.get("charges"), report)),
        omitted=_texts(top.get("omitted", {}), ("omitted",), report),
        illegal_use=tuple(_illegal_uses(top.get("illegal_use", []), report)),
        known={name: _names_in(top.get(name)) for name in ("calendars", "seasons", "groups", "brackets")},
    )


def read_part(model: type[M], raw: object, path: Path, report: Report) -> M | None:
    """Read one part, or note everything wrong with it and return None."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            _note(details, path, report)
        return None


def _note(details: ErrorDetails, path: Path, report: Report) -> None:
    where = (*path, *(part for part in details["loc"] if not str(part).startswith("[")))
    kind, context = details["type"], details.get("ctx", {})
    value = _shown(details["input"])
    if kind == "missing":
        report.add(Code.MISSING_FIELD, where)
    elif kind == "extra_forbidden":
        report.add(Code.UNKNOWN_FIELD, where, value=where[-1])
    elif kind in _CODES:
        report.add(Code(kind), where, value=context.get("value", value), hint=context.get("hint", ""))
    else:
        hint = _HINTS.get(kind) or context.get("expected") or context.get("pattern") or details["msg"]
        report.add(Code.WRONG_VALUE, where, value=value, hint=hint)


def _shown(value: object) -> str:
    if isinstance(value, dict | list | tuple):
        return "…"
    return "null" if value is None else str(value)


def _mapping(raw: object, path: Path, report: Report) -> dict[str, object] | None:
    if isinstance(raw, dict):
        return raw
    report.add(Code.NOT_A_MAPPING, path, value=_shown(raw))
    return None


def _list(raw: object, path: Path, report: Report) -> list[object] | None:
    if isinstance(raw, list):
        return raw
    if raw is None:
        report.add(Code.MISSING_FIELD, path)
        return None
    report.add(Code.NOT_A_LIST, path, value=_shown(raw))
    return None


def _list_of(model: type[M], raw: object, path: Path, report: Report) -> tuple[M, ...] | None:
    """Read a list whose items only make sense together: None when one of them cannot be read."""
    items = _list(raw, path, report)
    if items is None:
        return None
    read = [read_part(model, item, (*path, index), report) for index, item in enumerate(items)]
    sound = tuple(part for part in read if part is not None)
    return sound if len(sound) == len(read) else None


def _dict_of(model: type[M], raw: object, path: Path, report: Report) -> dict[str, M]:
    read = {
        name: read_part(model, item, (*path, name), report)
        for name, item in (_mapping(raw, path, report) or {}).items()
    }
    return {name: part for name, part in read.items() if part is not None}


def _dict_of_lists(model: type[M], raw: object, path: Path, report: Report) -> dict[str, tuple[M, ...]]:
    read = {
        name: _list_of(model, items, (*path, name), report)
        for name, items in (_mapping(raw, path, report) or {}).items()
    }
    return {name: parts for name, parts in read.items() if parts is not None}


def _texts(raw: object, path: Path, report: Report) -> dict[str, str]:
    texts = {}
    for name, text in (_mapping(raw, path, report) or {}).items():
        if isinstance(text, str) and text.strip():
            texts[name] = text.strip()
        else:
            report.add(Code.WRONG_VALUE, (*path, name), value=_shown(text), hint="text")
    return texts


def _charges(raw: object, report: Report) -> Iterator[ChargeParts]:
    for index, item in enumerate(_list(raw, ("charges",), report) or []):
        path: Path = ("charges", index)
        fields = _mapping(item, path, report)
        if fields is None:
            continue
        raw_prices = _list(fields.get("prices"), (*path, "prices"), report) or []
        paths: list[Path] = [(*path, "prices", number) for number in range(len(raw_prices))]
        read = [
            (where, read_part(PricePart, price, where, report))
            for where, price in zip(paths, raw_prices, strict=True)
        ]
        sound = tuple((where, price) for where, price in read if price is not None)
        head = read_part(
            ChargeHead, {name: v for name, v in fields.items() if name != "prices"}, path, report
        )
        if head is not None:
            yield ChargeParts(path, head, sound, whole=len(sound) == len(read))


def _illegal_uses(raw: object, report: Report) -> Iterator[tuple[Path, IllegalUsePart]]:
    for index, item in enumerate(_list(raw, ("illegal_use",), report) or []):
        path: Path = ("illegal_use", index)
        part = read_part(IllegalUsePart, item, path, report)
        if part is not None:
            yield path, part


def _names_in(raw: object) -> frozenset[str]:
    if isinstance(raw, dict):
        return frozenset(raw)
    codes = (item.get("code") for item in raw if isinstance(item, dict)) if isinstance(raw, list) else ()
    return frozenset(code for code in codes if isinstance(code, str))
