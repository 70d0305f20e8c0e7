/**
 * The record batch: the unit that is produced, replicated, stored and fetched, the same bytes
 * everywhere.
 *
 * <p>The layout is Kafka's public record batch version 2: a header of 61 bytes, a CRC-32C over
 * everything after the checksum itself, then the records, as one compressed block if a codec is
 * named. A node writes only the base offset and the leader epoch, the two fields outside the
 * checksum.
 *
 * <p>{@link dev.funes.record.RecordBatchBuilder} writes batches, {@link
 * dev.funes.record.RecordBatch} reads them in place, {@link dev.funes.record.BatchValidator} is
 * what a node asks before a batch may enter a log. Nothing here knows of files, of Raft or of the
 * network.
 */
@NullMarked
package dev.funes.record;

import org.jspecify.annotations.NullMarked;
