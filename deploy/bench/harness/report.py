"""The table, as Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Iterable, Mapping

from .comparisons import COMPARISONS, Better, Comparison
from .loads import SCENARIOS
from .results import Results
from .settings import KAFKA_VERSION

BEGIN = "<!-- table: written by deploy/bench/compare -->"
END = "<!-- end of the table -->"
HEADINGS = (
    "#", "scenario", "unit", f"Kafka {KAFKA_VERSION}", "Funes", "ratio", "ratio by pair", "must", "reached", "aim",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One comparison, with what was measured for it."""

    comparison: Comparison
    base: Mapping[int, float]  # by pair: Kafka, or Funes' own
    funes: Mapping[int, float]

    @property
    def ratio(self) -> float | None:
        """Of the medians."""
        return (
            _ratio(median(self.funes.values()), median(self.base.values()))
            if self.base and self.funes
            else None
        )

    @property
    def ratio_by_pair(self) -> float | None:
        """The median of the ratios of each pair."""
        ratios = [_ratio(self.funes[pair], self.base[pair]) for pair in self.funes.keys() & self.base.keys()]
        known = [ratio for ratio in ratios if ratio is not None]
        return median(known) if known else None

    @property
    def reached(self) -> str:
        goals = (("aim", self.comparison.aim), ("yes", self.comparison.must))
        if not self.funes or (self.comparison.must is None and self.comparison.aim is None):
            return ""
        value = median(self.funes.values())
        for word, goal in goals:
            if goal is not None and goal.reached(self.ratio, value, self.comparison.better):
                return word
        return "no" if self.comparison.must else ""

    def cells(self) -> list[str]:
        c = self.comparison
        goals = [goal.text(c.better, c.unit) if goal else "" for goal in (c.must, c.aim)]
        base = f"{'Funes: ' if c.own_load and self.base else ''}{spread(self.base)}"
        ratios = [f"{ratio:.2f}" if ratio is not None else "" for ratio in (self.ratio, self.ratio_by_pair)]
        return [
            c.scenario,
            c.what,
            c.unit,
            base,
            spread(self.funes),
            *ratios,
            goals[0],
            self.reached,
            goals[1],
        ]


def rows(results: Results) -> list[Row]:
    """The comparisons of which anything was measured."""
    made = [_row(results, comparison) for comparison in COMPARISONS]
    return [row for row in made if row.funes or (row.base and not row.comparison.own_load)]


def _row(results: Results, comparison: Comparison) -> Row:
    funes = results.by_pair("funes", comparison.load, comparison.figure)
    if comparison.own_load:
        base = results.by_pair("funes", comparison.own_load, comparison.figure)
    else:
        base = results.by_pair("kafka", comparison.kafka_load or comparison.load, comparison.figure)
    return Row(comparison, base, funes)


def _ratio(funes: float, base: float) -> float | None:
    return funes / base if base else None


def spread(values: Mapping[int, float]) -> str:
    """The median, and the least and the greatest."""
    if not values:
        return ""
    middle, low, high = median(values.values()), min(values.values()), max(values.values())
    return number(middle) if len(values) == 1 else f"{number(middle)} ({number(low)}-{number(high)})"


def number(value: float) -> str:
    """Three digits are more than such a measurement knows."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def markdown(results: Results) -> str:
    table = [_line(HEADINGS), _line(["---"] * len(HEADINGS)), *(_line(row.cells()) for row in rows(results))]
    return "\n".join([*_said_before(results), "", *table, "", *_said_after(results)]) + "\n"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _said_before(results: Results) -> list[str]:
    header = results.header
    pairs = sorted({record["pair"] for record in results.records})
    return [
        f"Commit {header['commit']}, started {header['started']}; {len(pairs)} pair{'s' * (len(pairs) != 1)}, Kafka and Funes in turn.",
        "Medians, with the least and the greatest in brackets; the ratio is Funes / Kafka, of the medians and as the",
        "median of the pairs. For what takes time, memory or CPU, less is better.",
    ]


def _said_after(results: Results) -> list[str]:
    header = results.header
    machine = header["machine"]
    settings = header["settings"]
    lines = [
        "| | |",
        "| --- | --- |",
        f"| machine | {machine['cpus']} x {machine['cpu']}, {machine['memory_gib']} GiB, Linux {machine['kernel']} |",
        f"| disk | {machine['disk']} |",
        f"| JDK | Kafka {header['java']['kafka']}, Funes {header['java']['funes']} |",
        f"| heap of a node | Kafka {settings['kafka_heap']}, Funes {settings['funes_heap']} |",
        f"| warm-up | {settings['warm_up']:g} s of load after the start of a cluster, {settings['client_warm_up']:g} s of each client |",
        f"| measured | {settings['seconds']:g} s (P1), a third of it (the others); {settings['consume_mib']} MiB consumed (P6), a quarter of it (RF1) |",
        f"| events of P2 | {header['events']} |",
        "",
    ]
    return [*lines, *_flags(results), *_blemishes(results), f"Again: `{header['command']}`"]


def _flags(results: Results) -> list[str]:
    """The command lines of the nodes, where a reader would look for an unfair setting."""
    flags = {
        record["system"]: record["result"]["flags"] for record in results.records if record["load"] == "flags"
    }
    return [f"JVM flags of a {system} node: `{flags[system]}`\n" for system in flags]


def _blemishes(results: Results) -> list[str]:
    """What a reader must know before trusting the table."""
    measured = [record for record in results.records if "watch" in record]
    failed = [
        r for r in results.records if "error" in r and not results.has(r["pair"], r["system"], r["load"])
    ]
    disturbed = [record for record in measured if record["watch"]["disturbed"]]
    lossy = [r for r in measured if any(r["result"].get(name) for name in ("failed", "not_sent"))]
    revived = [record for record in results.records if record.get("revived")]
    said = {
        f"Others used more than 5 % of the CPU in {len(disturbed)} of {len(measured)} measurements": disturbed,
        "Failed, and not in the table": failed,
        "Records failed, or came too late to be sent, in": lossy,
        "A node had ended by itself and was started again before": revived,
    }
    lines = [f"{what}: {_names(records)}.\n" for what, records in said.items() if records]
    stolen = sum(record["watch"]["steal_s"] for record in measured)
    if stolen >= 1:
        wall = sum(record["watch"]["wall_s"] for record in measured)
        lines.append(f"The host took {stolen:.0f} s of CPU in {wall:.0f} s of measuring.\n")
    return lines


def _names(records: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(f"{r['load']} ({r['system']}, pair {r['pair']})" for r in records)


def write(file: Path, text: str) -> None:
    """Between the two markers when the file has them, else as the whole file."""
    before = file.read_text() if file.exists() else ""
    if BEGIN in before and END in before:
        head, rest = before.split(BEGIN, 1)
        tail = rest.split(END, 1)[1]
        file.write_text(f"{head}{BEGIN}\n\n{text}\n{END}{tail}")
    else:
        file.write_text(text)


def scenario_list() -> str:
    return "\n".join(f"  {name:5}{what}" for name, what in SCENARIOS.items())
