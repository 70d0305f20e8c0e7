package dev.funes.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.funes.cluster.PartitionId;
import dev.funes.filter.Filter;
import dev.funes.filter.FilterCostException;
import dev.funes.log.Damage;
import dev.funes.log.LogScrub;
import dev.funes.log.PartitionLog;
import dev.funes.proto.v1.EndReached;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.FetchFormat;
import dev.funes.proto.v1.FetchPartition;
import dev.funes.proto.v1.FetchResponse;
import dev.funes.proto.v1.FilterProgress;
import dev.funes.proto.v1.OffsetOutOfRange;
import dev.funes.proto.v1.RecordList;
import dev.funes.record.InvalidBatchException;
import dev.funes.record.RecordBatch;
import dev.funes.replication.Replica;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One partition of a Fetch stream that is read from the replica on this node. One thread at a time
 * uses it: the pump of its stream.
 */
final class FetchPart {
  private final Replica replica;
  private final FetchPartition asked;
  private final PartitionId id;
  private final Runnable wake;
  private long offset;
  private long until;
  private final Elsewhere elsewhere;
  private @Nullable PartitionLog log;
  private @Nullable FetchProxy successor;
  private boolean done;

  /** The offset at which what was read made no sense, and everything is checked again. */
  private long doubted = -1;

  /** Opens a stream for what is left of a partition, to another replica; null when none is. */
  @FunctionalInterface
  interface Elsewhere {
    @Nullable FetchProxy open(FetchPartition rest, PartitionId id);
  }

  /**
   * @param until where to stop, exclusive; {@link Long#MAX_VALUE} to go on for ever
   * @param wake called on the apply thread when there may be more
   * @param elsewhere where to read on when the replica here is damaged
   */
  FetchPart(
      Replica replica,
      FetchPartition asked,
      PartitionId id,
      long until,
      Runnable wake,
      Elsewhere elsewhere) {
    this.replica = replica;
    this.asked = asked;
    this.id = id;
    this.offset = asked.getOffset();
    this.until = until;
    this.wake = wake;
    this.elsewhere = elsewhere;
  }

  boolean isDone() {
    return done;
  }

  /** No further than here, although the log may grow. */
  void stopAt(long endOffset) {
    until = Math.min(until, endOffset);
  }

  /** Who goes on where this one has ended; null when nobody does. */
  @Nullable FetchProxy successor() {
    return successor;
  }

  /** Its last word: the partition cannot be read. */
  FetchResponse fail(Error error) {
    return last(response().setError(error));
  }

  FetchResponse outOfRange() {
    return last(response().setOutOfRange(OffsetOutOfRange.newBuilder().setRequestedOffset(offset)));
  }

  /**
   * The next piece; null when there is none now.
   *
   * @param filter of plain records; null: all
   */
  @Nullable FetchResponse next(int bytesMax, FetchFormat format, @Nullable Filter filter) {
    if (offset >= until) {
      return last(response().setEndReached(EndReached.newBuilder().setNextOffset(offset)));
    }
    if (replica.view().topic(id.topicId()) == null && isDeleted()) {
      return fail(Errors.unknownTopic(asked.getTopic()));
    }
    PartitionLog open = openLog();
    if (open == null) {
      return null; // the partition is not here yet; its creation wakes the stream
    }
    try {
      return next(open.fetch(offset, bytesMax), bytesMax, format, filter);
    } catch (IllegalStateException closed) {
      if (open.isReleased()) {
        return null; // a newer copy takes its place, and wakes the stream
      }
      return fail(Errors.unknownTopic(asked.getTopic())); // dropped while it was read
    } catch (UncheckedIOException e) {
      new LogScrub(open).distrust(); // The next look at it is a careful one.
      return fail(Errors.unavailable("the replica here cannot be read: " + e.getMessage()));
    }
  }

  /** Lets go of the log. */
  void close() {
    done = true;
    if (log != null) {
      log.removeListener(wake);
      log = null;
    }
  }

  private @Nullable FetchResponse next(
      PartitionLog.Fetch fetch, int bytesMax, FetchFormat format, @Nullable Filter filter) {
    return switch (fetch) {
      case PartitionLog.Fetch.Batches(long _, ByteBuffer bytes, long nextOffset) ->
          format == FetchFormat.FETCH_FORMAT_RECORDS
              ? records(bytes, nextOffset, bytesMax, filter)
              : batches(bytes, nextOffset);
      case PartitionLog.Fetch.AtEnd _ -> null;
      // The offset is within the leader's log, or the stream would not have come to here.
      case PartitionLog.Fetch.BeyondEnd _ -> null;
      case PartitionLog.Fetch.BelowStart _ -> outOfRange();
      case PartitionLog.Fetch.Damaged(Damage damage) -> passOn(damage);
    };
  }

  /** Nobody gets damaged batches: another replica has the right ones, or will, when it is asked. */
  private @Nullable FetchResponse passOn(Damage damage) {
    if (log != null) {
      replica.scrubber().suspect(id, log, damage.offset());
    }
    FetchPartition.Builder rest = asked.toBuilder().setOffset(offset);
    if (until != Long.MAX_VALUE) {
      rest.setUntilOffset(until);
    }
    successor = elsewhere.open(rest.build(), id);
    if (successor == null) {
      return fail(Errors.damaged(damage));
    }
    close();
    return null;
  }

  private FetchResponse batches(ByteBuffer bytes, long nextOffset) {
    ByteBuffer wanted = nextOffset <= until ? bytes : before(bytes, until);
    // Not copied: gRPC writes the message out before onNext returns.
    ByteString batches = UnsafeByteOperations.unsafeWrap(wanted);
    FetchResponse response = response().setBatches(batches).build();
    offset = nextOffset;
    return response;
  }

  /**
   * Decodes as much as fills a response, and goes on within the batch the next time: what is small
   * in the log may be a thousand times as large here.
   */
  private @Nullable FetchResponse records(
      ByteBuffer bytes, long nextOffset, int bytesMax, @Nullable Filter filter) {
    PlainPiece piece =
        new PlainPiece(
            new PlainPiece.Wanted(asked.getTopic(), asked.getPartition(), offset, until, filter),
            bytesMax);
    long reached = nextOffset;
    try {
      for (RecordBatch batch : RecordBatch.split(bytes)) {
        batch.forEachWhile(RecordBatch.UNCOMPRESSED_BYTES_MAX, piece);
        if (piece.isFull()) {
          reached = piece.nextOffset();
          break;
        }
      }
    } catch (InvalidBatchException | FilterCostException e) {
      if (piece.nextOffset() == offset) {
        if (e instanceof InvalidBatchException && log != null && doubted != offset) {
          doubted = offset;
          new LogScrub(log).distrust();
          wake.run(); // The next look at it is a careful one.
          return null;
        }
        return fail(problem(e));
      }
      reached = piece.nextOffset(); // what was good goes first; the next piece begins with the rest
    }
    offset = Math.min(reached, until);
    return found(piece.records(), filter != null);
  }

  private FetchResponse found(RecordList records, boolean filtered) {
    FetchResponse.Builder response = response().setNextOffset(offset);
    return filtered && records.getRecordsCount() == 0
        ? response.setProgress(FilterProgress.getDefaultInstance()).build()
        : response.setRecords(records).build();
  }

  private Error problem(RuntimeException e) {
    return e instanceof FilterCostException
        ? Errors.overLimit(ErrorCode.LIMIT_EXCEEDED, "filter", String.valueOf(e.getMessage()), 0)
        : Errors.of(ErrorCode.CORRUPT_BATCH, "at offset " + offset + ": " + e.getMessage());
  }

  /** The batches that begin before an offset. */
  private static ByteBuffer before(ByteBuffer batches, long until) {
    int end = batches.position();
    while (end < batches.limit() && RecordBatch.at(batches, end).baseOffset() < until) {
      end += RecordBatch.sizeBytesAt(batches, end);
    }
    return batches.slice(batches.position(), end - batches.position());
  }

  private @Nullable PartitionLog openLog() {
    if (log != null && log.isReleased() && replica.log(id) != log) {
      log.removeListener(wake);
      log = null;
    }
    if (log == null) {
      log = replica.log(id);
      if (log != null) {
        log.addListener(wake);
      }
    }
    return log;
  }

  /** A topic that this node has not heard of yet is not a deleted one. */
  private boolean isDeleted() {
    return id.topicId() <= replica.view().lastTopicId();
  }

  private FetchResponse last(FetchResponse.Builder response) {
    FetchResponse built = response.build();
    close();
    return built;
  }

  private FetchResponse.Builder response() {
    FetchResponse.Builder response =
        FetchResponse.newBuilder().setTopic(asked.getTopic()).setPartition(asked.getPartition());
    PartitionLog open = openLog();
    return open == null
        ? response
        : response.setLogStartOffset(open.logStartOffset()).setEndOffset(open.endOffset());
  }

  /** Where the replica here ends; 0 when the partition is not here yet. */
  long localEnd() {
    PartitionLog open = openLog();
    return open == null ? 0 : open.endOffset();
  }
}
