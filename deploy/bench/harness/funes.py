"""Funes: three processes of the built distribution, loaded by `funes perf`."""

from __future__ import annotations

import json
from typing import Mapping, Sequence

from .cluster import Cluster
from .loads import Batching, Load
from .settings import CLIENT_FLAGS

BATCHING = {
    Batching.TUNED: ("--linger", "5ms", "--batch-size", "64KiB", "--compression", "none"),
    Batching.DEFAULT: (),
    Batching.AT_ONCE: ("--linger", "0ms"),
}
RAFT_LOG_KEEP_BYTES = 1 << 29
PARTITIONS_MAX = 20_000


class Funes(Cluster):
    """Nodes with the defaults of the product, but for what the disk of a test machine asks for."""

    system = "funes"

    def prepare(self) -> None:
        nodes = "".join(
            f"  - {{id: {node}, host: 127.0.0.1, port: {self.port(node)}, raft-port: {self.peer_port(node)}}}\n"
            for node in self.ids()
        )
        # The Raft log is kept for nodes that were away: by default more than a test machine has disk for.
        (self.home / "cluster.yaml").write_text(
            f"cluster: bench\n"
            f"data: {self.home}/data/node-{{id}}\n"
            f"nodes:\n{nodes}"
            f"raft-log-keep-bytes: {RAFT_LOG_KEEP_BYTES}\n"
            f"limits:\n  partitions-max: {PARTITIONS_MAX}\n"
        )
        (self.home / "data").mkdir()

    def node_command(self, node: int) -> tuple[list[str], Mapping[str, str]]:
        arguments = ["server", "--config", str(self.home / "cluster.yaml"), "--node", str(node)]
        return [str(self.places.funes), *arguments], self._java(f"-Xmx{self.settings.funes_heap}")

    def _java(self, *flags: str) -> Mapping[str, str]:
        return {
            "JAVA_HOME": str(self.places.java_home),
            "FUNES_SERVER": self.servers,
            "FUNES_JAVA_OPTS": " ".join(flags),
        }

    def await_ready(self) -> None:
        self.run(
            self._command("cluster", "status", "--wait-healthy", "--timeout", "120s"), "waiting for the nodes"
        )

    def _command(self, *arguments: str) -> tuple[list[str], Mapping[str, str]]:
        return [str(self.places.funes), *arguments], self._java()

    def _perf(self, *arguments: str) -> tuple[list[str], Mapping[str, str]]:
        return [str(self.places.funes), "perf", *arguments, "-f", "json"], self._java(*CLIENT_FLAGS)

    def load_command(self, load: Load, extra: Sequence[str]) -> tuple[list[str], Mapping[str, str]]:
        arguments = [load.kind.command, "--partitions", str(load.partitions)]
        if load.events:
            arguments += ["--payload-file", str(self.places.events)]
        elif load.kind.writes:
            arguments += ["--record-size", str(load.record_bytes)]
        if load.rate:
            arguments += ["--rate", str(load.rate)]
        if load.batching is Batching.AT_ONCE:
            arguments += ["--one-at-a-time"]
        if load.kind.writes:
            arguments += BATCHING[load.batching]
        return self._perf(*arguments, *_with_units(extra))

    def fill_command(self, topic: str, partitions: int, records: int) -> tuple[list[str], Mapping[str, str]]:
        arguments = ["--partitions", str(partitions), "--warm-up", "0s", "--records", str(records)]
        return self._perf("produce", topic, *arguments, *BATCHING[Batching.TUNED])

    def create_topic(self, topic: str, partitions: int) -> None:
        command = self._command(
            "topic", "create", topic, "--partitions", str(partitions), "--timeout", "180s"
        )
        self.run(command, "creating a topic")

    def delete_topic(self, topic: str) -> None:
        self.run(self._command("topic", "delete", topic, "--yes"), "deleting a topic")

    def leader(self, topic: str) -> int:
        described = json.loads(
            self.run(self._command("topic", "describe", topic, "-f", "json"), "finding the leader")
        )
        return described["partitionList"][0]["leader"]


def _with_units(extra: Sequence[str]) -> list[str]:
    """Times as the command line of Funes takes them; a topic is named without an option."""
    words: list[str] = []
    for name, value in zip(extra[::2], extra[1::2]):
        if name == "--topic":
            words.insert(0, value)
        elif name in ("--duration", "--warm-up"):
            words += [name, f"{float(value) * 1000:.0f}ms"]
        else:
            words += [name, value]
    return words
