"""What a run of the comparison may be told, as one value."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

KAFKA_VERSION = "4.3.1"
CLIENT_FLAGS = ("-Xms512m", "-Xmx512m", "-XX:+UseG1GC")
"""Both clients' JVMs: the heap that Kafka's own performance tools have."""

SYSTEMS = ("kafka", "funes")
MIB = 1 << 20


@dataclass(frozen=True)
class Settings:
    """Everything that changes what is measured. Two runs with different settings never share a table."""

    scenarios: tuple[str, ...]
    pairs: int
    seconds: float
    warm_up: float
    client_warm_up: float
    consume_mib: int
    kafka_heap: str
    funes_heap: str

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "scenarios": list(self.scenarios)}


@dataclass(frozen=True)
class Places:
    """Where things are; none of it changes what is measured."""

    root: Path  # of the checkout
    work: Path  # data, logs and pid files of a run
    cache: Path  # Kafka's jars and the compiled load
    funes: Path
    java_home: Path
    kafka_java_home: Path
    events: Path | None
    port_base: int
