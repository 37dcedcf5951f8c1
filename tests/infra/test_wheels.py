import re
import sys
from importlib import metadata
from pathlib import Path

import pytest

from infra import wheels

ROOT = Path(__file__).resolve().parents[2]
LAYERS = sorted(path.parent.name for path in (ROOT / "layers").glob("*/requirements.txt"))
# Only the command line of num2words imports it, and it has no wheel.
LEFT_OUT = {"docopt"}
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ \\]+)", re.MULTILINE)
every_layer = pytest.mark.parametrize("layer", LAYERS)


def pins_of(layer: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / "layers" / layer / "requirements.txt").read_text()))


class TestPins:
    def test_there_are_four_layers_of_packages(self):
        assert LAYERS == ["common", "excel", "ksef", "pdf"]

    @every_layer
    def test_are_the_versions_everything_is_tested_with(self, layer):
        locked = dict(PIN.findall((ROOT / "requirements.lock").read_text()))
        assert pins_of(layer).items() <= locked.items()

    @every_layer
    def test_carry_hashes(self, layer):
        blocks = re.split(
            r"^(?=[A-Za-z0-9])",
            (ROOT / "layers" / layer / "requirements.txt").read_text(),
            flags=re.MULTILINE,
        )
        assert all("--hash=sha256:" in block for block in blocks if block.strip())

    @every_layer
    def test_leave_out_nothing_a_package_needs(self, layer):
        there = set(pins_of(layer)) | set(pins_of("common")) | {"boto3", "botocore"} | LEFT_OUT
        for name in pins_of(layer):
            for requirement in metadata.requires(name) or []:
                if "extra ==" not in requirement and "python_version <" not in requirement:
                    needed = re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower().replace("_", "-")
                    assert needed in there, f"{name} needs {needed}"


class TestInstallWheels:
    def test_names_the_layer_it_could_not_fill(self, tmp_path):
        requirements = tmp_path / "pdf" / "requirements.txt"
        requirements.parent.mkdir()
        requirements.write_text("fpdf2==2.8.9\n")  # no hash: refused before anything is fetched
        with pytest.raises(wheels.LayerBuildError, match=r"^pdf: .*hash"):
            wheels.install_wheels(requirements=requirements, target=tmp_path / "out")


class TestCompileBytecode:
    def test_compiles_for_a_runtime_of_this_minor_and_trusts_the_result_at_any_date(self, tmp_path):
        (tmp_path / "module.py").write_text("answer = 42\n")
        assert wheels.compile_bytecode(tmp_path, minor=sys.version_info[:2])
        [compiled] = tmp_path.rglob("*.pyc")
        flags = int.from_bytes(compiled.read_bytes()[4:8], "little")
        assert flags == 0b01  # hash-based and never checked (PEP 552)

    def test_leaves_the_sources_alone_when_the_runtime_is_another_python(self, tmp_path):
        (tmp_path / "module.py").write_text("answer = 42\n")
        assert not wheels.compile_bytecode(tmp_path, minor=(3, 99))
        assert not list(tmp_path.rglob("*.pyc"))
