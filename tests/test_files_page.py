"""The page on files names every code that a finding can carry, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("intake", "registry", "metering")
MAKERS = {
    "reject": 0, "warn": 0, "refuse": 0, "Finding": 0, "file_rejection": 0, "UnreadableFileError": 0,
    "IdentifierError": 0, "Reference": 1, "_warn_once": 1, "Remark": 0, "BatchLineError": 0, "DayRefusedError": 0,
}  # fmt: skip
_CODE = re.compile(r"[a-z]+(?:_[a-z]+)*")


def _constants(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and _CODE.fullmatch(inner.value):
            yield inner.value


def _codes_made(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _codes_of_call(node)
        elif isinstance(node, ast.FunctionDef):
            for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
                if argument.arg == "code" and default is not None:
                    yield from _constants(default)
        elif isinstance(node, ast.ClassDef) and node.name == "RuleCode":
            yield from (
                code for line in node.body if isinstance(line, ast.Assign) for code in _constants(line)
            )
        elif (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.IfExp)
            and getattr(node.targets[0], "id", "") == "code"
        ):
            yield from _constants(node.value)


def _codes_of_call(node: ast.Call) -> Iterator[str]:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    place = MAKERS.get(name)
    if place is not None and len(node.args) > place:
        yield from _constants(node.args[place])
    for keyword in node.keywords:
        if keyword.arg == "code":
            yield from _constants(keyword.value)


def test_codes_of_the_page_are_the_codes_of_the_program() -> None:
    sources = (path for room in ROOMS for path in (ROOT / "shared" / "kwit" / room).rglob("*.py"))
    made = {code for path in sources for code in _codes_made(ast.parse(path.read_text()))}
    page = (ROOT / "docs" / "files.md").read_text().partition("### Codes")[2]
    named = set(re.findall(r"`([a-z_]+)`", page))
    assert made - named == set()
    assert named - made == set()
    assert len(made) > 70
