"""Define the layers: our own code staged as it is, third-party packages fetched as wheels, no Docker."""

import compileall
import importlib.util
import py_compile
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = lambda_.Runtime.PYTHON_3_14
RUNTIME_MINOR = (3, 14)
ARCHITECTURE = lambda_.Architecture.ARM_64
# Amazon Linux 2023 has glibc 2.34, so wheels of both tags run on it; with the older tag alone,
# pip would silently choose older releases.
_PLATFORMS = ("manylinux2014_aarch64", "manylinux_2_28_aarch64")
_UNWANTED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "py.typed")


class LayerBuildError(Exception):
    """Tell which layer could not be filled, and what the installer said."""


def shared_layer(scope: Construct, construct_id: str) -> lambda_.LayerVersion:
    """Stage ``kwit``, ``price_lists`` and ``templates`` under ``python/``."""
    with tempfile.TemporaryDirectory(prefix="kwit-layer-") as folder:
        for source in (ROOT / "shared/kwit", ROOT / "shared/price_lists", ROOT / "templates"):
            shutil.copytree(source, Path(folder, "python", source.name), ignore=_UNWANTED)
        return _layer(
            scope,
            construct_id,
            code=lambda_.Code.from_asset(folder),
            description="kWit itself with its price lists and templates",
        )


def wheel_layer(scope: Construct, name: str) -> lambda_.LayerVersion:
    """Fill a layer with the wheels pinned in ``layers/<name>/requirements.txt``.

    The asset's hash is that of the pins, so the template is the same whether or not wheels are fetched.
    """
    folder = ROOT / "layers" / name
    return _layer(
        scope,
        f"{name.capitalize()}Layer",
        code=lambda_.Code.from_asset(
            str(folder),
            asset_hash_type=AssetHashType.SOURCE,
            bundling=BundlingOptions(
                # Never pulled: the local bundling below always succeeds or raises.
                image=DockerImage.from_registry("unused"),
                local=_WheelBundling(folder / "requirements.txt"),
            ),
        ),
        description=f"Third-party packages: {name}",
    )


def _layer(
    scope: Construct, construct_id: str, *, code: lambda_.Code, description: str
) -> lambda_.LayerVersion:
    return lambda_.LayerVersion(
        scope,
        construct_id,
        code=code,
        description=description,
        compatible_runtimes=[RUNTIME],
        compatible_architectures=[ARCHITECTURE],
    )


@jsii.implements(ILocalBundling)
class _WheelBundling:
    def __init__(self, requirements: Path) -> None:
        self._requirements = requirements

    def try_bundle(self, output_dir: str, *_args: Any, **_kwargs: Any) -> bool:
        """Install the wheels into ``output_dir/python``; CDK asks Docker only on False."""
        install_wheels(requirements=self._requirements, target=Path(output_dir, "python"))
        return True


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
