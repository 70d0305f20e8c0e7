package dev.funes.server.grpc;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.proto.v1.ClusterServiceGrpc;
import dev.funes.proto.v1.RegisterNodeRequest;
import dev.funes.proto.v1.RegisterNodeResponse;
import dev.funes.raft.FatalHandler;
import dev.funes.replication.Replica;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that the cluster knows where this node is and which data directory it has; and ends
 * the node when the cluster knows it with another directory, because then this one is not what the
 * others have counted on. Looks come on one thread.
 */
final class NodeRegistration {
  private static final Logger LOG = LoggerFactory.getLogger(NodeRegistration.class);
  private static final Pattern DATA_ID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private final Replica replica;
  private final String dataId;
  private final ClusterChanges changes;
  private final Peers peers;
  private final FatalHandler fatal;
  private final RegistrationTrouble trouble = new RegistrationTrouble(System::nanoTime);
  private volatile boolean asking;
  private boolean isSaid;
  private boolean isOver;

  NodeRegistration(
      Replica replica, String dataId, ClusterChanges changes, Peers peers, FatalHandler fatal) {
    this.replica = replica;
    this.dataId = dataId;
    this.changes = changes;
    this.peers = peers;
    this.fatal = fatal;
  }

  static boolean isDataId(String text) {
    return DATA_ID.matcher(text).matches();
  }

  void look() {
    ClusterView view = replica.view();
    if (isOver || asking || !view.members().founded()) {
      return;
    }
    NodeId self = replica.self();
    NodeEndpoint known = view.placement().node(self);
    if (known == null) {
      if (view.members().retired().contains(self)) {
        isOver = true;
        LOG.warn("node {} was removed from the cluster; it can be stopped", self);
      } else if (!isSaid) {
        isSaid = true;
        LOG.info("node {} waits to be added: funes cluster add-node --id {} ...", self, self);
      }
      return;
    }
    String knownId = view.members().dataId(self);
    if (!knownId.isEmpty() && !knownId.equals(dataId)) {
      isOver = true;
      fatal.fatal(
          "the cluster knows node %s with another data directory; a lost one is replaced under a new node id: funes cluster replace-node %s ..."
              .formatted(self, self),
          null);
      return;
    }
    if (knownId.isEmpty() || !known.equals(replica.endpoint())) {
      register();
    }
  }

  private void register() {
    asking = true;
    CompletableFuture<?> answer;
    try {
      answer = ask();
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    var _ =
        answer.whenComplete(
            (_, failure) -> {
              asking = false; // the view tells whether it has come through
              if (failure != null) {
                tell(failure);
              }
            });
  }

  private void tell(Throwable failure) {
    String warning = trouble.failed(replica.endpoint(), failure);
    if (warning == null) {
      LOG.debug("this node is not registered yet", failure);
    } else {
      LOG.warn(warning);
    }
  }

  private CompletableFuture<?> ask() {
    if (replica.metadata().leads()) {
      return changes.register(replica.endpoint(), dataId);
    }
    NodeId leader = replica.metadata().leader();
    if (leader == null || leader.equals(replica.self())) {
      return CompletableFuture.completedFuture(null);
    }
    RegisterNodeRequest request =
        RegisterNodeRequest.newBuilder()
            .setNode(ClusterNodes.toProto(replica.endpoint()))
            .setDataId(dataId)
            .setForwarded(true)
            .build();
    return peers.<ClusterServiceGrpc.ClusterServiceStub, RegisterNodeResponse>write(
        leader, ClusterServiceGrpc::newStub, (stub, answer) -> stub.registerNode(request, answer));
  }
}
