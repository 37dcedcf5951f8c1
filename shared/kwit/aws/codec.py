"""Stored items as text and back: dataclasses of the rooms, checked by pydantic on the way in."""

from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")
_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def encode(value: object) -> bytes:
    """Write a dataclass as JSON."""
    return _adapter(type(value)).dump_json(value)


def decode(kind: type[T], data: bytes) -> T:
    """Read a dataclass from JSON; every field is checked."""
    result: T = _adapter(kind).validate_json(data)
    return result
