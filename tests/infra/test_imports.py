"""A function finds what it imports in its layers: elsewhere the whole environment would hide a gap."""

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from infra.catalogue import FUNCTIONS

ROOT = Path(__file__).resolve().parents[2]
RUNTIME_HAS = {"boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six", "urllib3"}
IMPORT = """
import importlib.util, json, sys
forbidden = set(json.loads(sys.argv[1]))
class Absent:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in forbidden:
            raise ModuleNotFoundError(f"{name} is in no layer of this function")
sys.meta_path.insert(0, Absent)
spec = importlib.util.spec_from_file_location("handler", sys.argv[2])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
assert callable(module.lambda_handler)
"""


def distributions_in(layers: list[str]) -> set[str]:
    lines = [
        line
        for layer in layers
        for line in (ROOT / "layers" / layer / "requirements.txt").read_text().splitlines()
    ]
    return {line.partition("==")[0] for line in lines if "==" in line}


@pytest.fixture(scope="module")
def owners() -> dict[str, list[str]]:
    return metadata.packages_distributions()


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_every_import_of_a_handler_is_in_its_layers(function, owners):
    present = distributions_in(["common", *function.layers]) | RUNTIME_HAS | {"kwit"}
    forbidden = [
        package
        for package, distributions in owners.items()
        if not {name.lower().replace("_", "-") for name in distributions} & present
    ]
    assert "moto" in forbidden
    handler = ROOT / "functions" / function.name / "handler.py"
    done = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", IMPORT, json.dumps(forbidden), str(handler)],
        env={"PYTHONPATH": str(ROOT / "shared"), "AWS_DEFAULT_REGION": "eu-central-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
