"""Read a YAML file into plain data without trusting it: every key with its line, nothing but plain values.

YAML as people edit it is a subset: one document, no anchors, no tags, no duplicate keys. A plain scalar is a
whole number, a date, true, false or null only when it is written exactly so; a number with a point stays a
`LooseNumber`, which no field accepts, because its decimals would be lost.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import yaml

from kwit.tariffs.findings import Code, Finding, finding

LARGEST_FILE = 5_000_000
DEEPEST = 12
MOST_NODES = 50_000

Path = tuple[str | int, ...]

_WHOLE = re.compile(r"[+-]?(0|[1-9][0-9]*)")
_LOOSE = re.compile(r"[+-]?[0-9][0-9_,.]*([eE][+-]?[0-9]+)?|[+-]?\.[0-9]+|[+-]?\.inf|\.nan", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class LooseNumber:
    """A number written without quotation marks that is no whole number."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class YamlFile:
    """Plain data (None when the file cannot be read), the line of each path, and what was found."""

    data: object
    lines: Mapping[Path, int]
    findings: tuple[Finding, ...]


def read_yaml(content: bytes) -> YamlFile:
    """Read bytes of YAML; what is wrong comes back as findings, never as an exception."""
    if len(content) > LARGEST_FILE:
        return _refused(finding(Code.TOO_LARGE, value=len(content), hint=LARGEST_FILE))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _refused(finding(Code.NOT_UTF8))
    try:
        refusals = _scan(text)
        if refusals:
            return _refused(*refusals)
        node = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, ValueError) as error:
        return _refused(_syntax(error))
    reader = _Reader()
    data = reader.plain(node, ()) if node is not None else None
    return YamlFile(data, reader.lines, tuple(reader.findings))


def _refused(*findings: Finding) -> YamlFile:
    return YamlFile(None, {}, findings)


def _syntax(error: Exception) -> Finding:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else None
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    where = f" (line {line})" if line else ""
    return finding(Code.BAD_YAML, value=f"{problem}{where}", line=line)


def _scan(text: str) -> list[Finding]:
    """Walk the events, which needs no recursion and expands nothing, before any value is built."""
    found: list[Finding] = []
    depth = nodes = documents = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark is not None else 0
        nodes += isinstance(event, yaml.NodeEvent)
        if nodes > MOST_NODES:
            return [*found, finding(Code.TOO_MANY_NODES, hint=MOST_NODES, line=line)]
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                return [*found, finding(Code.TOO_DEEP, hint=DEEPEST, line=line)]
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        found += _node_refusals(event, line)
    if documents > 1:
        found.append(finding(Code.MORE_DOCUMENTS, value=documents))
    return found


def _node_refusals(event: yaml.Event, line: int) -> list[Finding]:
    found = []
    anchor = getattr(event, "anchor", None)
    tag = getattr(event, "tag", None)
    if anchor is not None:
        found.append(finding(Code.ALIAS, value=anchor, line=line))
    if tag is not None:
        found.append(finding(Code.EXPLICIT_TAG, value=tag, line=line))
    return found


class _Reader:
    """Turn nodes into plain data, noting lines and duplicate keys on the way."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.findings: list[Finding] = []

    def plain(self, node: yaml.Node, path: Path) -> object:
        """Return the plain data of a node and everything below it."""
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*path, index)) for index, item in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        result: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.findings.append(finding(Code.WRONG_VALUE, path=path, value="?", hint="text", line=line))
                continue
            key = str(key_node.value)
            here = (*path, key)
            if key in result:
                self.findings.append(finding(Code.DUPLICATE_KEY, path=here, value=key, line=line))
                continue
            self.lines[here] = line
            result[key] = self.plain(value_node, here)
        return result


def _scalar(node: yaml.Node) -> object:
    text = str(node.value)
    if getattr(node, "style", None):
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text) if len(text) <= 18 else LooseNumber(text)
    if _DATE.fullmatch(text):
        return _date_or_text(text)
    return LooseNumber(text) if _LOOSE.fullmatch(text) else text


def _date_or_text(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
