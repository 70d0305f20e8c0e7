package dev.funes.state;

/** Why stored offsets of a consumer group changed. */
public enum OffsetCause {
  /** A member, or a reader without a group, stored how far it is. */
  COMMIT(1),
  /** Somebody moved them. */
  RESET(2),
  /** They went back to what was before an earlier entry. */
  UNDO(3),
  /** They were read from a file. */
  IMPORT(4),
  /** They were taken over from another consumer group. */
  COPY(5),
  /** They were forgotten: by request, or because the topic is gone. */
  DELETE(6);

  private final byte number;

  OffsetCause(int number) {
    this.number = (byte) number;
  }

  /** Its number in bytes that are kept; never used again for another. */
  public byte number() {
    return number;
  }

  /** The one of this number; IllegalArgumentException when there is none. */
  public static OffsetCause of(long number) {
    for (OffsetCause each : values()) {
      if (each.number == number) {
        return each;
      }
    }
    throw new IllegalArgumentException("expected a cause from 1 to 6, was " + number);
  }
}
