"""Read company settings as their import would, with every fault told at once."""

from pathlib import Path

from pydantic import ValidationError

from kwit.registry.company import CompanySettings
from kwit.registry.text_checks import text_faults
from kwit.tariffs.yaml_file import read_yaml


def read_settings(file: Path) -> tuple[CompanySettings | None, tuple[str, ...]]:
    """Return the settings of a file, or None and what is wrong with each field or text."""
    read = read_yaml(file.read_bytes())
    if read.findings:
        return None, tuple(f"{one.path}: {one.english}" for one in read.findings)
    try:
        settings = CompanySettings.model_validate(read.data)
    except ValidationError as error:
        return None, tuple(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
    faults = tuple(f"{one.path}: {one.sentence}" for one in text_faults(settings))
    return (None, faults) if faults else (settings, ())
