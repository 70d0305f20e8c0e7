package dev.funes.raft;

import dev.funes.cluster.RaftGroupId;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto.NotificationProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that Ratis goes over to a checkpoint that was fetched. Ratis takes no entries from
 * when it has one fetched until the leader next says that its Raft log begins too late. A node that
 * has come to lead meanwhile and keeps a longer Raft log never says so. This node then says it to
 * itself, in that leader's name. Any thread.
 */
final class Changeover {

  /** A leader that has something to say says it several times within it. */
  static final int WAIT_MILLIS = 2_000;

  private static final Logger LOG = LoggerFactory.getLogger(Changeover.class);

  private final RaftGroupId group;
  private final AtomicLong fetches = new AtomicLong();
  private volatile long fetched; // the number of the one not gone over to yet; 0: none

  Changeover(RaftGroupId group) {
    this.group = group;
  }

  /**
   * A checkpoint is here.
   *
   * @param first where the Raft log of the leader began that had it fetched
   */
  void awaited(
      RaftServer server, org.apache.ratis.protocol.RaftGroupId ratisGroup, TermIndex first) {
    long fetch = fetches.incrementAndGet();
    fetched = fetch;
    Thread.ofVirtual()
        .name("raft-changeover-" + group)
        .start(
            () -> {
              try {
                TimeUnit.MILLISECONDS.sleep(WAIT_MILLIS);
                while (fetched == fetch && tell(server, ratisGroup, first)) {
                  TimeUnit.MILLISECONDS.sleep(WAIT_MILLIS);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  /** Ratis has gone over, or the raft group is closed. */
  void over() {
    fetched = 0;
  }

  /** False when there is nobody to tell any more. */
  private boolean tell(
      RaftServer server, org.apache.ratis.protocol.RaftGroupId ratisGroup, TermIndex first) {
    DivisionInfo info;
    try {
      info = server.getDivision(ratisGroup).getInfo();
    } catch (IOException e) {
      LOG.debug("raft group {} is closed", group, e);
      return false;
    }
    long term = info.getCurrentTerm();
    RaftPeerId leader = info.getLeaderId();
    if (leader == null || leader.equals(server.getId()) || term != info.getCurrentTerm()) {
      return true; // Look again when there is one: a leader is one of its term only.
    }
    try {
      var reply = server.installSnapshot(notice(server, ratisGroup, term, leader, first));
      LOG.info(
          "raft group {}: leader {} does not ask for the checkpoint that was fetched: {}",
          group,
          leader,
          reply.getResult());
    } catch (IOException | RuntimeException e) {
      LOG.warn("raft group {} does not go over to the checkpoint that was fetched", group, e);
    }
    return true;
  }

  private static InstallSnapshotRequestProto notice(
      RaftServer server,
      org.apache.ratis.protocol.RaftGroupId ratisGroup,
      long term,
      RaftPeerId leader,
      TermIndex first) {
    return InstallSnapshotRequestProto.newBuilder()
        .setServerRequest(
            RaftRpcRequestProto.newBuilder()
                .setRequestorId(leader.toByteString())
                .setReplyId(server.getId().toByteString())
                .setRaftGroupId(RaftGroupIdProto.newBuilder().setId(ratisGroup.toByteString())))
        .setLeaderTerm(term)
        .setNotification(
            NotificationProto.newBuilder()
                .setFirstAvailableTermIndex(
                    TermIndexProto.newBuilder()
                        .setTerm(first.getTerm())
                        .setIndex(first.getIndex())))
        .build();
  }
}
