"""What the two systems have in common: nodes that start, fail and end, and a client that loads them."""

from __future__ import annotations

import json
import shutil
import signal
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Mapping, Sequence

from .loads import Load
from .processes import Client, Finished, Node, connections_to, cpu_seconds, memory_mib
from .settings import Places, Settings

CLIENT_TIMEOUT_S = 300
WORDS_MAX = 500


class Failed(Exception):
    """A load or a node did not do what it should; the message says which and shows its last words."""


class Cluster(ABC):
    """One system on one to three nodes, on fresh data. Ends what it started, and nothing else."""

    system: str

    def __init__(self, places: Places, settings: Settings, size: int) -> None:
        self.places = places
        self.settings = settings
        self.size = size
        self.home = places.work / self.system
        self.nodes: dict[int, Node] = {}
        self._cpu_of_ended = 0.0

    # What a system defines

    @abstractmethod
    def prepare(self) -> None:
        """Writes configuration and whatever a fresh node needs, into an empty folder."""

    @abstractmethod
    def node_command(self, node: int) -> tuple[list[str], Mapping[str, str]]:
        """Command line and environment of a node."""

    @abstractmethod
    def await_ready(self) -> None:
        """Returns when the nodes that run have said that they are ready."""

    @abstractmethod
    def load_command(self, load: Load, extra: Sequence[str]) -> tuple[list[str], Mapping[str, str]]:
        """The client that puts this load on the cluster and prints one JSON object."""

    @abstractmethod
    def fill_command(self, topic: str, partitions: int, records: int) -> tuple[list[str], Mapping[str, str]]:
        """The client that writes so many records of 1 KiB to a topic that stays."""

    @abstractmethod
    def create_topic(self, topic: str, partitions: int) -> None: ...

    @abstractmethod
    def delete_topic(self, topic: str) -> None: ...

    @abstractmethod
    def leader(self, topic: str) -> int:
        """The node that leads partition 0."""

    # What both do alike

    @property
    def replication_factor(self) -> int:
        return self.size

    @property
    def servers(self) -> str:
        return ",".join(f"127.0.0.1:{self.port(node)}" for node in self.ids())

    def ids(self) -> range:
        return range(1, self.size + 1)

    def port(self, node: int) -> int:
        return self.places.port_base + node

    def peer_port(self, node: int) -> int:
        return self.places.port_base + 10 + node

    def __enter__(self) -> "Cluster":
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        try:
            self.prepare()
            self.start_all()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *failure: object) -> None:
        for node in self.nodes.values():
            if node.alive():
                node.end(signal.SIGKILL)
        self.nodes.clear()
        shutil.rmtree(self.home / "data", ignore_errors=True)

    def start_all(self) -> None:
        for node in self.ids():
            self.start_node(node)
        self.await_ready()

    def start_node(self, node: int) -> None:
        argv, env = self.node_command(node)
        self.nodes[node] = Node(f"{self.system}-{node}", argv, env, self.home / "run")

    def revive(self) -> list[int]:
        """Starts nodes that do not run and should, and says which."""
        dead = [node for node in self.ids() if node not in self.nodes or not self.nodes[node].alive()]
        for name in dead:
            self.start_node(name)
        if dead:
            self.await_ready()
        return dead

    def end_node(self, node: int, signal_number: int) -> None:
        self._cpu_of_ended += self.nodes.pop(node).end(signal_number)

    def pids(self) -> list[int]:
        return [node.pid for node in self.nodes.values() if node.alive()]

    def cpu_s(self) -> float:
        """CPU seconds of all that the cluster has started, until now."""
        return self._cpu_of_ended + sum(cpu_seconds(pid) for pid in self.pids())

    def memory(self) -> list[dict[str, int]]:
        return [memory_mib(pid) for pid in self.pids()]

    def client(self, command: tuple[list[str], Mapping[str, str]], stdin: str = "") -> Client:
        argv, env = command
        return Client(argv, env, stdin)

    def finish(self, client: Client, what: str, timeout_s: float = CLIENT_TIMEOUT_S) -> Finished:
        finished = self._wait(client, timeout_s)
        if finished.code != 0:
            raise self._failed(what, finished)
        return finished

    def _wait(self, client: Client, timeout_s: float) -> Finished:
        finished = client.finish(timeout_s)
        self._cpu_of_ended += finished.cpu_s
        return finished

    def _failed(self, what: str, finished: Finished) -> Failed:
        words = finished.err.strip() or finished.out.strip()
        return Failed(f"{what}: exit code {finished.code}: {words[:WORDS_MAX]}{self._dead_nodes()}")

    def run(self, command: tuple[list[str], Mapping[str, str]], what: str) -> str:
        return self.finish(self.client(command), what).out

    def start_load(self, load: Load, extra: Sequence[str] = ()) -> Client:
        pids = [] if load.kind.ends_nodes else ["--pid", ",".join(map(str, self.pids()))]
        return self.client(self.load_command(load, [*extra, *pids]))

    def start_load_and_wait(self, load: Load, extra: Sequence[str], after_s: float) -> Client:
        """Returns so long after the client has found the cluster: how long a JVM takes to start is not known."""
        ports = {self.port(node) for node in self.ids()}
        before = connections_to(ports)
        client = self.start_load(load, extra)
        deadline = time.monotonic() + CLIENT_TIMEOUT_S
        while connections_to(ports) <= before and client.running() and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(after_s)
        return client

    def result(self, client: Client, load: Load) -> dict[str, Any]:
        """What a load has measured; records that failed are in it, and no reason to have nothing."""
        finished = self._wait(client, CLIENT_TIMEOUT_S)
        result = last_json(finished.out)
        if result is None:
            raise self._failed(load.name, finished)
        return result

    def load(self, load: Load, extra: Sequence[str] = ()) -> dict[str, Any]:
        return self.result(self.start_load(load, extra), load)

    def fill(self, topic: str, partitions: int, records: int) -> None:
        self.run(self.fill_command(topic, partitions, records), f"filling {topic}")

    def await_logged(self, text: str, timeout_s: float = 120) -> None:
        """Waits until every node has logged this since it started."""
        deadline = time.monotonic() + timeout_s
        waiting = dict(self.nodes)
        while waiting:
            for name, node in list(waiting.items()):
                if text in node.log.read_text(errors="replace"):
                    del waiting[name]
                elif not node.alive() or time.monotonic() > deadline:
                    raise Failed(f"{self.system} node {name} did not start:\n{node.tail()}")
            time.sleep(0.05)

    def _dead_nodes(self) -> str:
        dead = [
            f"\nnode {name} has ended:\n{node.tail()}"
            for name, node in self.nodes.items()
            if not node.alive()
        ]
        return "".join(dead)


def last_json(out: str) -> dict[str, Any] | None:
    """The JSON object that a program has printed, whatever it has said before."""
    lines = [line for line in out.splitlines() if line.startswith("{")]
    return json.loads(lines[-1]) if lines else None


def records_of(mib: int, record_bytes: int = 1024) -> int:
    return mib * (1 << 20) // record_bytes
