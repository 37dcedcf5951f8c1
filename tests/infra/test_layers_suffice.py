"""Every function finds what it imports in its own layers: here all packages are installed, on AWS they are not."""

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from infra.catalogue import FUNCTIONS, Layer

ROOT = Path(__file__).parents[2]
PACKAGES = {
    Layer.EXCEL: ("xlsxwriter", "python_calamine"),
    Layer.KSEF: ("ksef_client", "lxml", "xmlsec", "httpx", "cryptography"),
    Layer.PDF: ("fpdf", "segno", "fontTools"),
}
NOWHERE = ("typer", "rich", "moto")
BY_LAYERS: dict[tuple[Layer, ...], list[str]] = defaultdict(list)
for _function in FUNCTIONS:
    BY_LAYERS[_function.layers].append(_function.name)


@pytest.mark.parametrize("layers", BY_LAYERS, ids=lambda layers: "+".join(layers) or "common")
def test_no_function_imports_a_package_that_its_layers_lack(layers: tuple[Layer, ...]) -> None:
    lacking = [name for layer, names in PACKAGES.items() if layer not in layers for name in names]
    program = "\n".join(
        (
            "import importlib, sys",
            f"sys.modules.update(dict.fromkeys({[*lacking, *NOWHERE]!r}))",
            f"[importlib.import_module(f'functions.{{name}}.handler') for name in {BY_LAYERS[layers]!r}]",
        )
    )
    done = subprocess.run(  # noqa: S603 - the program above and nothing from elsewhere
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
