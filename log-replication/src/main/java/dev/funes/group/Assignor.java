package dev.funes.group;

/** How partitions are spread over members. */
public enum Assignor {
  /** As even as can be, moving as little as can be. */
  BALANCED(0),
  /** Neighbouring partitions of each topic to the same member. */
  RANGE(1),
  /** As BALANCED, and where it stays even, to members in the zone of a replica. */
  RACK(2);

  private final byte number;

  Assignor(int number) {
    this.number = (byte) number;
  }

  /** Its number in bytes that are kept; never used again for another. */
  public byte number() {
    return number;
  }

  /** The one of this number; IllegalArgumentException when there is none. */
  public static Assignor of(long number) {
    for (Assignor each : values()) {
      if (each.number == number) {
        return each;
      }
    }
    throw new IllegalArgumentException("expected an assignor from 0 to 2, was " + number);
  }
}
