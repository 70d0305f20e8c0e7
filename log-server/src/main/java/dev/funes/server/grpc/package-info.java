/**
 * The gRPC face of a node, and the only place of the server that knows protobuf and gRPC.
 *
 * <p>One class a service. A service checks the request, calls the replica below, and maps what
 * comes back: expected outcomes are fields of responses, everything else is a status with an {@code
 * Error} among its details. Requests that another node must answer are passed on by one step. No
 * method blocks its thread; what a client has in flight is bounded by {@link
 * dev.funes.server.grpc.ApiLimits}.
 */
@NullMarked
package dev.funes.server.grpc;

import org.jspecify.annotations.NullMarked;
