package dev.funes.replication;

/**
 * An entry of a newer version. It cannot be skipped, for replicas that know it do not: the node has
 * to stop.
 */
final class UnknownCommandException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnknownCommandException(String what) {
    super(what + " is not known to this version of Funes: upgrade the node");
  }
}
