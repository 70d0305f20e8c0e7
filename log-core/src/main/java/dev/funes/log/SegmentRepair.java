package dev.funes.log;

/** What became of the repair of a segment. */
public sealed interface SegmentRepair {
  /** It is not there any more. */
  record Gone() implements SegmentRepair {}

  /**
   * The file was written anew, is durable, and is the one that readers get.
   *
   * @param batches how many came from another replica; 0 when what could not be read before could
   *     be read now
   */
  record Done(int batches, long bytes) implements SegmentRepair {}

  /** Nothing was changed; it may be tried again. */
  record Failed(String why) implements SegmentRepair {}
}
