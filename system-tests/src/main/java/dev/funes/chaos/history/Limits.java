package dev.funes.chaos.history;

/**
 * What the checks of availability and resources allow.
 *
 * @param quietGapMillis between two acknowledged writes of the workload while no fault is at work
 *     and none was in the last {@code recoveryMillis}
 * @param faultGapMillis the same while a fault is at work that leaves a majority, or soon after
 * @param recoveryMillis from the end of a fault until the first acknowledged write
 * @param growthPercent by how much a node's heap, descriptors and threads may grow over the run
 * @param healSeconds how long after the last fault the nodes may take to become quiescent
 */
public record Limits(
    long quietGapMillis,
    long faultGapMillis,
    long recoveryMillis,
    int growthPercent,
    int healSeconds) {
  /** What is meant when a scenario says nothing else. */
  public static final Limits DEFAULTS = new Limits(5_000, 10_000, 30_000, 10, 120);
}
