package dev.funes.chaos.proxy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.funes.proto.v1.Appended;
import dev.funes.proto.v1.FetchResponse;
import dev.funes.proto.v1.ListOffsetsRequest;
import dev.funes.proto.v1.ListOffsetsResponse;
import dev.funes.proto.v1.ListedOffset;
import dev.funes.proto.v1.MemberCommitted;
import dev.funes.proto.v1.MemberRequest;
import dev.funes.proto.v1.MemberResponse;
import dev.funes.proto.v1.ProduceRequest;
import dev.funes.proto.v1.ProduceResponse;
import dev.funes.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The lies that checks must see: most are told at random, this often of a hundred. */
public final class KnownLies {
  private KnownLies() {}

  /** A lie that is told now and then. */
  private abstract static class Sometimes extends Lies {
    private final SplittableRandom random;
    private final int percent;
    private final AtomicLong count = new AtomicLong();

    Sometimes(long seed, int percent) {
      this.random = new SplittableRandom(seed);
      this.percent = percent;
    }

    final boolean isTime() {
      boolean now;
      synchronized (random) {
        now = random.nextInt(100) < percent;
      }
      if (now) {
        count.incrementAndGet();
      }
      return now;
    }

    @Override
    public final long count() {
      return count.get();
    }
  }

  /** Says that records are written, and does not pass them on. */
  public static Lies acknowledgesWithoutForwarding(long seed, int percent) {
    return new Sometimes(seed, percent) {
      private final Map<String, Long> ends = new ConcurrentHashMap<>();

      @Override
      public void request(Wire wire, Message request) {
        if (request instanceof ProduceRequest produce) {
          Long end = ends.get(produce.getTopic() + produce.getPartition());
          if (end != null && isTime()) {
            wire.toClient(
                ProduceResponse.newBuilder()
                    .setCorrelationId(produce.getCorrelationId())
                    .setAppended(Appended.newBuilder().setBaseOffset(end))
                    .build());
            return;
          }
          ends.merge(produce.getTopic() + produce.getPartition(), 1L, Long::sum);
        }
        wire.toNode(request);
      }
    };
  }

  /** Passes records on without what tells a repetition, some of them twice. */
  public static Lies doublesWithoutDeduplication(long seed, int percent) {
    return new Sometimes(seed, percent) {
      @Override
      public void request(Wire wire, Message request) {
        if (request instanceof ProduceRequest produce && produce.hasBatch()) {
          ProduceRequest plain = PlainRecords.of(produce);
          wire.toNode(plain);
          if (isTime()) {
            wire.toNodeApart(plain);
          }
        } else {
          wire.toNode(request);
        }
      }
    };
  }

  /** Answers where a partition ends with what it heard long ago. */
  public static Lies repeatsOldEnds(long seed, int percent) {
    return new Sometimes(seed, percent) {
      private final Map<Message, Message> old = new ConcurrentHashMap<>();
      private final Map<Wire, Message> asked = new ConcurrentHashMap<>();

      @Override
      public void request(Wire wire, Message request) {
        if (request instanceof ListOffsetsRequest) {
          asked.put(wire, request);
        }
        wire.toNode(request);
      }

      @Override
      public void response(Wire wire, Message response) {
        Message request = asked.remove(wire);
        if (request != null) {
          Message first = old.putIfAbsent(request, response);
          if (first != null && isTime()) {
            wire.toClient(first);
            return;
          }
        }
        wire.toClient(response);
      }
    };
  }

  /** Says that a partition ends one record later than it does. */
  public static Lies endsTooFar(long seed, int percent) {
    return new Sometimes(seed, percent) {
      @Override
      public void response(Wire wire, Message response) {
        if (!(response instanceof ListOffsetsResponse offsets) || !isTime()) {
          wire.toClient(response);
          return;
        }
        ListOffsetsResponse.Builder further = offsets.toBuilder().clearOffsets();
        for (ListedOffset each : offsets.getOffsetsList()) {
          further.addOffsets(
              each.hasOffset() ? each.toBuilder().setOffset(each.getOffset() + 1).build() : each);
        }
        wire.toClient(further.build());
      }
    };
  }

  /** Keeps pieces of what is read. */
  public static Lies cutsFetches(long seed, int percent) {
    return new Sometimes(seed, percent) {
      @Override
      public void response(Wire wire, Message response) {
        if (response instanceof FetchResponse fetch && fetch.hasBatches()) {
          List<RecordBatch> batches = RecordBatch.split(fetch.getBatches().asReadOnlyByteBuffer());
          if (isTime()) {
            if (batches.size() > 1) { // else all of it is kept
              ByteBuffer rest = fetch.getBatches().asReadOnlyByteBuffer();
              rest.position(batches.getFirst().sizeBytes());
              wire.toClient(fetch.toBuilder().setBatches(ByteString.copyFrom(rest)).build());
            }
            return;
          }
        }
        wire.toClient(response);
      }
    };
  }

  /** Changes a bit of what is read. */
  public static Lies changesBits(long seed, int percent) {
    return new Sometimes(seed, percent) {
      @Override
      public void response(Wire wire, Message response) {
        if (response instanceof FetchResponse fetch && fetch.hasBatches() && isTime()) {
          byte[] bytes = fetch.getBatches().toByteArray();
          bytes[bytes.length - 3] ^= 1;
          wire.toClient(fetch.toBuilder().setBatches(ByteString.copyFrom(bytes)).build());
        } else {
          wire.toClient(response);
        }
      }
    };
  }

  /**
   * Says that offsets of a consumer group are stored, and does not pass them on: none after the
   * first ones, else the next that is passed on would cover up what was lost.
   */
  public static Lies losesCommitsAfter(int honest) {
    return new Lies() {
      private final AtomicLong commits = new AtomicLong();

      @Override
      public void request(Wire wire, Message request) {
        if (request instanceof MemberRequest member
            && member.hasCommit()
            && commits.incrementAndGet() > honest) {
          wire.toClient(
              MemberResponse.newBuilder()
                  .setCommitted(
                      MemberCommitted.newBuilder()
                          .setCorrelationId(member.getCommit().getCorrelationId()))
                  .build());
        } else {
          wire.toNode(request);
        }
      }

      @Override
      public long count() {
        return Math.max(0, commits.get() - honest);
      }
    };
  }
}
