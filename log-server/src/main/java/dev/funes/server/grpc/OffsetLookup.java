package dev.funes.server.grpc;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.log.Damage;
import dev.funes.log.DamagedLogException;
import dev.funes.log.PartitionLog;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ListOffsetsPartition;
import dev.funes.proto.v1.ListOffsetsRequest;
import dev.funes.proto.v1.ListOffsetsResponse;
import dev.funes.proto.v1.ListedOffset;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.record.LogRecord;
import dev.funes.record.RecordBatch;
import dev.funes.replication.Replica;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Finds offsets of partitions where they are known for certain: at their leaders. A leader has
 * applied all that was ever acknowledged; another replica may be a moment behind.
 */
final class OffsetLookup {
  private final Replica replica;
  private final Topics topics;
  private final Leaders leaders;
  private final Barriers barriers;

  OffsetLookup(Replica replica, Topics topics, Leaders leaders, Barriers barriers) {
    this.replica = replica;
    this.topics = topics;
    this.leaders = leaders;
    this.barriers = barriers;
  }

  /** One answer a partition, in the order of the questions; what goes wrong is an error in it. */
  CompletableFuture<List<ListedOffset>> list(
      List<ListOffsetsPartition> partitions, boolean forwarded, Peers peers) {
    List<CompletableFuture<NodeId>> nodes =
        partitions.stream().map(partition -> node(partition, forwarded)).toList();
    return allOf(nodes).thenCompose(_ -> ask(partitions, nodes, peers));
  }

  /** Where the partition ends, by its leader; fails with a {@link RequestProblem}. */
  CompletableFuture<Long> end(String topic, int partition, Peers peers) {
    ListOffsetsPartition latest =
        ListOffsetsPartition.newBuilder()
            .setTopic(topic)
            .setPartition(partition)
            .setLatest(true)
            .build();
    return list(List.of(latest), false, peers).thenApply(found -> offset(found.getFirst()));
  }

  /** The offset that was found; throws {@link RequestProblem} when there is an error instead. */
  static long offset(ListedOffset found) {
    if (found.hasError()) {
      throw new RequestProblem(found.getError());
    }
    return found.getOffset();
  }

  /** The node that is to answer for a partition: its leader. */
  private CompletableFuture<NodeId> node(ListOffsetsPartition asked, boolean forwarded) {
    try {
      return topics
          .find(asked.getTopic())
          .thenApply(
              topic -> {
                PartitionId partition = Topics.partition(topic, asked.getPartition());
                NodeId leader = leaders.of(topics.raftGroup(partition));
                if (leader == null || (forwarded && !leaders.isSelf(leader))) {
                  throw new RequestProblem(Errors.notLeader(replica.placement(), leader));
                }
                return leader;
              });
    } catch (RequestProblem e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<List<ListedOffset>> ask(
      List<ListOffsetsPartition> partitions, List<CompletableFuture<NodeId>> nodes, Peers peers) {
    ListedOffset[] answers = new ListedOffset[partitions.size()];
    Map<RaftGroupId, List<Integer>> here = new HashMap<>();
    Map<NodeId, List<Integer>> elsewhere = new HashMap<>();
    for (int i = 0; i < answers.length; i++) {
      CompletableFuture<NodeId> node = nodes.get(i);
      if (node.isCompletedExceptionally()) {
        answers[i] = failed(partitions.get(i), ErrorMapping.error(node.exceptionNow()));
      } else if (leaders.isSelf(node.join())) {
        here.computeIfAbsent(raftGroup(partitions.get(i)), _ -> new ArrayList<>()).add(i);
      } else {
        elsewhere.computeIfAbsent(node.join(), _ -> new ArrayList<>()).add(i);
      }
    }
    List<CompletableFuture<Void>> calls = new ArrayList<>();
    here.forEach((group, indexes) -> calls.add(answerHere(group, partitions, indexes, answers)));
    elsewhere.forEach(
        (node, indexes) -> calls.add(askNode(node, partitions, indexes, answers, peers)));
    return allOf(calls).thenApply(_ -> List.of(answers));
  }

  /** Behind a read barrier: a leader that was deposed and does not know it must not answer. */
  private CompletableFuture<Void> answerHere(
      RaftGroupId group,
      List<ListOffsetsPartition> partitions,
      List<Integer> indexes,
      ListedOffset[] answers) {
    return barriers
        .read(group)
        .handle(
            (_, failure) -> {
              for (int index : indexes) {
                answers[index] =
                    failure != null
                        ? failed(partitions.get(index), ErrorMapping.error(failure))
                        : local(partitions.get(index));
              }
              return null;
            });
  }

  private CompletableFuture<Void> askNode(
      NodeId node,
      List<ListOffsetsPartition> partitions,
      List<Integer> indexes,
      ListedOffset[] answers,
      Peers peers) {
    ListOffsetsRequest.Builder request = ListOffsetsRequest.newBuilder().setForwarded(true);
    indexes.forEach(index -> request.addPartitions(partitions.get(index)));
    return peers
        .<LogServiceGrpc.LogServiceStub, ListOffsetsResponse>read(
            node,
            LogServiceGrpc::newStub,
            (stub, answer) -> stub.listOffsets(request.build(), answer))
        .handle(
            (response, failure) -> {
              for (int i = 0; i < indexes.size(); i++) {
                int index = indexes.get(i);
                answers[index] =
                    failure != null
                        ? failed(partitions.get(index), ErrorMapping.error(failure))
                        : response.getOffsets(i);
                learn(answers[index]);
              }
              return null;
            });
  }

  private void learn(ListedOffset answer) {
    Topic topic = replica.view().topic(answer.getTopic());
    if (answer.hasError() && topic != null && topic.hasPartition(answer.getPartition())) {
      leaders.learn(topics.raftGroup(topic.partition(answer.getPartition())), answer.getError());
    }
  }

  /** The topic was found a moment ago; when it has gone since, any raft group will do. */
  private RaftGroupId raftGroup(ListOffsetsPartition asked) {
    Topic topic = replica.view().topic(asked.getTopic());
    return topic == null || !topic.hasPartition(asked.getPartition())
        ? RaftGroupId.METADATA
        : topics.raftGroup(topic.partition(asked.getPartition()));
  }

  private ListedOffset local(ListOffsetsPartition asked) {
    ListedOffset.Builder answer = subject(asked);
    Topic topic = replica.view().topic(asked.getTopic());
    if (topic == null || !topic.hasPartition(asked.getPartition())) {
      return answer.setError(Errors.unknownTopic(asked.getTopic())).build();
    }
    PartitionLog log = replica.log(topic.partition(asked.getPartition()));
    if (log == null) {
      return answer.setOffset(0).build(); // nothing was ever written
    }
    return switch (asked.getPositionCase()) {
      case EARLIEST -> answer.setOffset(log.logStartOffset()).build();
      case LATEST -> answer.setOffset(log.endOffset()).build();
      case TIMESTAMP_MILLIS -> {
        PartitionLog.TimestampHit hit;
        try {
          hit = log.findByTimestamp(asked.getTimestampMillis());
        } catch (DamagedLogException e) {
          yield damaged(asked, e.damage(), answer);
        }
        yield hit == null
            ? answer.setOffset(log.endOffset()).build()
            : answer.setOffset(hit.offset()).setTimestampMillis(hit.timestampMillis()).build();
      }
      case OFFSET -> recordAt(asked, log, answer);
      case POSITION_NOT_SET ->
          answer
              .setError(
                  Errors.invalid(
                      "position", "position must be earliest, latest, timestamp_millis or offset"))
              .build();
    };
  }

  /** It can be answered when the replica here is repaired, or does not lead any more. */
  private ListedOffset damaged(
      ListOffsetsPartition asked, Damage damage, ListedOffset.Builder answer) {
    Topic topic = replica.view().topic(asked.getTopic());
    PartitionId id = topic == null ? null : topic.partition(asked.getPartition());
    PartitionLog log = id == null ? null : replica.log(id);
    if (id != null && log != null) {
      replica.scrubber().suspect(id, log, damage.offset());
    }
    return answer.setError(Errors.damaged(damage)).build();
  }

  /** The first record at or after an offset; without one, the end. */
  private ListedOffset recordAt(
      ListOffsetsPartition asked, PartitionLog log, ListedOffset.Builder answer) {
    long from = Math.max(asked.getOffset(), log.logStartOffset());
    PartitionLog.Fetch fetch = log.fetch(from, 1);
    if (fetch instanceof PartitionLog.Fetch.Damaged(Damage damage)) {
      return damaged(asked, damage, answer);
    }
    if (fetch instanceof PartitionLog.Fetch.Batches(long _, ByteBuffer bytes, long _)) {
      for (RecordBatch batch : RecordBatch.split(bytes)) {
        for (LogRecord each : batch.records(RecordBatch.UNCOMPRESSED_BYTES_MAX)) {
          if (each.offset() >= from) {
            return answer
                .setOffset(each.offset())
                .setTimestampMillis(each.timestampMillis())
                .build();
          }
        }
      }
    }
    return answer.setOffset(log.endOffset()).build();
  }

  private static ListedOffset failed(ListOffsetsPartition asked, Error error) {
    return subject(asked).setError(error).build();
  }

  private static ListedOffset.Builder subject(ListOffsetsPartition asked) {
    return ListedOffset.newBuilder().setTopic(asked.getTopic()).setPartition(asked.getPartition());
  }

  /** Done when all are done, whichever way. */
  private static CompletableFuture<Void> allOf(List<? extends CompletableFuture<?>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new))
        .exceptionally(_ -> null);
  }
}
