package dev.funes.log;

/**
 * Says which segments are too old or too much. Age counts from the leader's time of the last append
 * to a segment, not from timestamps that a client chose: a wrong clock out there neither deletes
 * records early nor keeps them for ever.
 */
final class Retention {
  private Retention() {}

  static long startOffset(LogView view, LogSettings settings, long nowMillis) {
    long start = view.startOffset();
    long sizeBytes = view.sizeBytes();
    for (int i = 0; i < view.segments().size(); i++) {
      Segment segment = view.segments().get(i);
      boolean active = i == view.segments().size() - 1;
      boolean tooOld =
          settings.retentionMillis() != LogSettings.UNLIMITED
              && nowMillis - segment.lastAppendMillis() > settings.retentionMillis()
              && (!active || segment.isOlderThan(settings.segmentMillis(), nowMillis));
      sizeBytes -= view.endPosition(i);
      boolean tooMuch =
          settings.retentionBytes() != LogSettings.UNLIMITED
              && sizeBytes >= settings.retentionBytes()
              && !active;
      if (!tooOld && !tooMuch) {
        break;
      }
      start = Math.max(start, view.nextOffset(i));
    }
    return start;
  }
}
