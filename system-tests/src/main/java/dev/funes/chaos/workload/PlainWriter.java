package dev.funes.chaos.workload;

import com.google.protobuf.UnsafeByteOperations;
import dev.funes.chaos.history.Outcome;
import dev.funes.chaos.history.RecordValue;
import dev.funes.chaos.history.WorkLog;
import dev.funes.client.NodeAddress;
import dev.funes.client.TopicPartition;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.proto.v1.ProduceRequest;
import dev.funes.proto.v1.ProduceResponse;
import dev.funes.proto.v1.Record;
import dev.funes.proto.v1.RecordList;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A program that speaks the API by hand, without a producer id: it sends plain records once, to
 * whichever node, and does not repeat what it heard nothing of.
 */
final class PlainWriter extends Client {
  private static final int BURST_RECORDS_MAX = 4;
  private static final int UNDER_WAY_MAX = 64;
  private static final long ANSWER_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);
  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final int REQUESTS_PER_STREAM = 2_000; // then another node's turn

  private record Sent(long id, long firstSeq, int count, long nanos) {}

  private final Shared shared;
  private final int producer;
  private final SplittableRandom random;
  private final Pace pace;
  private final WorkLog log;
  private final long[] seqs;
  private final Map<Long, Sent> underWay = new ConcurrentHashMap<>();
  private long lastCorrelationId;

  PlainWriter(Shared shared, int producer, double recordsPerSecond) {
    super("plain-" + producer);
    this.shared = shared;
    this.producer = producer;
    this.random = new SplittableRandom(shared.info.seed() * 37 + producer);
    this.pace = new Pace(recordsPerSecond);
    this.log = shared.log(name());
    this.seqs = new long[shared.partitions.size()];
  }

  @Override
  void run() {
    try (log) {
      while (!isStopped()) {
        stream();
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      long end = System.nanoTime() + ANSWER_NANOS_MAX;
      while (!underWay.isEmpty() && System.nanoTime() < end) {
        LockSupport.parkNanos(IDLE_NANOS);
      }
      giveUp("never answered", Long.MAX_VALUE);
    }
  }

  /** One stream to one node, until it breaks or has been long enough. */
  private void stream() {
    NodeAddress node = shared.nodes.get(random.nextInt(shared.nodes.size()));
    shared.channels.hurry(node);
    Answers answers = new Answers();
    StreamObserver<ProduceRequest> requests =
        LogServiceGrpc.newStub(shared.channels.to(node)).produce(answers);
    for (int i = 0; i < REQUESTS_PER_STREAM && !isStopped() && answers.broken == null; i++) {
      giveUp("no answer in time", System.nanoTime() - ANSWER_NANOS_MAX);
      if (underWay.size() >= UNDER_WAY_MAX) {
        LockSupport.parkNanos(IDLE_NANOS);
        continue;
      }
      send(requests);
    }
    if (answers.broken == null) {
      requests.onCompleted(); // what is under way is still answered
    } else {
      giveUp(answers.broken, Long.MAX_VALUE);
    }
  }

  private void send(StreamObserver<ProduceRequest> requests) {
    int part = random.nextInt(seqs.length);
    int count = random.nextInt(1, BURST_RECORDS_MAX + 1);
    pace.await(count, this::isStopped);
    TopicPartition partition = shared.partitions.get(part);
    long first = seqs[part];
    seqs[part] += count;
    RecordList.Builder records = RecordList.newBuilder();
    for (int i = 0; i < count; i++) {
      byte[] value =
          new RecordValue(shared.info.runId(), producer, 0, part, first + i)
              .encode(Values.bytes(random, shared.settings.valueBytesMax()));
      records.addRecords(Record.newBuilder().setValue(UnsafeByteOperations.unsafeWrap(value)));
    }
    long correlationId = ++lastCorrelationId;
    long id = log.writing(part, producer, 0, first, count);
    underWay.put(correlationId, new Sent(id, first, count, System.nanoTime()));
    try {
      requests.onNext(
          ProduceRequest.newBuilder()
              .setCorrelationId(correlationId)
              .setTopic(partition.topic())
              .setPartition(partition.partition())
              .setRecords(records)
              .build());
    } catch (IllegalStateException broken) {
      Sent sent = underWay.remove(correlationId);
      if (sent != null) {
        end(sent, Outcome.UNKNOWN, "the stream was broken");
      }
    }
  }

  private void giveUp(String why, long sentBeforeNanos) {
    for (Map.Entry<Long, Sent> each : List.copyOf(underWay.entrySet())) {
      boolean late =
          sentBeforeNanos == Long.MAX_VALUE || each.getValue().nanos - sentBeforeNanos < 0;
      if (late && underWay.remove(each.getKey(), each.getValue())) {
        end(each.getValue(), Outcome.UNKNOWN, why);
      }
    }
  }

  private void end(Sent sent, Outcome outcome, String error) {
    log.notWritten(sent.id, outcome, sent.firstSeq, sent.count, error);
  }

  @Override
  void failed(Exception why) {
    log.close();
  }

  /** What a node says, on the network's thread. */
  private final class Answers implements StreamObserver<ProduceResponse> {
    private volatile @Nullable String broken;

    @Override
    public void onNext(ProduceResponse response) {
      Sent sent = underWay.remove(response.getCorrelationId());
      if (sent == null) {
        return; // too late: it has been noted as unknown
      }
      if (response.hasAppended()) {
        log.written(sent.id, sent.firstSeq, sent.count, response.getAppended().getBaseOffset());
        shared.acknowledged.addAndGet(sent.count);
      } else {
        dev.funes.proto.v1.ErrorCode code = response.getError().getCode();
        end(sent, Outcomes.of(code), code.name());
      }
    }

    @Override
    public void onError(Throwable failure) {
      broken = String.valueOf(failure.getMessage());
    }

    @Override
    public void onCompleted() {
      broken = "the node closed the stream";
    }
  }
}
