"""Starting processes, and ending those that were started here and no others."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Sequence

ESTABLISHED = "01"  # in /proc/net/tcp
LAST_LINES = 6
LINE_LENGTH_MAX = 200
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def stat_fields(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the state on; None when there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def start_time(pid: int) -> int | None:
    """Together with the pid it names one process for as long as the machine is up."""
    fields = stat_fields(pid)
    return None if fields is None or fields[0] == "Z" else int(fields[19])


def cpu_seconds(pid: int) -> float:
    fields = stat_fields(pid)
    return 0.0 if fields is None else (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def memory_mib(pid: int) -> dict[str, int]:
    """Resident memory of a process: all of it, the anonymous part, the mapped files."""
    wanted = {"VmRSS": "rss_mib", "RssAnon": "rss_anon_mib", "RssFile": "rss_file_mib"}
    lines = (line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {wanted[name]: int(value.split()[0]) // 1024 for name, value in lines if name in wanted}


def connections_to(ports: set[int]) -> int:
    """How many connections of this machine lead to these ports."""
    lines = (
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path("/proc/net", name).read_text().splitlines()[1:]
    )
    return sum(line[3] == ESTABLISHED and int(line[2].rsplit(":", 1)[1], 16) in ports for line in lines)


def jvm_flags(pid: int) -> list[str]:
    """What a JVM was started with, without its class path and its program."""
    return flags_of(Path(f"/proc/{pid}/cmdline").read_text().split("\0"))


def flags_of(command: Sequence[str]) -> list[str]:
    flags = []
    words = iter(command[1:])
    for word in words:
        if word == "-cp":
            next(words)
        elif word.startswith("-"):
            flags.append(word)
        else:
            break
    return flags


class Node:
    """A server process. Its pid file outlives this program, so that the next run finds what this one left."""

    def __init__(self, name: str, argv: Sequence[str], env: Mapping[str, str], run: Path) -> None:
        run.mkdir(parents=True, exist_ok=True)
        self.log = run / f"{name}-{time.monotonic_ns()}.log"
        self._pid_file = run / f"{name}.pid"
        with self.log.open("wb") as out:
            self._process = subprocess.Popen(
                argv,
                env={**os.environ, **env},
                cwd=run,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C is for the comparison; it ends its nodes itself
            )
        self.pid = self._process.pid
        self._pid_file.write_text(f"{self.pid} {start_time(self.pid)}\n")

    def alive(self) -> bool:
        return self._process.poll() is None

    def end(self, signal_number: int = signal.SIGTERM, patience_s: float = 30) -> float:
        """Ends the process and returns the CPU seconds that it has used."""
        used = cpu_seconds(self.pid)
        if self.alive():
            self._process.send_signal(signal_number)
            try:
                self._process.wait(patience_s)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._pid_file.unlink(missing_ok=True)
        return used

    def tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        return "\n".join(line[:LINE_LENGTH_MAX] for line in lines)


def end_leftovers(run: Path) -> list[int]:
    """Ends what an earlier run recorded and could not end; a pid that is another process by now is left alone."""
    ended = []
    for pid_file in sorted(run.glob("*.pid")):
        recorded = pid_file.read_text().split()
        if len(recorded) == 2 and recorded[1].isdigit():
            pid = int(recorded[0])
            if start_time(pid) == int(recorded[1]):
                os.kill(pid, signal.SIGKILL)
                ended.append(pid)
        pid_file.unlink()
    return ended


@dataclass(frozen=True)
class Finished:
    """What a client left behind."""

    code: int
    out: str
    err: str
    cpu_s: float
    ended_at: float


class Client:
    """A client process, with the CPU time that it used."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str] | None = None, stdin: str = "") -> None:
        self._argv = list(argv)
        self._out = tempfile.TemporaryFile()
        self._err = tempfile.TemporaryFile()
        with tempfile.TemporaryFile() as source:
            source.write(stdin.encode())
            source.seek(0)
            self._process = subprocess.Popen(
                argv, env={**os.environ, **(env or {})}, stdin=source, stdout=self._out, stderr=self._err
            )

    def running(self) -> bool:
        return start_time(self._process.pid) is not None

    def finish(self, timeout_s: float) -> Finished:
        """Waits for the end, and makes one of it when the time is over."""
        deadline = time.monotonic() + timeout_s
        try:
            while True:
                pid, status, usage = os.wait4(self._process.pid, os.WNOHANG)
                if pid:
                    break
                if time.monotonic() > deadline:
                    self._process.kill()
                time.sleep(0.01)
        except BaseException:  # the comparison was ended, and the client must not outlive it
            self.discard()
            raise
        ended_at = time.time()
        self._process.returncode = os.waitstatus_to_exitcode(status)
        return Finished(
            self._process.returncode,
            _read(self._out),
            _read(self._err),
            usage.ru_utime + usage.ru_stime,
            ended_at,
        )

    def discard(self) -> None:
        """Ends a client that nobody waits for any more."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def _read(file) -> str:  # a binary temporary file
    with file:
        file.seek(0)
        return file.read().decode(errors="replace")
