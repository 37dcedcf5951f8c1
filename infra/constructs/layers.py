"""Define the layers: our own code staged as it is, third-party packages fetched as wheels, no Docker."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.wheels import ROOT, install_wheels

RUNTIME = lambda_.Runtime.PYTHON_3_14
ARCHITECTURE = lambda_.Architecture.ARM_64
_UNWANTED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "py.typed")


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
