package dev.funes.server.grpc;

import dev.funes.cluster.NodeId;
import dev.funes.cluster.PartitionId;
import dev.funes.cluster.RaftGroupId;
import dev.funes.cluster.Topic;
import dev.funes.cluster.TopicName;
import dev.funes.filter.Filter;
import dev.funes.filter.InvalidFilterException;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.FetchFormat;
import dev.funes.proto.v1.FetchPartition;
import dev.funes.proto.v1.FetchRequest;
import dev.funes.proto.v1.FetchResponse;
import dev.funes.replication.Replica;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a Fetch stream: checks the request, finds its partitions here or on other nodes,
 * and asks their leaders how far they go where that matters. The rest is {@link FetchStream}.
 */
final class FetchCall {
  private static final int RESPONSE_BYTES_DEFAULT = 1 << 20;
  private static final int RESPONSE_BYTES_MAX = 16 << 20;

  /** Of a stream that is passed on, so that many of them can wait for clients that do not read. */
  private static final int REMOTE_RESPONSE_BYTES_MAX = 256 << 10;

  private static final int PARTITIONS_MAX = 10_000;

  /** How often a leader is looked for before a stream that needs one gives up: five seconds. */
  private static final int LEADER_TRIES_MAX = 50;

  private static final int LEADER_WAIT_MILLIS = 100;

  /** Where a partition is read. */
  private sealed interface Source {
    record Known(FetchResponse response) implements Source {}

    record Local(FetchPart part) implements Source {}

    record Remote(FetchPartition asked, NodeId node) implements Source {}
  }

  private final LogContext log;
  private final FetchRequest request;
  private final FetchStream stream;
  private final Peers peers;
  private final Executor later;

  private FetchCall(LogContext log, FetchRequest request, FetchStream stream, Peers peers) {
    this.log = log;
    this.request = request;
    this.stream = stream;
    this.peers = peers;
    this.later =
        CompletableFuture.delayedExecutor(
            LEADER_WAIT_MILLIS, TimeUnit.MILLISECONDS, log.executor());
  }

  static void start(
      LogContext log,
      FetchRequest request,
      FetchContext fetches,
      ServerCallStreamObserver<FetchResponse> responses) {
    Filter filter;
    try {
      validate(request);
      filter = filter(request);
    } catch (RequestProblem e) {
      responses.onError(ErrorMapping.status(e.error()));
      return;
    }
    FetchStream stream =
        new FetchStream(
            log.replica(),
            responses,
            fetches,
            new FetchStream.Form(responseBytesMax(request), request.getFormat(), filter));
    stream.attach();
    new FetchCall(log, request, stream, ClientConnection.current().peers()).start();
  }

  private static int responseBytesMax(FetchRequest request) {
    int asked = request.getResponseBytesMax();
    return asked == 0 ? RESPONSE_BYTES_DEFAULT : Math.min(asked, RESPONSE_BYTES_MAX);
  }

  private static void validate(FetchRequest request) {
    require(request.getPartitionsCount() > 0, "partitions", "partitions must have at least one");
    require(
        request.getPartitionsCount() <= PARTITIONS_MAX,
        "partitions",
        "partitions must have at most " + PARTITIONS_MAX);
    require(
        request.getResponseBytesMax() >= 0,
        "response_bytes_max",
        "response_bytes_max must be 0 or more, was " + request.getResponseBytesMax());
    require(
        request.getFormat() != FetchFormat.UNRECOGNIZED,
        "format",
        "format must be FETCH_FORMAT_BATCHES or FETCH_FORMAT_RECORDS");
    Set<Map.Entry<String, Integer>> seen = new HashSet<>();
    for (int i = 0; i < request.getPartitionsCount(); i++) {
      validate("partitions[" + i + "]", request.getPartitions(i), seen);
    }
  }

  /** Null when all records are wanted. */
  private static @Nullable Filter filter(FetchRequest request) {
    String expression = request.getFilter();
    if (expression.isEmpty()) {
      return null;
    }
    require(
        request.getFormat() == FetchFormat.FETCH_FORMAT_RECORDS,
        "filter",
        "filter needs the format FETCH_FORMAT_RECORDS");
    try {
      return Filter.compile(expression);
    } catch (InvalidFilterException e) {
      throw new RequestProblem(Errors.invalid("filter", "filter " + e.getMessage()));
    }
  }

  private static void validate(
      String field, FetchPartition asked, Set<Map.Entry<String, Integer>> seen) {
    String problem = TopicName.problem(asked.getTopic());
    require(problem == null, field + ".topic", String.valueOf(problem));
    require(
        asked.getOffset() >= 0,
        field + ".offset",
        field + ".offset must be 0 or more, was " + asked.getOffset());
    require(
        !asked.hasUntilOffset() || asked.getUntilOffset() >= asked.getOffset(),
        field + ".until_offset",
        field + ".until_offset must not lie before the offset");
    require(
        seen.add(Map.entry(asked.getTopic(), asked.getPartition())),
        field,
        field + " names partition " + asked.getPartition() + " of " + asked.getTopic() + " again");
  }

  private static void require(boolean holds, String field, String message) {
    if (!holds) {
      throw new RequestProblem(Errors.invalid(field, message));
    }
  }

  private void start() {
    List<CompletableFuture<Source>> sources =
        request.getPartitionsList().stream().map(this::find).toList();
    var _ =
        CompletableFuture.allOf(sources.toArray(CompletableFuture<?>[]::new))
            .thenRun(() -> begin(sources.stream().map(CompletableFuture::join).toList()));
  }

  private void begin(List<Source> sources) {
    List<FetchResponse> known = new ArrayList<>();
    List<FetchPart> local = new ArrayList<>();
    Map<NodeId, FetchRequest.Builder> remote = new HashMap<>();
    for (Source source : sources) {
      switch (source) {
        case Source.Known(FetchResponse response) -> known.add(response);
        case Source.Local(FetchPart part) -> local.add(part);
        case Source.Remote(FetchPartition asked, NodeId node) ->
            remote.computeIfAbsent(node, _ -> passedOn()).addPartitions(asked);
      }
    }
    List<FetchProxy> proxies = new ArrayList<>();
    remote.forEach(
        (node, part) -> {
          try {
            proxies.add(FetchProxy.open(part.build(), peers.channel(node), stream.waker()));
          } catch (RequestProblem e) {
            part.getPartitionsList().forEach(asked -> known.add(failed(asked, e.error())));
          }
        });
    stream.start(known, local, proxies);
  }

  private FetchRequest.Builder passedOn() {
    int bytes = Math.min(responseBytesMax(request), REMOTE_RESPONSE_BYTES_MAX);
    return request.toBuilder().clearPartitions().setResponseBytesMax(bytes);
  }

  /** Never fails: what goes wrong is known, and the client hears it in the stream. */
  private CompletableFuture<Source> find(FetchPartition asked) {
    return log.topics()
        .find(asked.getTopic())
        .thenCompose(topic -> find(asked, topic))
        .exceptionally(failure -> new Source.Known(failed(asked, ErrorMapping.error(failure))));
  }

  private CompletableFuture<Source> find(FetchPartition asked, Topic topic) {
    PartitionId id = Topics.partition(topic, asked.getPartition());
    RaftGroupId group = log.topics().raftGroup(id);
    Replica replica = log.replica();
    if (!replica.isHere(group)) {
      return CompletableFuture.completedFuture(remote(asked, group));
    }
    long until = asked.hasUntilOffset() ? asked.getUntilOffset() : Long.MAX_VALUE;
    FetchPart part = new FetchPart(replica, asked, id, until, stream.waker(), this::elsewhere);
    if (request.getFollow() && asked.getOffset() <= part.localEnd()) {
      return CompletableFuture.completedFuture(new Source.Local(part));
    }
    // The replica here may be a moment behind what was acknowledged: its leader knows the end.
    return end(asked, LEADER_TRIES_MAX)
        .handle(
            (end, failure) -> {
              if (failure != null) {
                return new Source.Known(part.fail(ErrorMapping.error(failure)));
              }
              if (asked.getOffset() > end) {
                return new Source.Known(part.outOfRange());
              }
              if (!request.getFollow()) {
                part.stopAt(end);
              }
              return new Source.Local(part);
            });
  }

  /** The leader, if it is another node; else any other replica, not always the same. */
  private @Nullable FetchProxy elsewhere(FetchPartition rest, PartitionId id) {
    Replica replica = log.replica();
    RaftGroupId group = log.topics().raftGroup(id);
    List<NodeId> others = new ArrayList<>(replica.placement().replicas(group));
    others.remove(replica.self());
    if (request.getForwarded() || others.isEmpty()) {
      return null;
    }
    NodeId leader = log.leaders().of(group);
    NodeId node =
        leader != null && others.contains(leader)
            ? leader
            : others.get(ThreadLocalRandom.current().nextInt(others.size()));
    try {
      return FetchProxy.open(
          passedOn().addPartitions(rest).build(), peers.channel(node), stream.waker());
    } catch (RequestProblem e) {
      return null;
    }
  }

  private Source remote(FetchPartition asked, RaftGroupId group) {
    NodeId node = log.leaders().of(group);
    return node == null || request.getForwarded()
        ? new Source.Known(
            failed(asked, Errors.unavailable("this node has no replica of the partition")))
        : new Source.Remote(asked, node);
  }

  private CompletableFuture<Long> end(FetchPartition asked, int tries) {
    return log.offsets()
        .end(asked.getTopic(), asked.getPartition(), peers)
        .exceptionallyCompose(
            failure ->
                tries > 1 && isPassing(ErrorMapping.error(failure).getCode())
                    ? CompletableFuture.runAsync(() -> {}, later)
                        .thenCompose(_ -> end(asked, tries - 1))
                    : CompletableFuture.failedFuture(failure));
  }

  private static boolean isPassing(ErrorCode code) {
    return code == ErrorCode.NOT_LEADER || code == ErrorCode.UNAVAILABLE;
  }

  private static FetchResponse failed(FetchPartition asked, Error error) {
    return FetchResponse.newBuilder()
        .setTopic(asked.getTopic())
        .setPartition(asked.getPartition())
        .setError(error)
        .build();
  }
}
