package dev.funes.client;

import dev.funes.proto.v1.MemberCommit;
import dev.funes.proto.v1.MemberCommitted;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The commits of a member that have no answer yet. Each is sent again, on whatever stream there is,
 * until it is answered for good or the request timeout is over. A commit keeps the generation it
 * was made in, so that a late one never undoes what came after the member lost the partition.
 *
 * <p>Thread-safe. It sends and completes without its lock.
 */
final class MemberCommits {
  private static final long PAUSE_MILLIS_MIN = 50;

  private record Pending(
      MemberCommit commit, CompletableFuture<Void> done, ScheduledFuture<?> timeout) {}

  private final ScheduledExecutorService timer;
  private final long timeoutMillis;
  private final Consumer<MemberCommit> sender;
  private final Map<Long, Pending> pending = new LinkedHashMap<>();
  private long lastCorrelationId;

  /**
   * @param sender sends when there is a stream to send on; otherwise {@link #sendAgain()} will
   */
  MemberCommits(ScheduledExecutorService timer, long timeoutMillis, Consumer<MemberCommit> sender) {
    this.timer = timer;
    this.timeoutMillis = timeoutMillis;
    this.sender = sender;
  }

  /** Fails with a {@link FunesException}. */
  CompletableFuture<Void> add(long generation, Collection<CommittedOffset> offsets) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    MemberCommit commit;
    synchronized (this) {
      long id = ++lastCorrelationId;
      commit =
          MemberCommit.newBuilder()
              .setCorrelationId(id)
              .setGeneration(generation)
              .addAllOffsets(offsets.stream().map(ToProto::stored).toList())
              .build();
      ScheduledFuture<?> timeout =
          timer.schedule(() -> timedOut(id), timeoutMillis, TimeUnit.MILLISECONDS);
      pending.put(id, new Pending(commit, done, timeout));
    }
    sender.accept(commit);
    return done;
  }

  /** There is a new stream. */
  void sendAgain() {
    List<Pending> all;
    synchronized (this) {
      all = List.copyOf(pending.values());
    }
    all.forEach(each -> sender.accept(each.commit));
  }

  void answered(MemberCommitted answer) {
    if (!answer.hasError()) {
      Pending stored = remove(answer.getCorrelationId());
      if (stored != null) {
        stored.done.complete(null);
      }
      return;
    }
    Failure failure = Failure.of(answer.getError());
    if (failure.isTransient()) {
      long pauseMillis = Math.max(PAUSE_MILLIS_MIN, failure.retryAfterMillis());
      var _ =
          timer.schedule(
              () -> sendAgain(answer.getCorrelationId()), pauseMillis, TimeUnit.MILLISECONDS);
      return;
    }
    fail(answer.getCorrelationId(), exception(failure));
  }

  private static FunesException exception(Failure failure) {
    return switch (failure.code()) {
      case NOT_OWNER, UNKNOWN_MEMBER, MEMBER_KICKED, MEMBER_REPLACED ->
          new CommitFencedException(failure);
      default -> failure.exception();
    };
  }

  private void sendAgain(long id) {
    Pending again;
    synchronized (this) {
      again = pending.get(id);
    }
    if (again != null) {
      sender.accept(again.commit);
    }
  }

  private void timedOut(long id) {
    fail(
        id,
        new FunesException(
            ErrorCode.TIMEOUT,
            "the coordinator did not answer a commit within %d ms".formatted(timeoutMillis)));
  }

  private void fail(long id, FunesException failure) {
    Pending failed = remove(id);
    if (failed != null) {
      failed.done.completeExceptionally(failure);
    }
  }

  /** The member is none any more. */
  void failAll(Failure failure) {
    List<Pending> all;
    synchronized (this) {
      all = List.copyOf(pending.values());
      pending.clear();
    }
    for (Pending each : all) {
      each.timeout.cancel(false);
      each.done.completeExceptionally(exception(failure));
    }
  }

  private synchronized @Nullable Pending remove(long id) {
    Pending removed = pending.remove(id);
    if (removed != null) {
      removed.timeout.cancel(false);
    }
    return removed;
  }
}
