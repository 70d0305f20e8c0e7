package dev.funes.client;

import org.jspecify.annotations.Nullable;

/**
 * What the cluster has stored of one of its nodes.
 *
 * @param successor of a node that is replaced; else null
 * @param dataId names its data directory; empty until the node has run
 */
public record ClusterMember(
    ClusterNode node, NodeDuty duty, @Nullable Integer successor, String dataId) {}
