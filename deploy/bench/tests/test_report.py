import tempfile
import unittest
from pathlib import Path

from harness import report
from harness.comparisons import COMPARISONS, Better, Comparison, Goal
from harness.loads import LOADS, SCENARIOS, Phase, selected
from harness.results import Results, look_up

HEADER = {
    "started": "2026-01-01T00:00:00Z",
    "command": "deploy/bench/compare",
    "commit": "0123456789ab",
    "machine": {"cpus": 2, "cpu": "a CPU", "memory_gib": 16, "kernel": "6.1", "disk": "/dev/sda ext4 rw"},
    "java": {"kafka": "25", "funes": "25"},
    "events": "generated, seed 1",
    "settings": {
        "kafka_heap": "1g",
        "funes_heap": "512m",
        "warm_up": 90,
        "client_warm_up": 5,
        "seconds": 15,
        "consume_mib": 2048,
    },
}
QUIET = {"disturbed": False, "steal_s": 0, "wall_s": 10, "foreign_cpu_share": 0}


def throughput(mib_per_s):
    return {"result": {"mib_per_s": mib_per_s, "failed": 0}, "watch": QUIET}


class ResultsCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "results.jsonl"

    def results(self, kafka=(), funes=()):
        results = Results.create(self.file, HEADER)
        for system, values in (("kafka", kafka), ("funes", funes)):
            for pair, value in enumerate(values, 1):
                results.add(pair, system, "produce", throughput(value))
        return results


class ReportTest(ResultsCase):
    def test_the_ratio_of_medians_and_the_median_of_ratios_are_different_things(self):
        row = self.row(kafka=[10, 20, 30], funes=[30, 20, 40])

        self.assertEqual(30 / 20, row.ratio)
        self.assertEqual(40 / 30, row.ratio_by_pair)

    def test_a_pair_that_lacks_a_system_has_no_ratio(self):
        row = self.row(kafka=[10], funes=[20, 90])

        self.assertEqual(2, row.ratio_by_pair)

    def test_says_what_was_reached(self):
        self.assertEqual("no", self.row(kafka=[100], funes=[99]).reached)
        self.assertEqual("yes", self.row(kafka=[100], funes=[100]).reached)
        self.assertEqual("aim", self.row(kafka=[100], funes=[120]).reached)
        self.assertEqual("", self.row(kafka=[100], funes=[]).reached)

    def row(self, kafka, funes):
        self.file.unlink(missing_ok=True)
        (row,) = (row for row in report.rows(self.results(kafka, funes)) if row.comparison is COMPARISONS[0])
        return row

    def test_less_is_better_for_latency_and_an_absolute_bound_needs_no_kafka(self):
        self.assertTrue(Goal(1.0).reached(0.9, 5, Better.LESS))
        self.assertFalse(Goal(1.0).reached(1.1, 5, Better.LESS))
        self.assertTrue(Goal(value=3.0).reached(None, 2.9, Better.LESS))
        self.assertFalse(Goal(1.0).reached(None, 2.9, Better.LESS))

    def test_prints_the_median_and_the_spread(self):
        self.assertEqual("20.0 (10.0-1,234)", report.spread({1: 1234.4, 2: 10, 3: 20}))
        self.assertEqual("1.23", report.spread({1: 1.234}))
        self.assertEqual("", report.spread({}))

    def test_the_table_has_a_line_for_what_was_measured_and_none_for_the_rest(self):
        text = report.markdown(self.results(kafka=[50, 60], funes=[60, 72]))

        self.assertIn(
            "| P1 | produce 1 KiB, 6 partitions | MiB/s | 55.0 (50.0-60.0) | 66.0 (60.0-72.0) | 1.20 | 1.20 | ≥ 1 x | aim | ≥ 1.2 x |",
            text,
        )
        self.assertNotIn("| P2 |", text)

    def test_names_what_was_disturbed_what_failed_and_what_was_lost(self):
        results = self.results()
        results.add(1, "kafka", "produce", {**throughput(1), "watch": {**QUIET, "disturbed": True}})
        results.add(1, "funes", "events", {"error": "no"})
        results.add(
            1, "funes", "produce", {"result": {"mib_per_s": 1, "failed": 0, "not_sent": 7}, "watch": QUIET}
        )

        text = report.markdown(results)

        self.assertIn(
            "Others used more than 5 % of the CPU in 1 of 2 measurements: produce (kafka, pair 1)", text
        )
        self.assertIn("Failed, and not in the table: events (funes, pair 1)", text)
        self.assertIn("too late to be sent, in: produce (funes, pair 1)", text)

    def test_replaces_what_is_between_the_markers_and_nothing_else(self):
        page = self.file.with_suffix(".md")
        page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")

        report.write(page, "new\n")

        self.assertEqual(f"before\n{report.BEGIN}\n\nnew\n\n{report.END}\nafter\n", page.read_text())


class ResultsTest(ResultsCase):
    def test_are_read_again_as_they_were_written(self):
        self.results(kafka=[1], funes=[2])

        again = Results.read(self.file)

        self.assertEqual({1: 2.0}, again.by_pair("funes", "produce", "mib_per_s"))
        self.assertTrue(again.has(1, "kafka", "produce"))

    def test_what_failed_may_be_tried_again(self):
        results = self.results()
        results.add(1, "kafka", "produce", {"error": "no"})

        self.assertFalse(results.has(1, "kafka", "produce"))

    def test_of_another_commit_or_other_settings_are_not_mixed(self):
        self.results()

        self.assertRaises(ValueError, Results.resume, self.file, {**HEADER, "commit": "another"})
        self.assertRaises(ValueError, Results.resume, self.file, {**HEADER, "settings": {}})
        self.assertEqual(HEADER, Results.resume(self.file, HEADER).header)

    def test_are_not_overwritten(self):
        self.results()

        self.assertRaises(FileExistsError, Results.create, self.file, HEADER)

    def test_a_figure_may_be_nested_or_missing(self):
        self.assertEqual(3.0, look_up({"latency_ms": {"p99": 3}}, "latency_ms.p99"))
        self.assertIsNone(look_up({"latency_ms": {}}, "latency_ms.p99"))
        self.assertIsNone(look_up({}, "latency_ms.p99"))


class TablesTest(unittest.TestCase):
    def test_every_load_has_a_name_of_its_own(self):
        self.assertEqual(len(LOADS), len({load.name for load in LOADS}))

    def test_every_comparison_is_of_loads_that_are_run(self):
        known = {load.name for load in LOADS} | {"memory"}
        for comparison in COMPARISONS:
            for name in (comparison.load, comparison.kafka_load, comparison.own_load):
                self.assertIn(name or comparison.load, known, comparison)

    def test_no_two_comparisons_are_the_same(self):
        lines = [(c.scenario, c.load, c.figure, c.kafka_load, c.own_load) for c in COMPARISONS]
        self.assertEqual(len(lines), len(set(lines)))

    def test_every_scenario_has_loads(self):
        for scenario in SCENARIOS:
            self.assertTrue(any(scenario in load.scenarios for load in LOADS), scenario)

    def test_every_aim_is_at_least_as_hard_as_what_must_be(self):
        for c in COMPARISONS:
            if c.must and c.aim and c.must.ratio and c.aim.ratio:
                self.assertTrue(Goal(c.must.ratio).reached(c.aim.ratio, 0, c.better), c)

    def test_both_systems_have_the_same_loads_but_for_what_only_one_can_do(self):
        kafka = {load.name for load in selected(tuple(SCENARIOS), "kafka", 1)}
        funes = {load.name for load in selected(tuple(SCENARIOS), "funes", 1)}
        self.assertEqual({"produce-synced"}, kafka - funes)
        self.assertEqual({"partitions-10000"}, funes - kafka)

    def test_what_is_done_once_is_done_in_the_first_pair(self):
        self.assertFalse(
            [load for load in selected(tuple(SCENARIOS), "funes", 2) if load.phase is Phase.ONCE]
        )

    def test_a_comparison_says_its_goal(self):
        self.assertEqual("≥ 2 x", Goal(2.0).text(Better.MORE, "MiB/s"))
        self.assertEqual("≤ 3 ms", Goal(value=3.0).text(Better.LESS, "ms"))
        self.assertIsInstance(COMPARISONS[0], Comparison)


if __name__ == "__main__":
    unittest.main()
