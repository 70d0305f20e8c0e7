"""One turn: everything that one system goes through in one pair."""

from __future__ import annotations

import sys
import time
from typing import Any

from . import machine
from .cluster import Cluster, Failed
from .funes import Funes
from .kafka import Kafka
from .loads import Kind, Load, Phase, selected
from .processes import jvm_flags
from .results import Results, look_up
from .runs import RUNS, WARMING, records_to_read
from .settings import Places, Settings

CLUSTERS: dict[str, type[Cluster]] = {"kafka": Kafka, "funes": Funes}
SHOWN = (
    "mib_per_s",
    "latency_ms.p50",
    "latency_ms.p99",
    "longest_gap_s",
    "start_s",
    "cpu.nodes_s_per_gb",
    "failed",
)

# For the estimate only.
OVERHEAD_S = 4  # of a client: its JVM, its topic, waiting for the disk
START_S = 10  # of a cluster
ONCE_S = 90
FILL_MIB_PER_S = 40


class Turn:
    """Measures what is not in the results yet, phase by phase; each phase on its own fresh cluster."""

    def __init__(self, places: Places, settings: Settings, results: Results, system: str, pair: int) -> None:
        self._places = places
        self._settings = settings
        self._results = results
        self._system = system
        self._pair = pair
        self._memory: list[dict[str, int]] = []

    def run(self) -> None:
        self._try(1, Phase.SINGLE_COLD, Phase.SINGLE)
        self._try(3, Phase.COLD, Phase.WARM)
        self._try(3, Phase.ONCE)

    def _try(self, nodes: int, *phases: Phase) -> None:
        """What cannot be measured now is left out; --resume tries it again."""
        try:
            self._phases(nodes, *phases)
        except Failed as e:
            self._say(f"FAILED: {e}")

    def _pending(self, *phases: Phase) -> list[Load]:
        return [
            load
            for load in selected(self._settings.scenarios, self._system, self._pair)
            if load.phase in phases and not self._results.has(self._pair, self._system, load.name)
        ]

    def _phases(self, nodes: int, *phases: Phase) -> None:
        pending = self._pending(*phases)
        if not pending:
            return
        with CLUSTERS[self._system](self._places, self._settings, nodes) as cluster:
            self._add_flags(cluster)
            cold = [load for load in pending if load.phase in (Phase.SINGLE_COLD, Phase.COLD, Phase.ONCE)]
            warm = [load for load in pending if load not in cold]
            for load in cold:
                self._measure(cluster, load)
            if warm:
                self._warm_up(cluster, warm)
            for load in warm:
                self._measure(cluster, load)
            if nodes == 3 and warm:
                self._add_memory()
        machine.settle()

    def _warm_up(self, cluster: Cluster, loads: list[Load]) -> None:
        """A load for at least so long. What is consumed later is written in it."""
        started = time.monotonic()
        try:
            self._write(cluster, loads)
        except Failed as e:
            self._say(f"warm-up FAILED: {e}")
        machine.settle()
        self._say(f"warmed up for {time.monotonic() - started:.0f} s")

    def _write(self, cluster: Cluster, loads: list[Load]) -> None:
        cluster.revive()
        wanted = self._settings.warm_up if cluster.size > 1 else self._settings.warm_up / 3
        until = time.monotonic() + wanted
        for load in loads:
            if load.kind is Kind.CONSUME:
                cluster.fill(load.name, load.partitions, records_to_read(load, self._settings))
        rest = until - time.monotonic()
        if rest > 1:
            cluster.load(WARMING, ["--duration", f"{rest:.1f}", "--warm-up", "0"])

    def _measure(self, cluster: Cluster, load: Load) -> None:
        outcome: dict[str, Any] = {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
        try:
            if cluster.revive():
                outcome["revived"] = True
            watch = machine.Watch(cluster.cpu_s)
            outcome["result"] = RUNS[load.kind](cluster, load, self._settings)
            outcome["watch"] = watch.result()
        except Failed as e:
            outcome["error"] = str(e)
        outcome["memory"] = cluster.memory()
        if load.phase is Phase.WARM:
            self._memory += outcome["memory"]
        self._results.add(self._pair, self._system, load.name, outcome)
        self._say(_line(load, outcome))
        machine.settle()

    def _add_memory(self) -> None:
        """The most that any node was seen with after any of the warm loads."""
        if self._memory:
            largest = max(self._memory, key=lambda memory: memory["rss_mib"])
            self._results.add(self._pair, self._system, "memory", {"result": largest})

    def _add_flags(self, cluster: Cluster) -> None:
        """The command line of a node, where a reader would look for an unfair setting."""
        if not self._results.has(self._pair, self._system, "flags"):
            flags = " ".join(jvm_flags(cluster.pids()[0]))
            self._results.add(self._pair, self._system, "flags", {"result": {"flags": flags}})

    def _say(self, text: str) -> None:
        print(
            f"{time.strftime('%H:%M:%S')} pair {self._pair} {self._system:5} {text}",
            file=sys.stderr,
            flush=True,
        )


def _line(load: Load, outcome: dict[str, Any]) -> str:
    """What a person wants to see of a result as it comes."""
    if "error" in outcome:
        return f"{load.name}: FAILED: {outcome['error']}"
    shown = [f"{name} {value:g}" for name in SHOWN if (value := look_up(outcome["result"], name)) is not None]
    watch = outcome["watch"]
    revived = "  [a node had ended by itself and was started again]" if outcome.get("revived") else ""
    noise = f"  [others used {watch['foreign_cpu_share']:.0%} of the CPU]" if watch["disturbed"] else ""
    return f"{load.name}: {', '.join(shown)}{noise}{revived}"


def estimate_s(settings: Settings, systems: tuple[str, ...]) -> float:
    """About how long all pairs take."""
    return sum(_turn_s(settings, system, pair) for system in systems for pair in range(1, settings.pairs + 1))


def _turn_s(settings: Settings, system: str, pair: int) -> float:
    loads = selected(settings.scenarios, system, pair)
    phases = {load.phase for load in loads}
    measured = sum(load.seconds(settings.seconds) + settings.client_warm_up + OVERHEAD_S for load in loads)
    fills = sum(
        load.consume_mib(settings.consume_mib) / FILL_MIB_PER_S for load in loads if load.kind is Kind.CONSUME
    )
    warm_up = max(settings.warm_up, fills) if Phase.WARM in phases else fills
    once = 2 * settings.warm_up + ONCE_S if Phase.ONCE in phases else 0
    return measured + warm_up + once + START_S * len({phase is Phase.SINGLE for phase in phases})
