"""Apache Kafka: three brokers of the jars from Maven Central, loaded by KafkaLoad."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Mapping, Sequence

from .cluster import Cluster, Failed
from .loads import Batching, Kind, Load
from .processes import Client
from .settings import CLIENT_FLAGS, KAFKA_VERSION, Places

# What Kafka's own start script gives a broker.
BROKER_FLAGS = (
    "-server",
    "-XX:+UseG1GC",
    "-XX:MaxGCPauseMillis=20",
    "-XX:InitiatingHeapOccupancyPercent=35",
    "-XX:+ExplicitGCInvokesConcurrent",
    "-Djava.awt.headless=true",
)
CLUSTER_ID = "ZnVuZXMtYmVuY2gta2Fma2E"
BATCHING = {
    Batching.TUNED: ("linger.ms=5", "batch.size=65536", "compression.type=none"),
    Batching.DEFAULT: (),
    Batching.AT_ONCE: ("linger.ms=0",),
}
# A client that waits for its node should measure the node, not its own patience.
IMPATIENT = (
    "reconnect.backoff.ms=10",
    "reconnect.backoff.max.ms=50",
    "retry.backoff.ms=10",
    "retry.backoff.max.ms=50",
)
POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>dev.funes.bench</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>{KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.4</version></dependency>
    <dependency><groupId>org.hdrhistogram</groupId><artifactId>HdrHistogram</artifactId><version>2.2.2</version></dependency>
  </dependencies>
</project>
"""
COPY_DEPENDENCIES = "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy-dependencies"
LOGGING = """status=error
appender.out.type=Console
appender.out.name=OUT
appender.out.target={target}
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=[%d] %p %m (%c)%n
rootLogger.level={level}
rootLogger.appenderRef.out.ref=OUT
"""


def install(places: Places) -> None:
    """Resolves the jars and compiles the load, unless the cache has both."""
    if not _libs(places).is_dir():
        _resolve(places)
    if not _classes(places).is_dir():
        _compile(places)


def _resolve(places: Places) -> None:
    partial = places.cache / "resolving"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    (partial / "pom.xml").write_text(POM)
    _tool(
        [
            "mvn",
            "-q",
            "-B",
            "-f",
            str(partial / "pom.xml"),
            COPY_DEPENDENCIES,
            f"-DoutputDirectory={partial / 'libs'}",
        ]
    )
    (partial / "libs").rename(_libs(places))  # whole, or not there


def _compile(places: Places) -> None:
    partial = places.cache / "compiling"
    shutil.rmtree(partial, ignore_errors=True)
    javac = places.kafka_java_home / "bin" / "javac"
    _tool([str(javac), "-cp", f"{_libs(places)}/*", "-d", str(partial), *map(str, _sources(places))])
    partial.rename(_classes(places))


def _libs(places: Places) -> Path:
    return places.cache / f"kafka-{KAFKA_VERSION}"


def _sources(places: Places) -> list[Path]:
    return sorted((places.root / "deploy" / "bench" / "kafka-load").glob("*.java"))


def _classes(places: Places) -> Path:
    source = b"".join(file.read_bytes() for file in _sources(places))
    return places.cache / f"kafka-load-{hashlib.sha256(source).hexdigest()[:12]}"


def _tool(argv: list[str]) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"{' '.join(argv[:3])}: {(done.stderr + done.stdout)[-1500:]}")


class Kafka(Cluster):
    """Brokers that are controllers too, as small clusters are run."""

    system = "kafka"

    def prepare(self) -> None:
        (self.home / "node-logging.properties").write_text(LOGGING.format(target="SYSTEM_OUT", level="info"))
        (self.home / "client-logging.properties").write_text(
            LOGGING.format(target="SYSTEM_ERR", level="error")
        )
        for node in self.ids():
            self._properties(node).write_text(self._configuration(node))
        formatting = [Client(self._format_command(node)) for node in self.ids()]
        for client in formatting:
            self.finish(client, "formatting a Kafka node")

    def _properties(self, node: int) -> Path:
        return self.home / f"node-{node}.properties"

    def _configuration(self, node: int) -> str:
        listener = f"127.0.0.1:{self.port(node)}"
        voters = ",".join(f"{voter}@127.0.0.1:{self.peer_port(voter)}" for voter in self.ids())
        return f"""process.roles=broker,controller
node.id={node}
controller.quorum.voters={voters}
listeners=PLAINTEXT://{listener},CONTROLLER://127.0.0.1:{self.peer_port(node)}
advertised.listeners=PLAINTEXT://{listener}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={self.home}/data/node-{node}
default.replication.factor={self.replication_factor}
offsets.topic.replication.factor={self.replication_factor}
transaction.state.log.replication.factor={self.replication_factor}
transaction.state.log.min.isr={min(2, self.replication_factor)}
share.coordinator.state.topic.replication.factor={self.replication_factor}
share.coordinator.state.topic.min.isr={min(2, self.replication_factor)}
auto.create.topics.enable=false
# Not the default of a minute: what a load has written must not be written back during the next one.
log.segment.delete.delay.ms=1000
"""

    def _java(self, kind: str, flags: Sequence[str], classpath: str, main: str, *arguments: str) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={self.home}/{kind}-logging.properties"
        java = str(self.places.kafka_java_home / "bin" / "java")
        return [java, *flags, logging, "-cp", classpath, main, *arguments]

    def _format_command(self, node: int) -> list[str]:
        arguments = ("format", "-t", CLUSTER_ID, "-c", str(self._properties(node)))
        return self._java(
            "client",
            ["-XX:TieredStopAtLevel=1"],
            self._server_classpath(),
            "kafka.tools.StorageTool",
            *arguments,
        )

    def _server_classpath(self) -> str:
        return f"{_libs(self.places)}/*"

    def node_command(self, node: int) -> tuple[list[str], Mapping[str, str]]:
        heap = self.settings.kafka_heap
        flags = [f"-Xms{heap}", f"-Xmx{heap}", *BROKER_FLAGS]
        return (
            self._java("node", flags, self._server_classpath(), "kafka.Kafka", str(self._properties(node))),
            {},
        )

    def await_ready(self) -> None:
        self.await_logged("Kafka Server started")

    def _load(self, command: str, *arguments: str) -> tuple[list[str], Mapping[str, str]]:
        classpath = f"{self._server_classpath()}:{_classes(self.places)}"
        return (
            self._java(
                "client", CLIENT_FLAGS, classpath, "KafkaLoad", command, "--servers", self.servers, *arguments
            ),
            {},
        )

    def load_command(self, load: Load, extra: Sequence[str]) -> tuple[list[str], Mapping[str, str]]:
        arguments = [*self._topic(load.partitions), "--record-size", str(load.record_bytes), *extra]
        if load.rate:
            arguments += ["--rate", str(load.rate)]
        if load.events:
            arguments += ["--payload-file", str(self.places.events)]
        if load.synced:
            arguments += ["--topic-config", "flush.messages=1"]
        if load.batching is Batching.AT_ONCE:
            arguments += ["--one-at-a-time", "true"]
        patience = IMPATIENT if load.kind is Kind.START else ()
        return self._load(load.kind.command, *arguments, *_settings([*BATCHING[load.batching], *patience]))

    def _topic(self, partitions: int) -> list[str]:
        in_sync = f"min.insync.replicas={min(2, self.replication_factor)}"
        factor = str(self.replication_factor)
        return ["--partitions", str(partitions), "--replication-factor", factor, "--topic-config", in_sync]

    def fill_command(self, topic: str, partitions: int, records: int) -> tuple[list[str], Mapping[str, str]]:
        arguments = ["--topic", topic, *self._topic(partitions), "--warm-up", "0", "--records", str(records)]
        return self._load("produce", *arguments, *_settings(BATCHING[Batching.TUNED]))

    def create_topic(self, topic: str, partitions: int) -> None:
        self.run(self._load("create", "--topic", topic, *self._topic(partitions)), "creating a topic")

    def delete_topic(self, topic: str) -> None:
        self.run(self._load("delete", "--topic", topic), "deleting a topic")

    def leader(self, topic: str) -> int:
        return json.loads(self.run(self._load("leader", "--topic", topic), "finding the leader"))["leader"]


def _settings(pairs: Sequence[str]) -> list[str]:
    return [word for pair in pairs for word in ("--set", pair)]
