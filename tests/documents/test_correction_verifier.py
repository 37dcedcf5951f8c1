"""The verifier checks a correction from its content alone, and names a figure that does not hold."""

import json
from pathlib import Path

import pytest

from tests.documents.corrections import SHAPES
from verifier.verify_bill import main


@pytest.mark.parametrize("shape", SHAPES)
def test_every_correction_holds(shape: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "correction.json"
    file.write_bytes(SHAPES[shape]().content)
    assert main([str(file)]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("where", ["net", "gross"])
def test_a_spoiled_difference_is_named(
    where: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = json.loads(SHAPES["reading_lower"]().content)
    content[where] = "1.00"
    file = tmp_path / "correction.json"
    file.write_text(json.dumps(content))
    assert main([str(file)]) == 1
    assert f"difference of {where}" in capsys.readouterr().out


def test_a_cause_with_another_amount_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = json.loads(SHAPES["reading_lower"]().content)
    content["causes"][0]["net"] = "0.00"
    file = tmp_path / "correction.json"
    file.write_text(json.dumps(content))
    assert main([str(file)]) == 1
    assert "net of causes" in capsys.readouterr().out
