package dev.funes.cli.topic;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.funes.cli.console.Connection;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.FormatOption;
import dev.funes.cli.console.JsonOut;
import dev.funes.cli.console.Table;
import dev.funes.cli.console.Topics;
import dev.funes.cli.format.Sizes;
import dev.funes.client.Admin;
import dev.funes.client.NodeAddress;
import dev.funes.client.PartitionDescription;
import dev.funes.client.TopicDescription;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "describe",
    description = "Show a topic's settings and where its partitions are and how far they go.",
    footer = {
      "%nExamples:",
      "  funes topic describe orders",
      "  funes topic describe orders -f json | jq .partitionList[].leader"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
final class DescribeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Parameters(paramLabel = "TOPIC", description = "The topic.")
  private String name;

  @Mixin private FormatOption format;

  @Override
  public Integer call() {
    TopicDescription topic;
    try (Admin admin = connection.admin()) {
      topic = Topics.describe(admin, name);
    }
    PrintWriter out = spec.commandLine().getOut();
    switch (format.value()) {
      case JSON -> JsonOut.print(out, json -> writeJson(topic, json));
      case TABLE -> printTable(topic, out);
    }
    return ExitCode.OK;
  }

  private static void printTable(TopicDescription topic, PrintWriter out) {
    out.println(
        "%s: id %d, %s"
            .formatted(
                topic.topic().name(),
                topic.topic().topicId(),
                SettingOptions.describe(topic.topic().settings())));
    Table table =
        new Table("PARTITION", "LEADER", "REPLICAS", "RAFT GROUP", "START", "END", "SIZE");
    for (PartitionDescription partition : topic.partitions()) {
      NodeAddress leader = partition.leader();
      Long size = partition.sizeBytes();
      table.row(
          partition.partition(),
          leader == null ? "-" : leader.nodeId(),
          partition.replicas().stream()
              .map(node -> Integer.toString(node.nodeId()))
              .collect(Collectors.joining(" ")),
          partition.raftGroup(),
          orDash(partition.logStartOffset()),
          orDash(partition.endOffset()),
          size == null ? "-" : Sizes.print(size));
    }
    table.print(out);
  }

  private static Object orDash(@Nullable Long value) {
    return value == null ? "-" : value;
  }

  private static void writeJson(TopicDescription topic, JsonGenerator json) throws IOException {
    TopicJson.write(topic.topic(), json);
    json.writeArrayFieldStart("partitionList");
    for (PartitionDescription partition : topic.partitions()) {
      json.writeStartObject();
      json.writeNumberField("partition", partition.partition());
      NodeAddress leader = partition.leader();
      if (leader == null) {
        json.writeNullField("leader");
      } else {
        json.writeNumberField("leader", leader.nodeId());
      }
      json.writeArrayFieldStart("replicas");
      for (NodeAddress replica : partition.replicas()) {
        json.writeNumber(replica.nodeId());
      }
      json.writeEndArray();
      json.writeNumberField("raftGroup", partition.raftGroup());
      JsonOut.number("startOffset", partition.logStartOffset(), json);
      JsonOut.number("endOffset", partition.endOffset(), json);
      JsonOut.number("sizeBytes", partition.sizeBytes(), json);
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
