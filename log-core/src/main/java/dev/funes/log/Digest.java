package dev.funes.log;

import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A SHA-256 over content, to compare replicas.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Digest(String hex) {
  /** Takes what the digest has collected so far. */
  public static Digest of(MessageDigest collected) {
    return new Digest(HexFormat.of().formatHex(collected.digest()));
  }

  @Override
  public String toString() {
    return hex;
  }
}
