"""Which figures stand against which, and what must be reached."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Better(Enum):
    MORE = "more"
    LESS = "less"


@dataclass(frozen=True)
class Goal:
    """A bound on the ratio to what is compared with, or on the figure itself."""

    ratio: float | None = None
    value: float | None = None

    def reached(self, ratio: float | None, value: float, better: Better) -> bool:
        pairs = ((self.ratio, ratio), (self.value, value))
        return all(bound is None or _holds(actual, bound, better) for bound, actual in pairs)

    def text(self, better: Better, unit: str) -> str:
        sign = "≥" if better is Better.MORE else "≤"
        parts = []
        if self.ratio is not None:
            parts.append(f"{sign} {self.ratio:g} x")
        if self.value is not None:
            parts.append(f"{sign} {self.value:g} {unit}")
        return ", ".join(parts)


def _holds(actual: float | None, bound: float, better: Better) -> bool:
    if actual is None:
        return False
    return actual >= bound if better is Better.MORE else actual <= bound


@dataclass(frozen=True)
class Comparison:
    """A line of the table: a figure of Funes against the same of Kafka, or against another load of Funes."""

    scenario: str
    what: str
    unit: str
    load: str
    figure: str
    better: Better
    must: Goal | None = None
    aim: Goal | None = None
    kafka_load: str | None = None  # the same one, unless said
    own_load: str | None = None  # instead of Kafka


def _throughput(scenario: str, what: str, load: str, **more) -> Comparison:
    return Comparison(scenario, what, "MiB/s", load, "mib_per_s", Better.MORE, **more)


def _latency(scenario: str, what: str, load: str, percentile: str, **more) -> Comparison:
    return Comparison(
        scenario, f"{what}, {percentile}", "ms", load, f"latency_ms.{percentile}", Better.LESS, **more
    )


def _not_above(load: str, scenario: str, what: str) -> tuple[Comparison, ...]:
    goals = {"must": Goal(1.0), "aim": Goal(0.5)}
    return tuple(_latency(scenario, what, load, percentile, **goals) for percentile in ("p50", "p99"))


COMPARISONS: tuple[Comparison, ...] = (
    _throughput("P1", "produce 1 KiB, 6 partitions", "produce", must=Goal(1.0), aim=Goal(1.2)),
    _throughput(
        "P1",
        "the same, Kafka forced to disk (flush.messages=1)",
        "produce",
        must=Goal(2.2),
        kafka_load="produce-synced",
    ),
    _throughput("P2", "produce events, default settings", "events", must=Goal(3.0), aim=Goal(5.0)),
    _throughput("P3", "produce 100 B", "produce-100b", must=Goal(1.0), aim=Goal(1.3)),
    _throughput("P3", "produce 10 KiB", "produce-10k", must=Goal(1.0), aim=Goal(1.3)),
    _throughput("P4", "produce, one partition", "one-partition", must=Goal(1.0), aim=Goal(1.3)),
    _throughput(
        "P4",
        "produce, one partition, default settings",
        "one-partition-default",
        must=Goal(4.0),
        aim=Goal(6.0),
    ),
    *_not_above("latency-1000", "P5", "latency at 1,000/s"),
    *_not_above("latency-10000", "P5", "latency at 10,000/s"),
    _throughput("P6", "consume, 6 partitions", "consume-6", must=Goal(0.8), aim=Goal(1.0)),
    _throughput("P6", "consume, one partition", "consume-1", must=Goal(0.8), aim=Goal(1.0)),
    Comparison(
        "P6",
        "consume, 6 partitions: CPU of the nodes",
        "s/GB",
        "consume-6",
        "cpu.nodes_s_per_gb",
        Better.LESS,
    ),
    *_not_above("e2e-1000", "P7", "end to end at 1,000/s"),
    _latency("P7", "end to end, one at a time", "e2e-one", "mean", must=Goal(value=3.0), aim=Goal(0.5)),
    _throughput("P8", "produce, 1 partition", "one-partition"),
    _throughput("P8", "produce, 10 partitions", "partitions-10"),
    _throughput("P8", "produce, 100 partitions", "partitions-100"),
    _throughput("P8", "produce, 1,000 partitions", "partitions-1000", must=Goal(4.0)),
    _throughput(
        "P8",
        "1,000 partitions, against Funes at 10",
        "partitions-1000",
        must=Goal(0.9),
        aim=Goal(1.0),
        own_load="partitions-10",
    ),
    Comparison(
        "P9",
        "10,000 partitions created",
        "s",
        "partitions-10000",
        "created_s",
        Better.LESS,
        must=Goal(value=60),
    ),
    Comparison(
        "P9",
        "resident memory of the largest node",
        "MiB",
        "partitions-10000",
        "rss_mib",
        Better.LESS,
        must=Goal(value=1536),
    ),
    Comparison(
        "P9",
        "produce, 10,000 partitions, of Funes at 10",
        "of 1",
        "partitions-10000",
        "throughput_share",
        Better.MORE,
        must=Goal(value=0.75),
        aim=Goal(value=1.0),
    ),
    Comparison(
        "P9", "restart of one node", "s", "partitions-10000", "restart_s", Better.LESS, must=Goal(value=30)
    ),
    Comparison(
        "P10",
        "CPU of the nodes (P1)",
        "s/GB",
        "produce",
        "cpu.nodes_s_per_gb",
        Better.LESS,
        must=Goal(1.2),
        aim=Goal(1.0),
    ),
    Comparison(
        "P10",
        "the same, Kafka forced to disk",
        "s/GB",
        "produce",
        "cpu.nodes_s_per_gb",
        Better.LESS,
        kafka_load="produce-synced",
    ),
    Comparison("P11", "resident memory, largest node", "MiB", "memory", "rss_mib", Better.LESS),
    Comparison("P11", "of it anonymous", "MiB", "memory", "rss_anon_mib", Better.LESS),
    Comparison("P11", "of it mapped files (page cache)", "MiB", "memory", "rss_file_mib", Better.LESS),
    Comparison(
        "P12",
        "start of a node until it takes a record",
        "s",
        "start",
        "start_s",
        Better.LESS,
        must=Goal(1.0),
        aim=Goal(value=2.0),
    ),
    Comparison(
        "P12",
        "leader killed at 1,000/s: longest gap",
        "s",
        "leader-loss",
        "longest_gap_s",
        Better.LESS,
        must=Goal(value=3.0),
        aim=Goal(value=2.0),
    ),
    _throughput(
        "P13", "the first 30 s after the start of three nodes", "first-30s", must=Goal(2.0), aim=Goal(4.0)
    ),
    _throughput("RF1", "produce 1 KiB, 6 partitions, one node", "rf1-produce"),
    _latency("RF1", "latency at 1,000/s, one node", "rf1-latency", "p50"),
    _latency("RF1", "latency at 1,000/s, one node", "rf1-latency", "p99"),
    _throughput("RF1", "consume, 6 partitions, one node", "rf1-consume"),
)
