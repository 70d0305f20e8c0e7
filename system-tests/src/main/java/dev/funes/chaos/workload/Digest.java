package dev.funes.chaos.workload;

import dev.funes.record.RecordBatch;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of batches as they lie in the log, offsets included. */
final class Digest {
  private final MessageDigest sha256;

  Digest() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("expected SHA-256 in every JDK", e);
    }
  }

  void update(RecordBatch batch) {
    sha256.update(batch.bytes());
  }

  byte[] done() {
    return sha256.digest();
  }
}
