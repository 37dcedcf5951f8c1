"""Peaks of memory of the emulator and of the processes that run functions, as the kernel keeps them (``VmHWM``)."""

import os
import threading
from pathlib import Path
from typing import Self

_SECONDS = 0.5
_SERVICE = b"POWERTOOLS_SERVICE_NAME="


class MemoryWatch:
    """Look at the server and its children twice a second while a ``with`` block runs; peaks are in MB."""

    def __init__(self, server_pid: int) -> None:
        self._server = server_pid
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._names: dict[int, str] = {}
        self._kilobytes: dict[str, int] = {}
        self._workers: dict[str, set[int]] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._look()

    def peaks(self) -> dict[str, float]:
        """Return the largest peak of one process by function, and that of the emulator."""
        return {name: round(kilobytes / 1024, 1) for name, kilobytes in sorted(self._kilobytes.items())}

    def emulator_cpu_s(self) -> float:
        """Return the seconds of processor that the emulator has used so far, its functions left out."""
        fields = Path(f"/proc/{self._server}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def workers(self) -> dict[str, int]:
        """Return how many processes ran each function."""
        return {name: len(pids) for name, pids in sorted(self._workers.items()) if name != "emulator"}

    def _watch(self) -> None:
        while not self._stop.wait(_SECONDS):
            self._look()

    def _look(self) -> None:
        for pid in (self._server, *_children(self._server)):
            name = self._name(pid)
            peak = _peak(pid)
            if name and peak:
                self._kilobytes[name] = max(self._kilobytes.get(name, 0), peak)
                self._workers.setdefault(name, set()).add(pid)

    def _name(self, pid: int) -> str:
        if pid == self._server:
            return "emulator"
        if not self._names.get(pid):
            self._names[pid] = _service(pid)
        return self._names[pid]


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    try:
        return [int(one) for task in tasks.iterdir() for one in (task / "children").read_text().split()]
    except OSError:
        return []


def _service(pid: int) -> str:
    try:
        variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return ""
    found = next((one for one in variables if one.startswith(_SERVICE)), b"")
    return found.removeprefix(_SERVICE).decode()


def _peak(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
