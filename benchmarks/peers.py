"""Public peers: each in an environment of its own under .kwit/peers, each timed in a worker process of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from benchmarks.items import PeerJob

ROOT = Path(__file__).parents[1]
HOME = ROOT / ".kwit" / "peers"
_PIP = ROOT / ".kwit" / "uv" / "bin" / "python"
_TOLERANCE = Decimal("1e-7")


class PeerUnavailableError(RuntimeError):
    """A peer cannot be installed or does not answer; carries its name and the reason."""

    def __init__(self, peer: str, reason: str) -> None:
        super().__init__(f"{peer}: {reason}")
        self.peer = peer
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Peer:
    """A public library: what pip installs, the oldest Python it needs, and the module that drives it."""

    name: str
    requirements: tuple[str, ...]
    worker: str
    options: tuple[str, ...] = ()
    python: tuple[int, int] = (3, 11)


PEERS = (
    Peer("pysam", ("NREL-PySAM==7.1.1.post1",), "pysam"),
    Peer(
        "electric-emission-cost",
        ("electric-emission-cost==0.0.5", "pyomo==6.9.2", "pandas==2.2.3", "pytz"),
        "eec",
    ),
    # Its metadata asks for Python 3.12, its code runs on 3.11.
    Peer("ratebook", ("ratebook==0.1.0",), "rates", ("--no-deps", "--ignore-requires-python")),
    Peer("tariff-core", ("tariff-core==2026.10.1", "holidays==0.109", "tzdata"), "tariffs", python=(3, 13)),
)


def install(peer: Peer) -> Path:
    """Make the peer's environment, unless it stands already, and return its interpreter.

    Raises PeerUnavailableError.
    """
    home = HOME / peer.name
    interpreter, stamp = home / "bin" / "python", home / ".installed"
    wanted = " ".join((_python_for(peer), *peer.requirements))
    if stamp.exists() and stamp.read_text() == wanted:
        return interpreter
    if home.exists():
        shutil.rmtree(home)
    pip = [_PIP if _PIP.exists() else sys.executable, "-m", "pip", "--disable-pip-version-check"]
    _run(peer, [_python_for(peer), "-m", "venv", "--without-pip", home])
    _run(peer, [*pip, "--python", interpreter, "install", "--quiet", *peer.options, *peer.requirements])
    stamp.write_text(wanted)
    return interpreter


def _python_for(peer: Peer) -> str:
    if sys.version_info[:2] >= peer.python:
        return sys.executable
    minors = range(peer.python[1], peer.python[1] + 4)
    found = [path for minor in minors if (path := shutil.which(f"python3.{minor}"))]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found += [str(one) for minor in minors for one in sorted(pyenv.glob(f"3.{minor}.*/bin/python"))]
    for path in found:
        # A shim on the path may stand for a version that is not there: only one that runs counts.
        if subprocess.run([path, "-V"], capture_output=True, check=False).returncode == 0:  # noqa: S603 - no shell
            return path
    needed, have = (".".join(map(str, one)) for one in (peer.python, sys.version_info[:2]))
    raise PeerUnavailableError(peer.name, f"needs Python {needed} or newer; here is {have} only")


def _run(peer: Peer, command: list[str | Path]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no shell, fixed words
    if done.returncode:
        told = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise PeerUnavailableError(peer.name, f"cannot be installed: {told[-1][:200]}")


class Worker:
    """A peer at work in a process of its own, prepared for one item and checked."""

    def __init__(self, peer: Peer, interpreter: Path, job: PeerJob) -> None:
        self.peer = peer
        self._process = subprocess.Popen(  # noqa: S603 - no shell, fixed words
            [interpreter, "-W", "ignore", "-m", f"benchmarks.peer_workers.{peer.worker}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT)},
        )
        found = Decimal(self._ask(job.data)["net"])
        if abs(found - job.net) > _TOLERANCE * job.net:
            self.stop()
            raise PeerUnavailableError(peer.name, f"gives {found}, the reference {job.net}")

    def per_second(self) -> float:
        """Let the peer run for a round and return its bills per second."""
        return float(self._ask({})["per_second"])

    def stop(self) -> None:
        """End the process."""
        self._process.communicate()

    def _ask(self, question: Mapping[str, object]) -> dict[str, str]:
        pipe_in, pipe_out = self._process.stdin, self._process.stdout
        if pipe_in is None or pipe_out is None:
            raise PeerUnavailableError(self.peer.name, "has no pipes")
        try:
            pipe_in.write(json.dumps(question) + "\n")
            pipe_in.flush()
        except BrokenPipeError:
            pass  # the empty answer below tells the reason
        answer = pipe_out.readline()
        if not answer:
            _, told = self._process.communicate()
            last = (told.strip().splitlines() or ["ended without a word"])[-1]
            raise PeerUnavailableError(self.peer.name, f"does not run: {last[:200]}")
        return dict(json.loads(answer))
