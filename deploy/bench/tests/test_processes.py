import os
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from harness.machine import Watch
from harness.processes import Client, Node, connections_to, cpu_seconds, end_leftovers, flags_of, start_time

SLEEP = ["sleep", "600"]
BURN = [sys.executable, "-c", "import time\nwhile time.process_time() < 0.3: pass"]


STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(600)
"""


class ProcessesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.run_folder = Path(folder.name)

    def stranger(self):
        process = subprocess.Popen(SLEEP)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_a_node_has_a_pid_file_until_it_is_ended(self):
        node = Node("kafka-1", SLEEP, {}, self.run_folder)
        self.assertEqual(
            f"{node.pid} {start_time(node.pid)}\n", (self.run_folder / "kafka-1.pid").read_text()
        )

        node.end()

        self.assertFalse(node.alive())
        self.assertFalse((self.run_folder / "kafka-1.pid").exists())

    def test_a_node_that_does_not_want_to_end_is_killed(self):
        stubborn = [sys.executable, "-c", STUBBORN]
        node = Node("kafka-1", stubborn, {}, self.run_folder)
        while "ready" not in node.tail():
            self.assertTrue(node.alive())

        node.end(patience_s=0.2)

        self.assertFalse(node.alive())

    def test_what_an_earlier_run_left_is_ended(self):
        left = self.stranger()
        (self.run_folder / "kafka-1.pid").write_text(f"{left.pid} {start_time(left.pid)}\n")

        self.assertEqual([left.pid], end_leftovers(self.run_folder))
        self.assertEqual(-9, left.wait(10))

    def test_a_process_that_got_the_pid_of_an_earlier_node_is_left_alone(self):
        other = self.stranger()
        (self.run_folder / "kafka-1.pid").write_text(f"{other.pid} {start_time(other.pid) - 1}\n")
        (self.run_folder / "kafka-2.pid").write_text(f"{other.pid}\n")
        (self.run_folder / "kafka-3.pid").write_text("")

        self.assertEqual([], end_leftovers(self.run_folder))
        self.assertIsNone(other.poll())
        self.assertEqual([], list(self.run_folder.iterdir()))

    def test_a_client_comes_back_with_its_output_and_its_cpu_time(self):
        finished = Client([*BURN[:2], BURN[2] + "\nprint(input())"], {}, "hello\n").finish(60)

        self.assertEqual((0, "hello\n"), (finished.code, finished.out))
        self.assertGreaterEqual(finished.cpu_s, 0.3)

    def test_a_client_that_hangs_is_killed(self):
        self.assertEqual(-9, Client(SLEEP).finish(0.1).code)

    def test_cpu_of_others_is_told_apart_from_our_own(self):
        spent = []
        watch = Watch(lambda: sum(spent))
        spent.append(Client(BURN).finish(60).cpu_s)
        watched = watch.result()["foreign_cpu_share"]

        unknown = Watch(lambda: 0)
        Client(BURN).finish(60)

        self.assertGreater(unknown.result()["foreign_cpu_share"], 0)
        self.assertGreaterEqual(watched, 0)

    def test_counts_the_connections_to_a_port(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            self.assertEqual(0, connections_to({port}))
            with socket.create_connection(("127.0.0.1", port)):
                self.assertEqual(1, connections_to({port}))

    def test_the_flags_of_a_jvm_end_where_its_program_begins(self):
        command = ["/jdk/bin/java", "-Xms1g", "-cp", "a.jar:b.jar", "-Xmx1g", "kafka.Kafka", "-x", ""]
        self.assertEqual(["-Xms1g", "-Xmx1g"], flags_of(command))

    def test_there_is_nothing_to_say_of_a_process_that_is_not_there(self):
        process = subprocess.Popen(["true"])
        process.wait()

        self.assertIsNone(start_time(process.pid))
        self.assertEqual(0.0, cpu_seconds(process.pid))
        self.assertIsNotNone(start_time(os.getpid()))


if __name__ == "__main__":
    unittest.main()
