package dev.funes.server.coordinator;

import org.jspecify.annotations.Nullable;

/** What the coordinator knows of a member that need not survive. Coordinator's thread only. */
final class Session {
  private static final long NOT_REVOKING = -1;

  private @Nullable MemberSink sink;
  private long heardMillis;
  private long revokingSinceMillis = NOT_REVOKING;

  /** It has not been told what it holds since it connected. */
  private boolean untold;

  /** It is about to be removed; so nobody decides that twice. */
  private boolean leaving;

  /**
   * @param nowMillis by the coordinator's clock, as everywhere here
   */
  Session(long nowMillis) {
    this.heardMillis = nowMillis;
  }

  void connect(MemberSink other, long nowMillis) {
    sink = other;
    untold = true;
    heardMillis = nowMillis;
  }

  /** The stream that is open now; null while it is broken. */
  @Nullable MemberSink sink() {
    return sink;
  }

  boolean isConnected() {
    return sink != null;
  }

  /** Its stream is broken: its grace begins now. */
  void disconnect(long nowMillis) {
    sink = null;
    heardMillis = nowMillis;
  }

  void heard(long nowMillis) {
    heardMillis = nowMillis;
  }

  boolean isSilent(long nowMillis, int timeoutMillis) {
    return nowMillis - heardMillis >= timeoutMillis;
  }

  /** Tells whether it has partitions to release. */
  void revoking(boolean revoking, long nowMillis) {
    if (!revoking) {
      revokingSinceMillis = NOT_REVOKING;
    } else if (revokingSinceMillis == NOT_REVOKING) {
      revokingSinceMillis = nowMillis;
    }
  }

  boolean isLateToRelease(long nowMillis, int timeoutMillis) {
    return revokingSinceMillis != NOT_REVOKING && nowMillis - revokingSinceMillis >= timeoutMillis;
  }

  boolean isUntold() {
    return untold;
  }

  void untold() {
    untold = true;
  }

  void told() {
    untold = false;
  }

  boolean isLeaving() {
    return leaving;
  }

  void leaving() {
    leaving = true;
  }

  void staying() {
    leaving = false;
  }
}
