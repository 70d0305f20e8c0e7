package dev.funes.replication;

/** Bytes that this version of the codec never wrote. */
final class MalformedEntryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  MalformedEntryException(String message) {
    super(message);
  }
}
