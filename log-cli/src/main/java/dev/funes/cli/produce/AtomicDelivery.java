package dev.funes.cli.produce;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.format.BadInputException;
import dev.funes.cli.format.InputRecord;
import dev.funes.cli.format.RecordSource;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.Producer;
import dev.funes.client.ProducerRecord;
import dev.funes.client.RecordPosition;
import dev.funes.client.TopicPartition;
import dev.funes.record.Murmur2;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Writes the whole input as one batch of one partition, or nothing.
 *
 * <p>One thread delivers; {@link #interrupt} comes from another one, while that may hang in a read
 * that nothing can wake.
 */
final class AtomicDelivery {
  private static final Duration INTERRUPTED_CLOSE = Duration.ofSeconds(8);

  /** What a record takes besides its key and value, at least. */
  private static final int RECORD_BYTES_MIN = 7;

  private enum State {
    READING,
    APPENDING,
    INTERRUPTED
  }

  private final Producer producer;
  private final Outgoing outgoing;
  private final @Nullable Long expectedOffset;
  private final String unit;
  private final OffsetReport offsets;
  private final AtomicReference<State> state = new AtomicReference<>(State.READING);

  /** The expected offset is null when the batch goes wherever the partition ends. */
  AtomicDelivery(
      Producer producer,
      Outgoing outgoing,
      @Nullable Long expectedOffset,
      String unit,
      OffsetReport offsets) {
    this.producer = producer;
    this.outgoing = outgoing;
    this.expectedOffset = expectedOffset;
    this.unit = unit;
    this.offsets = offsets;
  }

  /** Reads all, appends all; returns how many records and bytes it wrote. */
  Acknowledgements deliver(RecordSource source) throws IOException {
    Acknowledgements done = new Acknowledgements(outgoing.topic().partitionCount());
    List<InputRecord> input;
    int partition;
    try {
      input = readAll(source);
      partition = partition(input);
    } catch (BadInputException e) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "%s %d: %s".formatted(unit, e.lineNumber(), e.getMessage()),
          "nothing was written",
          e);
    }
    if (!state.compareAndSet(State.READING, State.APPENDING)) {
      return done;
    }
    RecordPosition first = append(new TopicPartition(outgoing.topic().name(), partition), input);
    for (int i = 0; i < input.size(); i++) {
      InputRecord record = input.get(i);
      RecordPosition position =
          new RecordPosition(
              first.topic(), partition, first.offset() + i, record.timestampMillis());
      offsets.add(record.lineNumber(), CompletableFuture.completedFuture(position));
      done.completed(record.lineNumber(), Outgoing.bytes(record), position, null);
    }
    return done;
  }

  private List<InputRecord> readAll(RecordSource source) throws IOException {
    List<InputRecord> input = new ArrayList<>();
    long bytes = 0;
    for (InputRecord record = source.next(); record != null; record = source.next()) {
      input.add(record);
      bytes += RECORD_BYTES_MIN + Outgoing.bytes(record);
      if (bytes > Producer.ATOMIC_BYTES_MAX) {
        throw new CommandFailure(
            ExitCode.FAILED,
            "%s %d: the input does not fit into one batch of %d bytes"
                .formatted(unit, record.lineNumber(), Producer.ATOMIC_BYTES_MAX),
            "nothing was written; without --atomic and --expect-offset the input may be of any"
                + " size",
            null);
      }
    }
    if (input.isEmpty()) {
      throw new CommandFailure(ExitCode.USAGE, "the input is empty: there is nothing to append");
    }
    return input;
  }

  private int partition(List<InputRecord> input) throws BadInputException {
    InputRecord first = input.getFirst();
    Integer target = outgoing.target(first);
    byte[] key = first.key();
    boolean oneKey = key != null;
    for (InputRecord record : input) {
      Integer other = outgoing.target(record);
      if (target == null ? other != null : !target.equals(other)) {
        throw new BadInputException(
            record.lineNumber(),
            "it is for %s and %s %d for %s, and one batch goes to one partition: -p names it"
                .formatted(name(other), unit, first.lineNumber(), name(target)));
      }
      oneKey = oneKey && Arrays.equals(key, record.key());
    }
    int count = outgoing.topic().partitionCount();
    if (target != null || count == 1) {
      return target == null ? 0 : target;
    }
    if (key == null || !oneKey) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "--atomic writes to one partition and '%s' has %d: give -p, or the same key everywhere"
              .formatted(outgoing.topic().name(), count));
    }
    return Murmur2.partition(key, count);
  }

  private static String name(@Nullable Integer partition) {
    return partition == null ? "any partition" : "partition " + partition;
  }

  private RecordPosition append(TopicPartition partition, List<InputRecord> input) {
    List<ProducerRecord> records =
        input.stream().map(record -> outgoing.recordToSend(record, partition.partition())).toList();
    try {
      return (expectedOffset == null
              ? producer.appendAtomically(partition, records)
              : producer.appendAt(partition, expectedOffset, records))
          .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof FunesException failure
          && failure.code() == ErrorCode.OFFSET_CONFLICT) {
        throw conflict(partition, failure);
      }
      throw e;
    }
  }

  private CommandFailure conflict(TopicPartition partition, FunesException failure) {
    String topic = partition.topic();
    int number = partition.partition();
    return new CommandFailure(
        ExitCode.CONFLICT,
        "partition %d of '%s' ends at %d, not at the expected %d; nothing was written"
            .formatted(number, topic, failure.limit(), expectedOffset),
        "funes consume %s -p %d -o %d -e shows what came; then --expect-offset %d"
            .formatted(
                topic,
                number,
                Math.min(failure.limit(), expectedOffset == null ? 0 : expectedOffset),
                failure.limit()),
        failure);
  }

  /**
   * True when nothing was appended and nothing will be; else waits a little for the append, and the
   * deliverer tells what became of it.
   */
  boolean interrupt() {
    if (state.compareAndSet(State.READING, State.INTERRUPTED)) {
      return true;
    }
    producer.close(INTERRUPTED_CLOSE);
    return false;
  }
}
