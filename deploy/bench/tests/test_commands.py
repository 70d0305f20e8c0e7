import tempfile
import unittest
from pathlib import Path

from harness import events, runs
from harness.cluster import Failed
from harness.funes import Funes
from harness.kafka import Kafka
from harness.loads import LOADS, Kind
from harness.settings import CLIENT_FLAGS, Places, Settings
from harness.turn import estimate_s

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = Settings(("P1", "P6"), 5, 15, 90, 5, 2048, "1g", "512m")


class CommandsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        home = Path(folder.name)
        self.places = Places(
            ROOT, home, home, Path("/funes"), Path("/jdk"), Path("/jdk"), home / "events", 17000
        )
        self.kafka = Kafka(self.places, SETTINGS, 3)
        self.funes = Funes(self.places, SETTINGS, 3)

    def test_both_clients_are_told_the_same_of_every_load(self):
        for load in LOADS:
            if load.kind not in (Kind.PRODUCE, Kind.END_TO_END):
                continue
            kafka = self.kafka.load_command(load, ["--duration", "7.5", "--warm-up", "5"])[0]
            funes = self.funes.load_command(load, ["--duration", "7.5", "--warm-up", "5"])[0]
            for name in ("--partitions", "--rate", "--record-size" if not load.events else "--payload-file"):
                self.assertEqual(value_of(kafka, name), value_of(funes, name), (load.name, name))
            self.assertEqual("linger.ms=5" in kafka, "5ms" in funes, load.name)
            self.assertEqual("batch.size=65536" in kafka, "64KiB" in funes, load.name)
            self.assertEqual(
                ("7.5", "7500ms"), (value_of(kafka, "--duration"), value_of(funes, "--duration"))
            )

    def test_both_clients_run_in_the_same_jvm(self):
        load = LOADS[0]
        argv, _ = self.kafka.load_command(load, [])
        _, env = self.funes.load_command(load, [])
        for flag in CLIENT_FLAGS:
            self.assertIn(flag, argv)
            self.assertIn(flag, env["FUNES_JAVA_OPTS"].split())

    def test_kafka_waits_for_two_replicas_of_three_and_for_the_only_one_of_one(self):
        load = next(load for load in LOADS if load.name == "produce")
        self.assertIn("min.insync.replicas=2", self.kafka.load_command(load, [])[0])
        self.assertIn("min.insync.replicas=1", Kafka(self.places, SETTINGS, 1).load_command(load, [])[0])

    def test_only_the_synced_load_forces_kafka_to_disk(self):
        for load in LOADS:
            forced = "flush.messages=1" in self.kafka.load_command(load, [])[0]
            self.assertEqual(load.name == "produce-synced", forced)

    def test_a_topic_that_stays_is_named_as_each_command_line_wants_it(self):
        load = next(load for load in LOADS if load.name == "consume-6")
        self.assertEqual("t", value_of(self.kafka.load_command(load, ["--topic", "t"])[0], "--topic"))
        funes = self.funes.load_command(load, ["--topic", "t"])[0]
        self.assertIn("t", funes)
        self.assertNotIn("--topic", funes)

    def test_the_generated_events_are_the_same_every_time(self):
        for name in ("one", "two"):
            events.write(self.places.work / name)
        self.assertEqual((self.places.work / "one").read_bytes(), (self.places.work / "two").read_bytes())

    def test_the_end_of_a_node_counts_only_while_the_client_measures(self):
        result = {"started": "2026-01-01T00:00:10.500Z", "seconds": 5.0}
        measured_from = 1767225610.5
        runs._require_measured_at(measured_from + 1, result)
        for when in (measured_from - 1, measured_from + 6):
            self.assertRaises(Failed, runs._require_measured_at, when, result)

    def test_the_estimate_grows_with_the_pairs(self):
        self.assertGreater(estimate_s(SETTINGS, ("kafka", "funes")), 5 * 60)


def value_of(argv, name):
    return argv[argv.index(name) + 1] if name in argv else None


if __name__ == "__main__":
    unittest.main()
