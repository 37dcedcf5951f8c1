"""`kwit ptpiree detect` prints a profile that reads the samples, and says by its exit code how certain it is."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from kwit.cli.main import app
from kwit.metering.profile_files import read_profile, unverified_day_file
from tests.metering.test_detecting import samples


@pytest.mark.parametrize(("count", "code"), [(3, 0), (1, 1)])
def test_detect_prints_a_profile_and_its_certainty(tmp_path: Path, count: int, code: int) -> None:
    paths = []
    for name, content in samples(count=count).items():
        paths.append(tmp_path / name)
        paths[-1].write_bytes(content)
    result = CliRunner().invoke(app, ["ptpiree", "detect", "--name", "OSD", *map(str, paths)])
    assert result.exit_code == code
    profile = read_profile(result.stdout.encode(), name="out")
    assert (profile.name, profile.header) == ("OSD", unverified_day_file().header)
    assert ("found   checksum" in result.stderr) is (code == 0)
    assert result.stderr.count("reads") == count


def test_detect_names_what_is_no_day_file(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"PPE;Stan\n")
    result = CliRunner().invoke(app, ["ptpiree", "detect", str(path)])
    assert result.exit_code == 2
    assert "x.csv" in result.stderr
