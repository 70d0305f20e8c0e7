package dev.funes.server.grpc;

import java.util.concurrent.Executor;

/**
 * What the Fetch streams of a node share.
 *
 * @param executor where their pumps run
 * @param bytes what they hold for clients that do not read
 */
record FetchContext(Executor executor, FetchBytes bytes) {}
