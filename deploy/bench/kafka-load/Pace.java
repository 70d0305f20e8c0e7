import java.util.concurrent.locks.LockSupport;

/**
 * When the next record of one client is due: at even distances, or at once when there is no rate.
 */
final class Pace {
  private final double nanosPerRecord;
  private final long startNanos;
  private long sent;

  Pace(double recordsPerSecond, long startNanos) {
    this.nanosPerRecord = recordsPerSecond == 0 ? 0 : 1e9 / recordsPerSecond;
    this.startNanos = startNanos;
  }

  long nextDueNanos() {
    if (nanosPerRecord == 0) {
      return System.nanoTime();
    }
    return startNanos + (long) (nanosPerRecord * sent++);
  }

  long dueBefore(long nanos) {
    return nanosPerRecord == 0 ? sent : (long) Math.ceil(nanos / nanosPerRecord);
  }

  static void await(long dueNanos) {
    for (long now = System.nanoTime(); now < dueNanos; now = System.nanoTime()) {
      LockSupport.parkNanos(dueNanos - now);
    }
  }
}
