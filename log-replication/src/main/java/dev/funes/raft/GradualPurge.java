package dev.funes.raft;

import java.util.Collection;

/**
 * Deletes what nobody needs of the Raft logs of a node, file by file. A checkpoint lets go of
 * hundreds of megabytes at once; deleted at once, they would keep the thread that writes the Raft
 * log from it for as long, and the disk, too, where it is told of each block that becomes free
 * (mount option {@code discard}): at 1,000 records a second everybody waited for a second.
 */
final class GradualPurge {

  static final long STEP_MILLIS = 100;

  /** Of what there is to delete, however much, nothing is left after about so many steps. */
  private static final int STEPS = 100;

  private GradualPurge() {}

  /** To be called every {@link #STEP_MILLIS}, on one thread. */
  static void step(Collection<LocalRaftGroup> groups) {
    int all = 0;
    for (LocalRaftGroup group : groups) {
      all += group.purgeableFiles();
    }
    int now = Math.ceilDiv(all, STEPS);
    for (LocalRaftGroup group : groups) {
      int files = Math.min(now, group.purgeableFiles());
      group.purge(files);
      now -= files;
    }
  }
}
