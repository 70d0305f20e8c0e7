package dev.funes.server.grpc;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Topic;
import dev.funes.group.Held;
import dev.funes.group.Member;
import dev.funes.log.PartitionLog;
import dev.funes.proto.v1.DescribeGroupRequest;
import dev.funes.proto.v1.DescribeGroupResponse;
import dev.funes.proto.v1.GroupPartition;
import dev.funes.proto.v1.GroupServiceGrpc;
import dev.funes.proto.v1.GroupServiceGrpc.GroupServiceStub;
import dev.funes.proto.v1.ListOffsetsPartition;
import dev.funes.proto.v1.ListedOffset;
import dev.funes.replication.Replica;
import dev.funes.server.coordinator.Coordinator;
import dev.funes.server.coordinator.GroupSnapshot;
import dev.funes.state.GroupOffset;
import dev.funes.state.KeyedState;
import dev.funes.state.StoredOffset;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Describes a consumer group: its members, and how far it is in which partition. */
final class GroupDescriptions {
  /** What is asked of the leader of each partition: where it begins, ends, and what comes next. */
  private static final int QUESTIONS = 3;

  private record Row(Topic topic, int partition) {
    PartitionId id() {
      return topic.partition(partition);
    }
  }

  /** A consumer group at one moment. */
  private record Scene(
      GroupSnapshot snapshot,
      Map<PartitionId, StoredOffset> stored,
      Map<PartitionId, Map.Entry<Member, Held>> holders,
      CommitRates rates) {}

  private final Replica replica;
  private final Coordinator coordinator;
  private final GroupRouting routing;
  private final GroupStates states;
  private final OffsetLookup lookup;
  private final InstantSource clock;
  private final Executor executor;

  GroupDescriptions(
      Replica replica,
      Coordinator coordinator,
      GroupRouting routing,
      GroupStates states,
      OffsetLookup lookup,
      InstantSource clock,
      Executor executor) {
    this.replica = replica;
    this.coordinator = coordinator;
    this.routing = routing;
    this.states = states;
    this.lookup = lookup;
    this.clock = clock;
    this.executor = executor;
  }

  CompletableFuture<DescribeGroupResponse> describe(DescribeGroupRequest request, Peers peers) {
    GroupRouting.requireName(request.getGroup());
    return routing.route(
        request.getGroup(),
        request.getForwarded(),
        () -> here(request.getGroup(), peers),
        leader ->
            peers.<GroupServiceStub, DescribeGroupResponse>read(
                leader,
                GroupServiceGrpc::newStub,
                (stub, answer) ->
                    stub.describeGroup(request.toBuilder().setForwarded(true).build(), answer)));
  }

  private CompletableFuture<DescribeGroupResponse> here(String group, Peers peers) {
    CompletableFuture<KeyedState> current = states.current(group);
    return current
        .thenCompose(_ -> GroupProblems.mapped(replica.placement(), coordinator.describe(group)))
        .thenComposeAsync(
            snapshot -> {
              Scene scene = scene(group, snapshot, current.join());
              List<Row> rows = rows(scene);
              return lookup
                  .list(questions(rows, scene), false, peers)
                  .thenApply(answers -> response(group, scene, rows, answers));
            },
            executor);
  }

  private Scene scene(String group, GroupSnapshot snapshot, KeyedState state) {
    Map<PartitionId, StoredOffset> stored = new HashMap<>();
    for (GroupOffset each : state.offsets(group)) {
      stored.put(new PartitionId(each.topicId(), each.partition()), each.offset());
    }
    Map<PartitionId, Map.Entry<Member, Held>> holders = new HashMap<>();
    for (Member member : snapshot.record().members()) {
      member.held().forEach((partition, held) -> holders.put(partition, Map.entry(member, held)));
    }
    return new Scene(snapshot, stored, holders, CommitRates.of(state, group, clock.millis()));
  }

  private List<Row> rows(Scene scene) {
    Set<PartitionId> partitions = new HashSet<>(scene.snapshot.subscribed());
    partitions.addAll(scene.stored.keySet());
    List<Row> rows = new ArrayList<>();
    for (PartitionId partition : partitions) {
      Topic topic = states.topic(partition.topicId());
      if (topic != null && topic.hasPartition(partition.partition())) {
        rows.add(new Row(topic, partition.partition()));
      }
    }
    rows.sort(
        Comparator.<Row, String>comparing(row -> row.topic.name())
            .thenComparingInt(Row::partition));
    return rows;
  }

  private static List<ListOffsetsPartition> questions(List<Row> rows, Scene scene) {
    List<ListOffsetsPartition> questions = new ArrayList<>(rows.size() * QUESTIONS);
    for (Row row : rows) {
      StoredOffset stored = scene.stored.get(row.id());
      questions.add(question(row).setEarliest(true).build());
      questions.add(question(row).setLatest(true).build());
      questions.add(
          stored == null
              ? question(row).setLatest(true).build()
              : question(row).setOffset(stored.offset()).build());
    }
    return questions;
  }

  private static ListOffsetsPartition.Builder question(Row row) {
    return ListOffsetsPartition.newBuilder().setTopic(row.topic.name()).setPartition(row.partition);
  }

  private DescribeGroupResponse response(
      String group, Scene scene, List<Row> rows, List<ListedOffset> answers) {
    DescribeGroupResponse.Builder response =
        GroupMessages.description(replica.placement(), replica.self(), group, scene.snapshot);
    for (int i = 0; i < rows.size(); i++) {
      List<ListedOffset> found = answers.subList(i * QUESTIONS, (i + 1) * QUESTIONS);
      response.addPartitions(partition(rows.get(i), scene, found));
    }
    return response.build();
  }

  private GroupPartition partition(Row row, Scene scene, List<ListedOffset> found) {
    GroupPartition.Builder partition =
        GroupPartition.newBuilder()
            .setTopic(row.topic.name())
            .setPartition(row.partition)
            .setRecordsPerSecond(scene.rates.perSecond(row.id()));
    Map.Entry<Member, Held> holder = scene.holders.get(row.id());
    if (holder != null) {
      partition.setMemberId(holder.getKey().id()).setRevoking(holder.getValue().revoking());
    }
    boolean isKnown = !found.get(0).hasError() && !found.get(1).hasError();
    @Nullable PartitionLog log = isKnown ? null : replica.log(row.id());
    // A partition without a leader is shown as this node last knew it, and without a lag.
    partition
        .setLogStartOffset(
            isKnown ? found.get(0).getOffset() : log == null ? 0 : log.logStartOffset())
        .setEndOffset(isKnown ? found.get(1).getOffset() : log == null ? 0 : log.endOffset());
    StoredOffset stored = scene.stored.get(row.id());
    if (stored == null) {
      return partition.build();
    }
    partition
        .setStoredOffset(stored.offset())
        .setCommitTimeMillis(stored.commitTimeMillis())
        .setMetadata(stored.metadata());
    if (isKnown) {
      setLag(partition, found.get(2));
    }
    return partition.build();
  }

  private void setLag(GroupPartition.Builder partition, ListedOffset next) {
    long from = Math.max(partition.getStoredOffset(), partition.getLogStartOffset());
    long lag = Math.max(0, partition.getEndOffset() - from);
    partition.setLagRecords(lag);
    if (lag == 0) {
      partition.setLagMillis(0);
    } else if (!next.hasError() && next.hasTimestampMillis()) {
      partition.setLagMillis(Math.max(0, clock.millis() - next.getTimestampMillis()));
    }
  }
}
