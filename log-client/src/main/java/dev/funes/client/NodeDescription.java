package dev.funes.client;

/**
 * A node of the cluster.
 *
 * @param diskReserveBytes what records leave free on its disk
 * @param diskShort whether less is free: records and topics are refused wherever it has a replica
 * @param scrub what it has found of damage by its disk
 * @param reachable false when it did not answer in time; then what follows is empty or 0
 */
public record NodeDescription(
    NodeAddress address,
    boolean reachable,
    String version,
    long uptimeMillis,
    long heapUsedBytes,
    long heapMaxBytes,
    long directUsedBytes,
    long dataFreeBytes,
    long diskReserveBytes,
    boolean diskShort,
    NodeScrub scrub) {}
