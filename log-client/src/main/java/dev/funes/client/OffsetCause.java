package dev.funes.client;

/** Why stored offsets changed. The names are stable. */
public enum OffsetCause {
  /** A consumer stored how far it has come. */
  COMMIT,
  RESET,
  /** A reset was taken back. */
  UNDO,
  IMPORT,
  COPY,
  /** Forgotten by request, or because the topic is gone. */
  DELETE,
  /** A cause that only newer nodes and clients know. */
  OTHER
}
