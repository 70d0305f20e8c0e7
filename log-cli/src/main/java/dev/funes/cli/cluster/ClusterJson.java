package dev.funes.cli.cluster;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.funes.cli.console.JsonOut;
import dev.funes.client.ClusterDescription;
import dev.funes.client.ClusterMember;
import dev.funes.client.CopyDescription;
import dev.funes.client.NodeAddress;
import dev.funes.client.NodeDescription;
import dev.funes.client.NodeScrub;
import dev.funes.client.RaftGroupDescription;
import dev.funes.client.RaftReplicaDescription;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The fields of a cluster in JSON. The names are stable. */
final class ClusterJson {
  private ClusterJson() {}

  /** What both status and describe print. */
  static void writeStatus(ClusterDescription cluster, JsonGenerator json) throws IOException {
    json.writeStringField("cluster", cluster.clusterId());
    json.writeBooleanField("healthy", cluster.healthy());
    json.writeBooleanField("caughtUp", cluster.isCaughtUp());
    json.writeNumberField("nodesReachable", reachable(cluster));
    json.writeNumberField("nodes", cluster.nodes().size());
    json.writeNumberField("raftGroups", cluster.raftGroups().size());
    json.writeNumberField("replicationFactor", cluster.replicationFactor());
    json.writeBooleanField("balancing", cluster.balancing());
    json.writeNumberField("movesLeft", cluster.movesLeft());
    json.writeArrayFieldStart("problems");
    for (String problem : cluster.problems()) {
      json.writeString(problem);
    }
    json.writeEndArray();
  }

  static long reachable(ClusterDescription cluster) {
    return cluster.nodes().stream().filter(NodeDescription::reachable).count();
  }

  static void writeNodes(ClusterDescription cluster, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("nodeList");
    for (NodeDescription node : cluster.nodes()) {
      json.writeStartObject();
      json.writeNumberField("node", node.address().nodeId());
      json.writeStringField("address", node.address().server().toString());
      json.writeBooleanField("reachable", node.reachable());
      json.writeStringField("version", node.version());
      json.writeNumberField("uptimeMillis", node.uptimeMillis());
      json.writeNumberField("heapUsedBytes", node.heapUsedBytes());
      json.writeNumberField("heapMaxBytes", node.heapMaxBytes());
      json.writeNumberField("directUsedBytes", node.directUsedBytes());
      json.writeNumberField("dataFreeBytes", node.dataFreeBytes());
      json.writeNumberField("diskReserveBytes", node.diskReserveBytes());
      json.writeBooleanField("diskShort", node.diskShort());
      writeScrub(node.scrub(), json);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** The field {@code scrub} of a node. */
  static void writeScrub(NodeScrub scrub, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("scrub");
    json.writeBooleanField("running", scrub.running());
    json.writeNumberField("passDoneBytes", scrub.passDoneBytes());
    json.writeNumberField("passTotalBytes", scrub.passTotalBytes());
    json.writeNumberField("passes", scrub.passes());
    json.writeNumberField("scrubbedBytes", scrub.scrubbedBytes());
    json.writeNumberField("corruptBatches", scrub.corruptBatches());
    json.writeNumberField("repairedBatches", scrub.repairedBatches());
    json.writeNumberField("repairedIndexes", scrub.repairedIndexes());
    json.writeNumberField("damagedSegments", scrub.damagedSegments());
    json.writeStringField("problem", scrub.problem());
    json.writeEndObject();
  }

  static void writeMembers(ClusterDescription cluster, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("memberList");
    for (ClusterMember member : cluster.members()) {
      json.writeStartObject();
      json.writeNumberField("node", member.node().nodeId());
      json.writeStringField("host", member.node().host());
      json.writeNumberField("port", member.node().port());
      json.writeNumberField("raftPort", member.node().raftPort());
      json.writeStringField("zone", member.node().zone());
      json.writeStringField("duty", member.duty().name().toLowerCase(Locale.ROOT));
      Integer successor = member.successor();
      JsonOut.number("successor", successor == null ? null : successor.longValue(), json);
      json.writeStringField("dataId", member.dataId());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  static void writeIds(String name, List<Integer> ids, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart(name);
    for (int id : ids) {
      json.writeNumber(id);
    }
    json.writeEndArray();
  }

  static void writeRaftGroups(ClusterDescription cluster, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("raftGroupList");
    for (RaftGroupDescription group : cluster.raftGroups()) {
      json.writeStartObject();
      json.writeNumberField("raftGroup", group.raftGroup());
      writeNode("leader", group.leader(), json);
      json.writeNumberField("term", group.term());
      json.writeNumberField("partitions", group.partitionCount());
      writeIds("wished", group.placement().wished(), json);
      writeIds("voters", group.placement().voters(), json);
      json.writeStringField("state", group.placement().state());
      json.writeArrayFieldStart("replicas");
      for (RaftReplicaDescription replica : group.replicas()) {
        json.writeStartObject();
        writeNode("node", replica.address(), json);
        JsonOut.number("appliedIndex", replica.appliedIndex(), json);
        JsonOut.number("lagEntries", replica.lagEntries(), json);
        CopyDescription copying = replica.copying();
        JsonOut.number(
            "copyingFrom", copying == null ? null : Long.valueOf(copying.fromNodeId()), json);
        JsonOut.number("copiedBytes", copying == null ? null : copying.doneBytes(), json);
        JsonOut.number("copyBytes", copying == null ? null : copying.totalBytes(), json);
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeNode(String name, @Nullable NodeAddress node, JsonGenerator json)
      throws IOException {
    JsonOut.number(name, node == null ? null : Long.valueOf(node.nodeId()), json);
  }
}
