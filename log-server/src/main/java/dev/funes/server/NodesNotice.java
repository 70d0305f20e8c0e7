package dev.funes.server;

import dev.funes.cluster.ClusterView;
import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.Placement;
import dev.funes.replication.MetadataGroup;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once after the start when the cluster has other nodes than the configuration names. That is
 * no mistake, but somebody who looks for a node in the file may want to know.
 */
final class NodesNotice implements Consumer<ClusterView> {
  private static final Logger LOG = LoggerFactory.getLogger(NodesNotice.class);

  private final Placement configured;
  private final AtomicBoolean looked = new AtomicBoolean();

  private NodesNotice(Placement configured) {
    this.configured = configured;
  }

  static void listen(MetadataGroup metadata, Placement configured) {
    NodesNotice notice = new NodesNotice(configured);
    metadata.addListener(notice);
    notice.accept(metadata.view());
  }

  @Override
  public void accept(ClusterView view) {
    if (!view.members().founded() || !looked.compareAndSet(false, true)) {
      return;
    }
    List<String> has = addresses(view.placement());
    List<String> named = addresses(configured);
    if (!has.equals(named)) {
      LOG.info(
          "the configuration names nodes {}, and the cluster has {}, which counts", named, has);
    }
  }

  private static List<String> addresses(Placement placement) {
    return placement.nodes().stream().map(NodesNotice::address).toList();
  }

  private static String address(NodeEndpoint node) {
    return node.id() + "=" + node.clientAddress();
  }
}
