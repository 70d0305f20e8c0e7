package dev.funes.cli.offline;

import dev.funes.log.Digest;
import dev.funes.log.SegmentDump;
import dev.funes.log.SegmentDump.Finding;
import dev.funes.record.RecordBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * What was found in one partition's folder.
 *
 * @param endOffset the offset after the last whole batch
 * @param digest SHA-256, in hexadecimal, over the whole batches in order
 * @param pieces the same for pieces of as many offsets as were asked for; else none
 * @param problems what is damaged and where, a line each
 */
record Verification(
    Path directory,
    long startOffset,
    long endOffset,
    int segments,
    long batches,
    long records,
    long bytes,
    String digest,
    List<PieceDigests.Piece> pieces,
    List<String> problems) {

  /**
   * Reads every batch in the folder.
   *
   * @param digestEvery how many offsets are a piece; 0: no pieces
   */
  static Verification of(Path directory, int digestEvery) throws IOException {
    Collected collected = new Collected(digestEvery);
    SegmentDump.walk(directory, collected::add);
    return new Verification(
        directory,
        collected.startOffset,
        collected.endOffset,
        SegmentDump.segmentFiles(directory).size(),
        collected.batches,
        collected.records,
        collected.bytes,
        Digest.of(collected.sha256).hex(),
        collected.pieces.done(),
        List.copyOf(collected.problems));
  }

  boolean isWhole() {
    return problems.isEmpty();
  }

  /** The folder's own name, which says topic and partition. */
  String name() {
    return String.valueOf(directory.toAbsolutePath().normalize().getFileName());
  }

  private static final class Collected {
    private final MessageDigest sha256 = PieceDigests.sha256();
    private final List<String> problems = new ArrayList<>();
    private final PieceDigests pieces;
    private long startOffset;
    private long endOffset;
    private long batches;
    private long records;
    private long bytes;

    Collected(int digestEvery) {
      pieces = new PieceDigests(digestEvery);
    }

    void add(Finding finding) {
      switch (finding) {
        case Finding.Whole whole -> {
          RecordBatch batch = RecordBatch.at(whole.batch(), whole.batch().position());
          if (batches == 0) {
            startOffset = batch.baseOffset();
          } else if (batch.baseOffset() != endOffset) {
            problems.add(
                "%s at byte %d: expected offset %d, was %d"
                    .formatted(whole.file(), whole.position(), endOffset, batch.baseOffset()));
          }
          endOffset = batch.nextOffset();
          batches++;
          records += batch.recordCount();
          bytes += batch.sizeBytes();
          sha256.update(batch.bytes());
          pieces.add(batch);
        }
        case Finding.Damaged damaged ->
            problems.add(
                "%s at byte %d: %s"
                    .formatted(damaged.file(), damaged.position(), damaged.problem()));
        case Finding.Unused _ -> {
          // Space that is allocated ahead; nothing to check.
        }
      }
    }
  }
}
