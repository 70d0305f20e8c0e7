"""What is run against each system."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .settings import SYSTEMS


class Kind(Enum):
    """How a load is driven."""

    PRODUCE = "produce"
    CONSUME = "consume"  # what the warm-up has written
    END_TO_END = "e2e"
    START = "start"  # of a node, until it takes a record
    LEADER_LOSS = "leader-loss"
    MANY_PARTITIONS = "many-partitions"

    @property
    def command(self) -> str:
        """The command of the load programs that does it."""
        return self.value if self in (Kind.CONSUME, Kind.END_TO_END) else "produce"

    @property
    def ends_nodes(self) -> bool:
        return self in (Kind.START, Kind.LEADER_LOSS)

    @property
    def writes(self) -> bool:
        return self is not Kind.CONSUME


class Phase(Enum):
    """Where in a turn a load has its place; in the order of a turn."""

    SINGLE_COLD = 1  # one node, replication factor 1
    SINGLE = 2
    COLD = 3  # three nodes that have just started
    WARM = 4
    ONCE = 5  # a cluster of its own, in the first pair only


class Batching(Enum):
    """Settings of the producers."""

    TUNED = "linger 5 ms, batches of 64 KiB, no compression"
    DEFAULT = "each client's own defaults"
    AT_ONCE = "linger 0, else each client's own defaults"


@dataclass(frozen=True)
class Load:
    """One measured load. The time is a share of --seconds, unless it is fixed."""

    name: str
    scenarios: tuple[str, ...]
    phase: Phase
    kind: Kind
    batching: Batching = Batching.TUNED
    partitions: int = 6
    record_bytes: int = 1024
    rate: int = 0
    events: bool = False
    synced: bool = False
    share: float = 1 / 3
    consume_share: float = 1.0  # of --consume-mib
    fixed_s: float | None = None
    client_warm: bool = True
    systems: tuple[str, ...] = SYSTEMS

    def consume_mib(self, mib: int) -> int:
        return int(self.consume_share * mib)

    def seconds(self, seconds: float) -> float:
        return self.fixed_s if self.fixed_s is not None else self.share * seconds


def _load(kind: Kind, name: str, *scenarios: str, phase: Phase = Phase.WARM, **changes) -> Load:
    return Load(name, scenarios, phase, kind, **changes)


def _produce(name: str, *scenarios: str, **changes) -> Load:
    return _load(Kind.PRODUCE, name, *scenarios, **changes)


LOADS: tuple[Load, ...] = (
    _load(
        Kind.START,
        "start",
        "P12",
        phase=Phase.SINGLE_COLD,
        batching=Batching.DEFAULT,
        partitions=1,
        rate=100,
        fixed_s=4,
    ),
    _load(Kind.CONSUME, "rf1-consume", "RF1", phase=Phase.SINGLE, fixed_s=4, consume_share=0.25),
    _produce("rf1-produce", "RF1", phase=Phase.SINGLE),
    _produce("rf1-latency", "RF1", phase=Phase.SINGLE, rate=1000, batching=Batching.DEFAULT),
    _produce("first-30s", "P13", phase=Phase.COLD, fixed_s=30, client_warm=False),
    _load(
        Kind.LEADER_LOSS,
        "leader-loss",
        "P12",
        phase=Phase.COLD,
        batching=Batching.DEFAULT,
        partitions=1,
        rate=1000,
        fixed_s=12,
    ),
    _load(Kind.CONSUME, "consume-6", "P6", fixed_s=8),
    _load(Kind.CONSUME, "consume-1", "P6", partitions=1, fixed_s=8),
    _produce("produce", "P1", share=1),
    _produce("produce-synced", "P1", share=1, synced=True, systems=("kafka",)),
    _produce("events", "P2", events=True, batching=Batching.DEFAULT),
    _produce("produce-100b", "P3", record_bytes=100),
    _produce("produce-10k", "P3", record_bytes=10240),
    _produce("one-partition", "P4", "P8", partitions=1),
    _produce("one-partition-default", "P4", partitions=1, batching=Batching.DEFAULT),
    _produce("latency-1000", "P5", rate=1000, batching=Batching.DEFAULT),
    _produce("latency-10000", "P5", rate=10000, batching=Batching.DEFAULT),
    _load(Kind.END_TO_END, "e2e-1000", "P7", batching=Batching.DEFAULT, rate=1000),
    _load(Kind.END_TO_END, "e2e-one", "P7", batching=Batching.AT_ONCE, partitions=1),
    _produce("partitions-10", "P8", partitions=10),
    _produce("partitions-100", "P8", partitions=100),
    _produce("partitions-1000", "P8", partitions=1000),
    _load(
        Kind.MANY_PARTITIONS, "partitions-10000", "P9", phase=Phase.ONCE, partitions=10000, systems=("funes",)
    ),
)

SCENARIOS: dict[str, str] = {
    "P1": "produce 1 KiB, 6 partitions (also the CPU of P10)",
    "P2": "produce events",
    "P3": "produce 100 B and 10 KiB",
    "P4": "produce to one partition",
    "P5": "latency at a fixed rate",
    "P6": "consume",
    "P7": "end to end",
    "P8": "1 to 1,000 partitions",
    "P9": "10,000 partitions, Funes alone",
    "P12": "start of a node, loss of a leader",
    "P13": "the first 30 s",
    "RF1": "one node",
}


def selected(scenarios: tuple[str, ...], system: str, pair: int) -> list[Load]:
    """What a system has to go through in a turn."""
    return [
        load
        for load in LOADS
        if set(scenarios) & set(load.scenarios)
        and system in load.systems
        and (load.phase is not Phase.ONCE or pair == 1)
    ]
