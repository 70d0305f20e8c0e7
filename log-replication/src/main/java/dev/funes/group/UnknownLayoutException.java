package dev.funes.group;

import java.io.Serial;

/** A newer version of Funes wrote this record. */
public final class UnknownLayoutException extends IllegalArgumentException {
  @Serial private static final long serialVersionUID = 1;

  UnknownLayoutException(long layout) {
    super("a group record of layout " + layout);
  }
}
