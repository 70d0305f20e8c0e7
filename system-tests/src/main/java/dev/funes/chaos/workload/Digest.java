package dev.funes.chaos.workload;

import dev.funes.chaos.history.Op;
import dev.funes.record.RecordBatch;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 of batches as they lie in the log, offsets included: of all, and of pieces. */
final class Digest {
  private final MessageDigest whole = sha256();
  private final MessageDigest piece = sha256();
  private final List<Op.Piece> pieces = new ArrayList<>();
  private long bytes;
  private long pieceFirst = -1; // -1: no piece is begun
  private long pieceEnd;

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("expected SHA-256 in every JDK", e);
    }
  }

  /** Takes the next batch. */
  void update(RecordBatch batch) {
    long base = batch.baseOffset();
    if (pieceFirst >= 0 && base / Op.Piece.OFFSETS != pieceFirst / Op.Piece.OFFSETS) {
      endPiece();
    }
    pieceFirst = pieceFirst < 0 ? base : pieceFirst;
    pieceEnd = batch.nextOffset();
    piece.update(batch.bytes());
    whole.update(batch.bytes());
    bytes += batch.sizeBytes();
  }

  private void endPiece() {
    pieces.add(new Op.Piece(pieceFirst, pieceEnd, HexFormat.of().formatHex(piece.digest())));
    pieceFirst = -1;
  }

  /** What a replica holds that was read to its end. */
  Op.Replica fetched(int node, int part, long startOffset, long endOffset) {
    if (pieceFirst >= 0) {
      endPiece();
    }
    String sha256 = HexFormat.of().formatHex(whole.digest());
    return new Op.Replica(0, node, part, "fetch", startOffset, endOffset, sha256, bytes, pieces);
  }
}
