package dev.funes.client;

/**
 * How far a node is with reading its segments again to find what its disk has changed, and what it
 * has found since it started.
 *
 * @param running whether it is at it just now, or about to be
 * @param passDoneBytes of the reading that is under way, or of the last one
 * @param passTotalBytes what was there when it began
 * @param passes how many readings of everything were brought to an end
 * @param scrubbedBytes in all
 * @param corruptBatches damaged places that were found
 * @param repairedBatches of these, the ones that are right again
 * @param repairedIndexes index files that were written anew
 * @param damagedSegments segments with damage that is not repaired
 * @param problem why one of them is not; empty when there is none
 */
public record NodeScrub(
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
