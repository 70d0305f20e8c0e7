package dev.funes.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.funes.cli.console.JsonOut;
import dev.funes.client.ClusterDescription;
import dev.funes.client.ClusterMember;
import dev.funes.client.ClusterNode;
import dev.funes.client.CopyDescription;
import dev.funes.client.NodeAddress;
import dev.funes.client.NodeDescription;
import dev.funes.client.NodeDuty;
import dev.funes.client.NodeScrub;
import dev.funes.client.RaftGroupDescription;
import dev.funes.client.RaftGroupPlacement;
import dev.funes.client.RaftReplicaDescription;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClusterJsonTest {
  private static final NodeAddress NODE = new NodeAddress(1, "h", 7070);
  private static final CopyDescription COPYING = new CopyDescription(1, 1_200, 8_000);

  private static JsonNode described(@Nullable CopyDescription copying) throws IOException {
    NodeScrub scrub = new NodeScrub(true, 1, 2, 3, 4, 5, 6, 7, 8, "why");
    ClusterDescription cluster =
        new ClusterDescription(
            "c",
            1,
            List.of(new NodeDescription(NODE, true, "0.1.0", 1, 2, 3, 4, 5, 6, false, scrub)),
            List.of(
                new RaftGroupDescription(
                    1,
                    NODE,
                    2,
                    List.of(new RaftReplicaDescription(NODE, 10L, 51_200L, copying)),
                    3,
                    new RaftGroupPlacement(List.of(1), List.of(1), ""))),
            true,
            List.of(),
            List.of(
                new ClusterMember(
                    new ClusterNode(1, "h", 7070, 7080, "z"), NodeDuty.REPLACED, 2, "id")),
            3,
            false,
            0);
    StringWriter text = new StringWriter();
    JsonOut.print(
        new PrintWriter(text),
        json -> {
          ClusterJson.writeStatus(cluster, json);
          ClusterJson.writeNodes(cluster, json);
          ClusterJson.writeMembers(cluster, json);
          ClusterJson.writeRaftGroups(cluster, json);
        });
    return new ObjectMapper().readTree(text.toString());
  }

  private static JsonNode replica(JsonNode cluster) {
    return cluster.at("/raftGroupList/0/replicas/0");
  }

  @Test
  void aCopyThatIsUnderWayTellsItsSourceAndHowFarItIs() throws IOException {
    JsonNode replica = replica(described(COPYING));

    assertThat(replica.get("copyingFrom").asInt()).isEqualTo(1);
    assertThat(replica.get("copiedBytes").asLong()).isEqualTo(1_200);
    assertThat(replica.get("copyBytes").asLong()).isEqualTo(8_000);
    assertThat(replica.get("lagEntries").asLong()).isEqualTo(51_200);
  }

  @Test
  void aReplicaThatCopiesNothingHasNullsThere() throws IOException {
    JsonNode replica = replica(described(null));

    for (String field : List.of("copyingFrom", "copiedBytes", "copyBytes")) {
      assertThat(replica.has(field)).as(field).isTrue();
      assertThat(replica.get(field).isNull()).as(field).isTrue();
    }
  }

  @Test
  void everyFieldIsDocumented() throws IOException {
    String manual = Files.readString(Path.of("..", "docs", "cli.md"));
    String section =
        manual.substring(
            manual.indexOf("### The cluster as JSON"), manual.indexOf("## Exit codes"));
    Set<String> names = new TreeSet<>();
    collect(described(COPYING), names);

    assertThat(names).hasSizeGreaterThan(40);
    assertThat(names).allSatisfy(name -> assertThat(section).containsPattern("[`.]" + name + "`"));
  }

  private static void collect(JsonNode node, Set<String> names) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      names.add(field.getKey());
      collect(field.getValue(), names);
    }
    if (node.isArray()) {
      node.forEach(each -> collect(each, names));
    }
  }
}
