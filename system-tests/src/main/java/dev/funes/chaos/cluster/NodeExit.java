package dev.funes.chaos.cluster;

/**
 * A node process that has ended.
 *
 * @param nanoTime when, by {@link System#nanoTime}
 * @param code 128 + the number of the signal when one ended it
 * @param expected whether the prover had done something to the node that may end it
 */
public record NodeExit(int nodeId, long nanoTime, int code, boolean expected) {}
