"""Profiles of sources of readings: YAML files that say how a distributor or portal writes its files.

A new source of a known kind is a new file: `kind: interval_table` (one interval a row), `kind: day_rows` (one
point and day a row, under header records), `kind: day_file` (PTPiREE text), `kind: collector` (the answer of a
collector's handheld) or `kind: register_table` (states of registers under other headings).
"""

import importlib.resources
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import yaml
from pydantic import TypeAdapter, ValidationError

from kwit.metering.collector import CollectorProfile
from kwit.metering.day_file import DayFileProfile
from kwit.metering.day_rows import DayRowsProfile
from kwit.metering.interval_table import IntervalTableProfile
from kwit.metering.profile_faults import faults_of
from kwit.metering.register_table import RegisterTableProfile

SIZE_LIMIT = 100_000
DEEPEST = 6

Profile = CollectorProfile | DayFileProfile | DayRowsProfile | IntervalTableProfile | RegisterTableProfile

_KINDS: Mapping[str, type[Profile]] = {
    "collector": CollectorProfile,
    "day_file": DayFileProfile,
    "day_rows": DayRowsProfile,
    "interval_table": IntervalTableProfile,
    "register_table": RegisterTableProfile,
}


class ProfileError(ValueError):
    """A profile file is wrong; carries its name and every error, each with its place."""

    def __init__(self, name: str, errors: tuple[str, ...]) -> None:
        super().__init__(f"{name}: {'; '.join(errors)}")
        self.name = name
        self.errors = errors


@dataclass(frozen=True, slots=True)
class _Plain:
    """Plain data of a YAML file; scalars stay the texts they are written as."""

    errors: list[str]

    def of(self, node: yaml.Node, path: str) -> object:
        """Return the data of a node, noting keys that stand twice."""
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        if isinstance(node, yaml.SequenceNode):
            return [self.of(one, f"{path}[{index}]") for index, one in enumerate(node.value)]
        found: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            if key in found:
                self.errors.append(f"{path}{key}: stands twice (line {key_node.start_mark.line + 1})")
            found[key] = self.of(value_node, f"{path}{key}.")
        return found


def read_profile(content: bytes, *, name: str) -> Profile:
    """Read one profile from the bytes of its YAML file. Raises ProfileError with every error it has."""
    data = _mapping(content, name)
    kind = _KINDS.get(str(data.pop("kind", "")))
    if kind is None:
        raise ProfileError(name, (f"kind: must be one of {', '.join(_KINDS)}",))
    try:
        profile: Profile = TypeAdapter[Profile](kind).validate_python(data)
    except ValidationError as error:
        errors = tuple(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise ProfileError(name, errors) from error
    errors = tuple(faults_of(profile))
    if errors:
        raise ProfileError(name, errors)
    return profile


def _mapping(content: bytes, name: str) -> dict[str, object]:
    if len(content) > SIZE_LIMIT:
        raise ProfileError(name, (f"larger than {SIZE_LIMIT} bytes",))
    try:
        text = content.decode("utf-8-sig")
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or depth > DEEPEST:
                line = event.start_mark.line + 1 if event.start_mark else 0
                raise ProfileError(name, (f"line {line}: anchors and deep nesting are not allowed",))
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ProfileError(name, (f"not YAML in UTF-8: {str(error).splitlines()[0]}",)) from error
    reader = _Plain([])
    data = reader.of(node, "") if isinstance(node, yaml.MappingNode) else None
    if not isinstance(data, dict):
        raise ProfileError(name, ("must be a mapping",))
    if reader.errors:
        raise ProfileError(name, tuple(reader.errors))
    return data


@cache
def packaged_profiles() -> tuple[Profile, ...]:
    """Return the profiles that come with kWit, in the order of their file names. Raises ProfileError."""
    folder = importlib.resources.files("kwit.metering") / "profiles"
    entries = sorted(
        (one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name
    )
    return tuple(read_profile(one.read_bytes(), name=one.name) for one in entries)


def unverified_day_file() -> DayFileProfile:
    """Return the packaged profile of PTPiREE day files, which no authentic file has confirmed."""
    return next(one for one in packaged_profiles() if isinstance(one, DayFileProfile))
