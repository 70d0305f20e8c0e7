package dev.funes.server.grpc;

import java.util.concurrent.Executor;

/**
 * What the Fetch streams of a node share.
 *
 * @param executor where their pumps run
 * @param filterExecutor where the pumps of those with a filter run, so that an expensive one delays
 *     none but its like
 * @param bytes what they hold for clients that do not read
 */
record FetchContext(Executor executor, Executor filterExecutor, FetchBytes bytes) {}
