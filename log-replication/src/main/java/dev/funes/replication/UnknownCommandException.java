package dev.funes.replication;

import dev.funes.group.UnknownLayoutException;

/**
 * An entry of a newer version. It cannot be skipped, for replicas that know it do not: the node has
 * to stop.
 */
final class UnknownCommandException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Names both versions.
   *
   * @param what such as "entry version"
   * @param found the one that is not known
   * @param known those that are
   */
  UnknownCommandException(String what, long found, String known) {
    super(
        "%s %d is there, and this version of Funes reads %s: upgrade the node"
            .formatted(what, found, known));
  }

  /** With what is known already said. */
  UnknownCommandException(UnknownLayoutException cause) {
    super(cause.getMessage(), cause);
  }
}
