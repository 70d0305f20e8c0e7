/**
 * One node of a cluster: its configuration, its data directory and its wiring.
 *
 * <p>{@link dev.funes.server.NodeConfig} reads the one file that is the same on every node; {@link
 * dev.funes.server.FunesNode} starts what it describes; {@link dev.funes.server.DevCluster} starts
 * several nodes in one process. Whatever stands in the way of a start is one line of a {@link
 * dev.funes.server.StartException}. gRPC stays in {@code dev.funes.server.grpc}.
 */
@NullMarked
package dev.funes.server;

import org.jspecify.annotations.NullMarked;
