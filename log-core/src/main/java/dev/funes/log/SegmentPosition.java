package dev.funes.log;

/**
 * How far one segment was written when a checkpoint was taken.
 *
 * @param baseOffset offset of the segment's first record; its file is named by it
 * @param positionBytes bytes of whole batches in it, above 0
 * @param headersCrc CRC-32C over the headers of those batches up to and with their own checksums.
 *     With the checksum inside each batch it covers every byte, the ones that the server writes
 *     (offset, leader epoch) too
 * @param firstAppendMillis the leader's time of the first batch in it
 * @param lastAppendMillis the leader's time of the last batch in it
 */
public record SegmentPosition(
    long baseOffset,
    int positionBytes,
    int headersCrc,
    long firstAppendMillis,
    long lastAppendMillis) {}
