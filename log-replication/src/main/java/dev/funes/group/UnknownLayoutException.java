package dev.funes.group;

import java.io.Serial;

/** A newer version of Funes wrote this record. */
public final class UnknownLayoutException extends IllegalArgumentException {
  @Serial private static final long serialVersionUID = 1;

  UnknownLayoutException(long layout, long known) {
    super(
        "a group record of layout %d is there, and this version of Funes reads layout %d: upgrade the node"
            .formatted(layout, known));
  }
}
