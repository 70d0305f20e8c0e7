package dev.funes.server.coordinator;

/**
 * The way back to one member: its stream. Called on the coordinator's thread, so nothing may block;
 * after {@link #ended} or {@link #left} nothing more comes.
 */
public interface MemberSink {
  /** False when the stream is broken or closed. */
  boolean isOpen();

  /** It is a member from now on; or what it subscribes to has been changed. */
  void joined(String memberId, int heartbeatMillis);

  /** All that the member holds, whenever it changes. */
  void assigned(Assigned assigned);

  /** The answer to a heartbeat. */
  void heartbeat(long generation);

  /** It has left, as it wished. */
  void left();

  /** It is no member any more, or not here. */
  void ended(GroupProblem problem);
}
