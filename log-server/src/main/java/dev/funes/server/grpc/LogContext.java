package dev.funes.server.grpc;

import dev.funes.record.BatchValidator;
import dev.funes.replication.Replica;
import java.util.concurrent.Executor;

/**
 * What the calls of the log service share.
 *
 * @param executor for work that waits for no one; never an apply thread
 */
record LogContext(
    Replica replica,
    Topics topics,
    Leaders leaders,
    OffsetLookup offsets,
    BatchValidator validator,
    PlainRecords records,
    Executor executor) {}
