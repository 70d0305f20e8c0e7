package dev.funes.cli.perf;

/** One client that does its share of the load. */
interface Worker extends AutoCloseable {
  /** Gets ready for a phase, before its clock starts; on the thread of the command. */
  default void ready() {}

  /**
   * Works until the phase is over and everything that was begun in it has settled. Called once for
   * each phase, from a thread of its own.
   *
   * @throws RuntimeException when it cannot go on; a record that failed is recorded and is not that
   */
  void run(Phase phase);

  /** Lets go of the cluster, without waiting for what is still under way. */
  @Override
  void close();
}
