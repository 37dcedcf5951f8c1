"""Fetch the wheels of a layer for Lambda's machine, whatever machine this runs on, without Docker."""

import compileall
import importlib.util
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNTIME_MINOR = (3, 14)
# Amazon Linux 2023 has glibc 2.34, so wheels of both tags run on it; with the older tag alone,
# pip would silently choose older releases.
_PLATFORMS = ("manylinux2014_aarch64", "manylinux_2_28_aarch64")


class LayerBuildError(Exception):
    """Tell which layer could not be filled, and what the installer said."""


def install_wheels(*, requirements: Path, target: Path) -> None:
    """Install pinned arm64 wheels of the Lambda runtime, whatever machine this runs on.

    Raises ``LayerBuildError`` with the installer's words.
    """
    # stdout carries CDK's protocol, so nothing may be printed there.
    done = subprocess.run(
        [*_installer(), "--target", str(target), "--no-deps", "--require-hashes", "-r", str(requirements)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise LayerBuildError(f"{requirements.parent.name}: {done.stderr.strip()}")
    for console_scripts in (target / "bin", target / "share"):
        shutil.rmtree(console_scripts, ignore_errors=True)
    compile_bytecode(target, minor=RUNTIME_MINOR)


def compile_bytecode(folder: Path, *, minor: tuple[int, int]) -> bool:
    """Compile a layer ahead of its first cold start, if this interpreter writes the runtime's bytecode.

    The files are of the unchecked kind, so the zip's timestamps do not make them stale.
    Return whether it did.
    """
    if sys.version_info[:2] != minor:
        return False
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    return bool(compileall.compile_dir(folder, quiet=2, invalidation_mode=mode))


def _installer() -> list[str]:
    version = ".".join(map(str, RUNTIME_MINOR))
    uv = str(path) if (path := ROOT / ".kwit/uv/bin/uv").exists() else shutil.which("uv")
    if uv:
        target = ["--python-platform", "aarch64-manylinux_2_28", "--python-version", version]
        return [uv, "pip", "install", "--quiet", "--only-binary", ":all:", *target]
    if importlib.util.find_spec("pip") is None:
        raise LayerBuildError("neither uv nor pip is there to fetch wheels; run `make env`")
    platforms = [word for platform in _PLATFORMS for word in ("--platform", platform)]
    return [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"),
        *("--only-binary=:all:", "--implementation", "cp", "--python-version", version, *platforms),
    ]
