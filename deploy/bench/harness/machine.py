"""The machine: what it is, and what others do on it while we measure."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

from .processes import TICKS_PER_SECOND, cpu_seconds, stat_fields

LOAD_MAX = 0.5
FOREIGN_SHARE_MAX = 0.05
FREE_GIB_MIN = 30
KERNEL_THREADS_PARENT = "2"


def facts(work: Path) -> dict[str, Any]:
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    return {
        "cpu": _cpu_model(),
        "cpus": os.cpu_count(),
        "memory_gib": round(int(memory.group(1)) / (1 << 20), 1) if memory else None,
        "kernel": platform.release(),
        "disk": _disk(work),
    }


def _cpu_model() -> str:
    model = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    return model.group(1) if model else platform.machine()


def _disk(work: Path) -> str:
    return " ".join(_output("findmnt", "-no", "SOURCE,FSTYPE,OPTIONS", "-T", str(work)).split())


def java_version(home: Path) -> str:
    release = re.search(r'JAVA_RUNTIME_VERSION="([^"]+)"', (home / "release").read_text())
    return release.group(1) if release else str(home)


def commit(root: Path) -> str:
    """The commit of the checkout, marked when it has changes that are in no commit."""
    name = _output("git", "-C", str(root), "rev-parse", "--short=12", "HEAD").strip()
    changed = _output("git", "-C", str(root), "status", "--porcelain", "--untracked-files=no").strip()
    return (name or "unknown") + (" (dirty)" if changed else "")


def _output(*argv: str) -> str:
    try:
        return subprocess.run(argv, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return ""


def objections(work: Path) -> list[str]:
    """Why figures measured here and now would mean little."""
    found = []
    load = os.getloadavg()[0]
    if load > LOAD_MAX:
        found.append(f"the load average is {load:.2f}, above {LOAD_MAX}: something else is running")
    if " tmpfs " in f" {_disk(work)} ":
        found.append(f"{work} is in memory: there, forcing to disk costs nothing")
    free_gib = shutil.disk_usage(work).free / (1 << 30)
    if free_gib < FREE_GIB_MIN:
        found.append(f"{work} has {free_gib:.0f} GiB free, below {FREE_GIB_MIN}")
    return found


def settle() -> None:
    """Waits until nothing that was written before is still on its way to the disk."""
    time.sleep(1.5)  # deleted files go after a second
    os.sync()


@dataclass(frozen=True)
class _Sample:
    at: float
    busy_s: float
    steal_s: float
    kernel_s: float
    ours_s: float


class Watch:
    """What the machine did beside a load. `ours` says how much CPU the processes of the comparison have used."""

    def __init__(self, ours: Callable[[], float]) -> None:
        self._ours = ours
        self._start = self._sample()

    def result(self) -> dict[str, Any]:
        end = self._sample()
        start = self._start
        wall = end.at - start.at
        cpus = os.cpu_count() or 1
        foreign = (end.busy_s - start.busy_s) - (end.kernel_s - start.kernel_s) - (end.ours_s - start.ours_s)
        share = max(0.0, foreign) / (wall * cpus)
        return {
            "wall_s": round(wall, 2),
            "foreign_cpu_share": round(share, 4),
            "steal_s": round(end.steal_s - start.steal_s, 2),
            "disturbed": share > FOREIGN_SHARE_MAX,
        }

    def _sample(self) -> _Sample:
        cpu = [
            int(field) / TICKS_PER_SECOND
            for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
        ]
        user, nice, system, steal = cpu[0], cpu[1], cpu[2], cpu[7]
        return _Sample(
            time.monotonic(),
            user + nice + system,
            steal,
            _kernel_threads_s(),
            self._ours() + time.process_time(),
        )


def _kernel_threads_s() -> float:
    """CPU of the kernel's own threads: writing back is work of whoever wrote, not of strangers."""
    total = 0.0
    for name in os.listdir("/proc"):
        if name.isdigit():
            fields = stat_fields(int(name))
            if fields is not None and fields[1] == KERNEL_THREADS_PARENT:
                total += cpu_seconds(int(name))
    return total
