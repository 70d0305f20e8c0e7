"""How each kind of load is driven."""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, Callable

from .cluster import Cluster, Failed, records_of
from .loads import Kind, Load, Phase
from .processes import Client
from .settings import Settings

WARMING = Load("warm-up", (), Phase.WARM, Kind.PRODUCE)
STOP_AFTER_S = 2
KILL_AFTER_S = 5


def _times(load: Load, settings: Settings) -> list[str]:
    warm_up = settings.client_warm_up if load.client_warm else 0
    return ["--duration", str(load.seconds(settings.seconds)), "--warm-up", str(warm_up)]


def records_to_read(load: Load, settings: Settings) -> int:
    """How many of 1 KiB a load reads."""
    return records_of(load.consume_mib(settings.consume_mib))


def _run_load(cluster: Cluster, load: Load, settings: Settings) -> dict[str, Any]:
    return cluster.load(load, _times(load, settings))


def _run_consume(cluster: Cluster, load: Load, settings: Settings) -> dict[str, Any]:
    records = str(records_to_read(load, settings))
    result = cluster.load(
        load, ["--topic", load.name, "--records", records, "--warm-up", str(settings.client_warm_up)]
    )
    with suppress(Failed):  # a topic that stays costs disk, not the result
        cluster.delete_topic(load.name)
    return result


def _run_start(cluster: Cluster, load: Load, settings: Settings) -> dict[str, Any]:
    """A producer loses its only node and goes on when that is back: from the start of the process until then.

    The node stays away until nothing more is due, so the last acknowledgement is one of those that waited.
    """
    cluster.create_topic(load.name, load.partitions)
    client = _started(cluster, load, settings, STOP_AFTER_S)
    try:
        ended = time.time()
        cluster.end_node(1, signal.SIGTERM)
        time.sleep(load.seconds(settings.seconds))
        started = time.time()
        cluster.start_node(1)
    except BaseException:
        client.discard()
        raise
    result = cluster.result(client, load)
    cluster.await_ready()
    _require_measured_at(ended, result)
    return {"failed": result["failed"], "start_s": round(_last_acknowledged(result) - started, 3)}


def _measured_from(result: dict[str, Any]) -> float:
    return datetime.fromisoformat(result["started"]).timestamp()


def _last_acknowledged(result: dict[str, Any]) -> float:
    return _measured_from(result) + result["seconds"]


def _require_measured_at(when: float, result: dict[str, Any]) -> None:
    """What happened during the warm-up of a slow client is in none of its figures."""
    if not _measured_from(result) < when < _last_acknowledged(result):
        raise Failed("the client was not measuring when the node ended: this machine is too busy")


def _started(cluster: Cluster, load: Load, settings: Settings, after_s: float) -> Client:
    """A client that has been measured for about so long."""
    extra = ["--topic", load.name, *_times(load, settings)]
    return cluster.start_load_and_wait(load, extra, settings.client_warm_up + after_s)


def _run_leader_loss(cluster: Cluster, load: Load, settings: Settings) -> dict[str, Any]:
    """kill -9 of the leader a while after the warm-up of the client; then the node comes back."""
    cluster.create_topic(load.name, load.partitions)
    leader = cluster.leader(load.name)
    client = _started(cluster, load, settings, KILL_AFTER_S)
    ended = time.time()
    cluster.end_node(leader, signal.SIGKILL)
    result = cluster.result(client, load)
    cluster.start_node(leader)
    cluster.await_ready()
    _require_measured_at(ended, result)
    return {**result, "longest_gap_s": result["longest_gap_ms"] / 1000}


def _run_many_partitions(cluster: Cluster, load: Load, settings: Settings) -> dict[str, Any]:
    """Throughput at ten partitions first, as what the many are held against."""
    cluster.load(WARMING, ["--duration", str(settings.warm_up), "--warm-up", "0"])
    few = cluster.load(replace(load, name="10 partitions", partitions=10), _times(load, settings))
    started = time.monotonic()
    cluster.create_topic(load.name, load.partitions)
    cluster.await_ready()
    created_s = time.monotonic() - started
    many = cluster.load(load, ["--topic", load.name, *_times(load, settings)])
    rss = max(memory["rss_mib"] for memory in cluster.memory())
    return {
        "created_s": round(created_s, 2),
        "rss_mib": rss,
        "mib_per_s": many["mib_per_s"],
        "mib_per_s_at_10": few["mib_per_s"],
        "throughput_share": round(many["mib_per_s"] / few["mib_per_s"], 3),
        "restart_s": round(_restart(cluster), 2),
    }


def _restart(cluster: Cluster) -> float:
    """Seconds from the start of a node's process until the cluster is whole again."""
    cluster.end_node(1, signal.SIGTERM)
    started = time.monotonic()
    cluster.start_node(1)
    cluster.await_ready()
    return time.monotonic() - started


RUNS: dict[Kind, Callable[[Cluster, Load, Settings], dict[str, Any]]] = {
    Kind.PRODUCE: _run_load,
    Kind.END_TO_END: _run_load,
    Kind.CONSUME: _run_consume,
    Kind.START: _run_start,
    Kind.LEADER_LOSS: _run_leader_loss,
    Kind.MANY_PARTITIONS: _run_many_partitions,
}
