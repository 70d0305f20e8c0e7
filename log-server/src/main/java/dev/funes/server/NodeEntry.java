package dev.funes.server;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.Placement;
import dev.funes.server.grpc.FirstContact;
import dev.funes.server.grpc.FirstContact.Known;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a node may start with the directory that it has, and as what. An empty directory is the
 * dangerous one: it may be the begin of a cluster, or all that is left of a node whose
 * acknowledgements others count on. So the other nodes are asked.
 */
final class NodeEntry {
  private static final Logger LOG = LoggerFactory.getLogger(NodeEntry.class);

  /** How long a node with a new directory looks for a cluster that knows it. */
  static final int CONTACT_MILLIS = 3_000;

  /** How long a node that joins looks for the cluster; longer, as it needs an answer. */
  static final int JOIN_CONTACT_MILLIS = 10_000;

  private NodeEntry() {}

  /**
   * The identity of the directory; a new one is stored.
   *
   * @param contactMillis see {@link #CONTACT_MILLIS}; 0 when the whole cluster is known to be new
   */
  static NodeIdentity identity(NodeConfig config, int contactMillis) throws IOException {
    NodeIdentity found = NodeIdentity.read(config.data(), config);
    if (found != null) {
      found.write(config.data()); // in the format of now
      return found;
    }
    if (Files.exists(config.data().resolve("raft"))) {
      throw new StartException(
          config.data()
              + ": has Raft logs but no "
              + IdentityFile.NAME
              + ", so it cannot be told whose they are");
    }
    int raftGroups = config.join() ? joins(config) : founds(config, contactMillis);
    NodeIdentity identity = NodeIdentity.create(config, raftGroups);
    identity.write(config.data());
    return identity;
  }

  /**
   * The placement that the node begins with, until the metadata raft group tells it another one.
   */
  static Placement placement(NodeConfig config, NodeIdentity identity) {
    Placement configured = config.placement();
    // A node that joined has no raft group before it is told so.
    List<NodeEndpoint> founders =
        configured.nodes().stream()
            .filter(node -> !identity.joined() || !node.id().equals(config.self()))
            .filter(node -> identity.joined() || identity.nodes().contains(node.id().value()))
            .toList();
    return new Placement(
        configured.clusterId(),
        founders,
        Math.min(identity.replicationFactor(), founders.size()),
        identity.raftGroups());
  }

  private static int founds(NodeConfig config, int contactMillis) {
    List<NodeEndpoint> others = others(config);
    if (contactMillis > 0 && !others.isEmpty()) {
      for (Known known : ask(others, contactMillis)) {
        requireUnknown(config, known);
      }
    }
    return config.placement().dataRaftGroupCount();
  }

  private static int joins(NodeConfig config) {
    List<NodeEndpoint> others = others(config);
    for (Known known : ask(others, JOIN_CONTACT_MILLIS)) {
      if (known.founded()) {
        requireUnknown(config, known);
        if (config.raftGroupsGiven()
            && known.dataRaftGroupCount() != config.placement().dataRaftGroupCount()) {
          throw new StartException(
              "the cluster has %d data raft groups, but the configuration says 'raft-groups' %d"
                  .formatted(known.dataRaftGroupCount(), config.placement().dataRaftGroupCount()));
        }
        return known.dataRaftGroupCount();
      }
    }
    throw new StartException(
        "node %s cannot join: no node of the cluster answered at %s"
            .formatted(
                config.self(),
                String.join(", ", others.stream().map(NodeEndpoint::clientAddress).toList())));
  }

  /** Nobody must know the node, or only its id and not yet a directory. */
  private static void requireUnknown(NodeConfig config, Known known) {
    int self = config.self().value();
    String cluster = config.placement().clusterId();
    if (!known.clusterId().equals(cluster)) {
      throw new StartException(
          "node %d says that it is one of cluster %s, but the configuration says 'cluster' %s"
              .formatted(known.answeredBy(), known.clusterId(), cluster));
    }
    if (known.retired().contains(self)) {
      throw new StartException(
          "node %d was removed from the cluster; ids are not used again, take another one"
              .formatted(self));
    }
    if (!known.dataIds().getOrDefault(self, "").isEmpty()) {
      throw new StartException(
          "node %d had data before, and %s is empty; use 'funes cluster replace-node %d ...' to replace it under a new id"
              .formatted(self, config.data(), self));
    }
    if (!config.join() && known.founded() && !known.dataIds().containsKey(self)) {
      throw new StartException(
          "the cluster has nodes %s and no node %d; start it with --join, and add it with 'funes cluster add-node'"
              .formatted(new TreeSet<>(known.dataIds().keySet()), self));
    }
  }

  private static List<NodeEndpoint> others(NodeConfig config) {
    return config.placement().nodes().stream()
        .filter(node -> !node.id().equals(config.self()))
        .toList();
  }

  private static List<Known> ask(List<NodeEndpoint> nodes, int millisMax) {
    try {
      List<Known> answers = FirstContact.ask(nodes, millisMax);
      LOG.debug("the others know: {}", answers);
      return answers;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("the start was interrupted", e);
    }
  }

  static boolean isNew(Path data) {
    return !IdentityFile.isThere(data);
  }
}
