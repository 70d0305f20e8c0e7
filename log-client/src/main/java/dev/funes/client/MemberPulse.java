package dev.funes.client;

import java.util.concurrent.TimeUnit;

/**
 * Whether a member is alive, and whether it can be sure that the coordinator thinks so.
 *
 * <p>A process that stood still, or did not poll for too long, may have lost everything it holds
 * while it did not listen. So it acts on nothing that it has heard before, until a heartbeat that
 * was sent afterwards is answered, or it has joined through another stream. One thread at a time
 * uses it.
 */
final class MemberPulse {
  private static final long SILENCE_MILLIS_MIN = 2_000;

  private final GroupOptions options;
  private final long joinMillisMax;
  private long heardNanos = System.nanoTime();
  private long polledNanos = System.nanoTime();
  private boolean polling;
  private long sent; // heartbeats, on this stream
  private long answered;
  private boolean unsure;
  private long sureAfter; // so many answers on this stream

  /**
   * @param joinMillisMax how long an answer to a join may take: there may be an election
   */
  MemberPulse(GroupOptions options, long joinMillisMax) {
    this.options = options;
    this.joinMillisMax = joinMillisMax;
  }

  /** There is a new stream. */
  void opened() {
    heardNanos = System.nanoTime();
    sent = 0;
    answered = 0;
    sureAfter = Long.MAX_VALUE; // Only joining will do.
  }

  void joined() {
    unsure = false;
  }

  void sent() {
    sent++;
  }

  void heard() {
    heardNanos = System.nanoTime();
  }

  void answered() {
    answered++;
    unsure &= answered < sureAfter;
  }

  /** True when the coordinator has to be asked whether it still knows the member. */
  boolean pollStarts(boolean joined) {
    boolean wasStuck = isStuck();
    polling = true;
    boolean doubts = doubt(joined, wasStuck);
    return doubts || wasStuck; // Nobody has asked while it was, so somebody has to now.
  }

  /**
   * Looks whether the process has stood still. A coordinator that is away is no reason to doubt:
   * the next one gives its members time to come.
   */
  boolean doubt(boolean joined) {
    return doubt(joined, false);
  }

  private boolean doubt(boolean joined, boolean wasStuck) {
    boolean stoodStill = joined && !unsure && isSilent(options.sessionTimeout().toMillis());
    if (!wasStuck && !stoodStill) {
      return false;
    }
    unsure = true;
    sureAfter = joined ? sent + 1 : Long.MAX_VALUE;
    return true;
  }

  void pollEnds() {
    polling = false;
    polledNanos = System.nanoTime();
  }

  /** True when nobody has polled for too long. */
  boolean isStuck() {
    return !polling && System.nanoTime() - polledNanos > options.pollIntervalMax().toNanos();
  }

  /** True when what was heard last may not hold any more. */
  boolean isUnsure() {
    return unsure;
  }

  /** True when the stream has been silent for so long that another is better. */
  boolean isSilent(boolean joined, long heartbeatMillis) {
    return isSilent(
        Math.max(
            SILENCE_MILLIS_MIN,
            joined
                ? Math.max(2 * heartbeatMillis, options.sessionTimeout().toMillis() / 2)
                : joinMillisMax));
  }

  private boolean isSilent(long millis) {
    return System.nanoTime() - heardNanos > TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
