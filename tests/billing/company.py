"""The example company's settings."""

from functools import cache
from pathlib import Path

from kwit.registry.company import CompanySettings
from kwit.tariffs.yaml_file import read_yaml

SETTINGS = Path(__file__).parents[2] / "events" / "inbox" / "settings" / "company.yaml"


@cache
def company_settings() -> CompanySettings:
    """Read the settings that the demo drops."""
    return CompanySettings.model_validate(read_yaml(SETTINGS.read_bytes()).data)
