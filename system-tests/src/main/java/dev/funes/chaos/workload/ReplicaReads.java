package dev.funes.chaos.workload;

import dev.funes.client.NodeAddress;
import dev.funes.client.TopicPartition;
import dev.funes.proto.v1.FetchPartition;
import dev.funes.proto.v1.FetchRequest;
import dev.funes.proto.v1.FetchResponse;
import dev.funes.proto.v1.LogServiceGrpc;
import dev.funes.record.LogRecord;
import dev.funes.record.RecordBatch;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Reads whole partitions from one node, from its own replicas. One thread at a time uses it. */
public final class ReplicaReads implements AutoCloseable {
  private static final int TRIES_MAX = 60;
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int READ_MINUTES_MAX = 30;

  private final Channels channels = new Channels();

  /** Takes records in the order of their offsets, each once. */
  @FunctionalInterface
  public interface Reader {
    void record(long offset, byte @Nullable [] value);
  }

  /** One reading; where it has come to. */
  private static final class Reading {
    long next;
    String problem = "";
    boolean done;
  }

  /**
   * Reads from the start to the end; a break is gone on from.
   *
   * @throws IllegalStateException when the node does not let it, for a minute
   */
  public void read(NodeAddress node, TopicPartition partition, Reader reader) {
    Reading reading = new Reading();
    for (int i = 0; i < TRIES_MAX && !reading.done; i++) {
      go(node, partition, reading, reader);
      if (!reading.done) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    if (!reading.done) {
      throw new IllegalStateException(
          "expected to read %s from %s, got: %s".formatted(partition, node, reading.problem));
    }
  }

  private void go(NodeAddress node, TopicPartition partition, Reading reading, Reader reader) {
    FetchRequest request =
        FetchRequest.newBuilder()
            .setForwarded(true)
            .addPartitions(
                FetchPartition.newBuilder()
                    .setTopic(partition.topic())
                    .setPartition(partition.partition())
                    .setOffset(reading.next))
            .build();
    try {
      channels.hurry(node);
      Iterator<FetchResponse> responses =
          LogServiceGrpc.newBlockingStub(channels.to(node))
              .withDeadlineAfter(READ_MINUTES_MAX, TimeUnit.MINUTES)
              .fetch(request);
      while (responses.hasNext()) {
        FetchResponse response = responses.next();
        switch (response.getOutcomeCase()) {
          case BATCHES -> batches(response, reading, reader);
          case END_REACHED -> reading.done = true;
          default -> reading.problem = response.getError().getMessage();
        }
      }
    } catch (StatusRuntimeException e) {
      reading.problem = String.valueOf(e.getMessage());
    }
  }

  private static void batches(FetchResponse response, Reading reading, Reader reader) {
    for (RecordBatch batch : RecordBatch.split(response.getBatches().asReadOnlyByteBuffer())) {
      for (LogRecord record : batch.records(RecordBatch.UNCOMPRESSED_BYTES_MAX)) {
        if (record.offset() >= reading.next) {
          reader.record(record.offset(), record.value());
          reading.next = record.offset() + 1;
        }
      }
    }
  }

  @Override
  public void close() {
    channels.close();
  }
}
