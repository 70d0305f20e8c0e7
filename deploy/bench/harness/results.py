"""Raw results, one JSON object a line, so that a run that was interrupted loses nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Figures = dict[str, Any]


class Results:
    """The results of one run. The first line says what was run and where."""

    def __init__(self, file: Path, header: Figures, records: list[Figures]) -> None:
        self._file = file
        self.header = header
        self.records = records

    @classmethod
    def create(cls, file: Path, header: Figures) -> "Results":
        if file.exists() and file.stat().st_size > 0:
            raise FileExistsError(f"{file} has results: --resume goes on with them, or move it away")
        file.parent.mkdir(parents=True, exist_ok=True)
        results = cls(file, header, [])
        results._append({"header": header})
        return results

    @classmethod
    def read(cls, file: Path) -> "Results":
        lines = [json.loads(line) for line in file.read_text().splitlines() if line.strip()]
        if not lines or "header" not in lines[0]:
            raise ValueError(f"{file} is not a file of results")
        return cls(file, lines[0]["header"], lines[1:])

    @classmethod
    def resume(cls, file: Path, header: Figures) -> "Results":
        """Goes on with what is there, if it is of the same settings, commit and machine."""
        if not file.exists():
            return cls.create(file, header)
        results = cls.read(file)
        for name in ("settings", "commit", "machine", "java"):
            if results.header[name] != header[name]:
                raise ValueError(
                    f"{file} was made with another {name}: {results.header[name]}, now {header[name]}"
                )
        return results

    def add(self, pair: int, system: str, load: str, outcome: Figures) -> None:
        record = {"pair": pair, "system": system, "load": load, **outcome}
        self.records.append(record)
        self._append(record)

    def has(self, pair: int, system: str, load: str) -> bool:
        """True when this was measured; what failed may be tried again."""
        return any(
            (r["pair"], r["system"], r["load"]) == (pair, system, load) and "result" in r
            for r in self.records
        )

    def by_pair(self, system: str, load: str, figure: str) -> dict[int, float]:
        """A figure of a load, such as latency_ms.p99, in each pair that has it."""
        found = {}
        for record in self.records:
            if record["system"] == system and record["load"] == load and "result" in record:
                value = look_up(record["result"], figure)
                if value is not None:
                    found[record["pair"]] = value
        return found

    def _append(self, record: Figures) -> None:
        with self._file.open("a") as out:
            out.write(json.dumps(record) + "\n")


def look_up(result: Figures, figure: str) -> float | None:
    """Follows the dots of a name into nested objects."""
    value: Any = result
    for part in figure.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return None if value is None else float(value)
