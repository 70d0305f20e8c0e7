/**
 * The Java client of Funes.
 *
 * <p>{@link dev.funes.client.Producer} writes records, {@link dev.funes.client.Consumer} reads them
 * and stores how far it has come, {@link dev.funes.client.Admin} creates and shows topics, offsets
 * and the cluster. All three are opened from a {@link dev.funes.client.ClientConfig}, find the
 * nodes and the leaders by themselves, and hide a change of leadership or the loss of a node from
 * their caller for as long as their timeouts allow. What fails for good is a {@link
 * dev.funes.client.FunesException} with a stable {@link dev.funes.client.ErrorCode}.
 *
 * <p>No type of gRPC or protobuf appears in the public part of this package.
 */
@NullMarked
package dev.funes.client;

import org.jspecify.annotations.NullMarked;
