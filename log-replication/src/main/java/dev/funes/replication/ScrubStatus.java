package dev.funes.replication;

/**
 * How far a node is with looking for damage, and what it has found since it started.
 *
 * @param running whether it is reading everything just now
 * @param passDoneBytes of the reading that is under way, or of the last one
 * @param passTotalBytes what was there when it began
 * @param passes how many were brought to an end
 * @param scrubbedBytes in all
 * @param corruptBatches damaged places that were found, each counted once
 * @param repairedBatches of these, the ones that are right again
 * @param repairedIndexes index files that were written anew
 * @param damagedSegments segments with damage that is not repaired
 * @param problem why one of them is not; empty when there is none
 */
public record ScrubStatus(
    boolean running,
    long passDoneBytes,
    long passTotalBytes,
    long passes,
    long scrubbedBytes,
    long corruptBatches,
    long repairedBatches,
    long repairedIndexes,
    int damagedSegments,
    String problem) {}
