package dev.funes.cli.offline;

import dev.funes.record.RecordBatch;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A digest for every so many offsets. The same batches make the same pieces, wherever the segments
 * begin that they lie in; only the first piece of a replica may lack something.
 */
final class PieceDigests {
  private static final int NONE = 0;

  private final int offsets;
  private final MessageDigest sha256 = sha256();
  private final List<Piece> pieces = new ArrayList<>();
  private boolean open;
  private long startOffset;
  private long endOffset;

  /**
   * Batches whose base offsets divided by the size of a piece are the same.
   *
   * @param startOffset of the first of them
   * @param endOffset after the last of them
   * @param sha256 of them, in hexadecimal
   */
  record Piece(long startOffset, long endOffset, String sha256) {}

  /**
   * @param offsets how many are a piece; 0: there are no pieces
   */
  PieceDigests(int offsets) {
    this.offsets = offsets;
  }

  /** Takes the next whole batch. */
  void add(RecordBatch batch) {
    if (offsets == NONE) {
      return;
    }
    long base = batch.baseOffset();
    if (open && base / offsets != startOffset / offsets) {
      end();
    }
    if (!open) {
      open = true;
      startOffset = base;
    }
    endOffset = batch.nextOffset();
    sha256.update(batch.bytes());
  }

  private void end() {
    pieces.add(new Piece(startOffset, endOffset, HexFormat.of().formatHex(sha256.digest())));
    open = false;
  }

  /** All pieces, in order; nothing can be added any more. */
  List<Piece> done() {
    if (open) {
      end();
    }
    return List.copyOf(pieces);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
