package dev.funes.cli.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The id of a copy that was given none: the same for the same arguments. */
final class CopyId {
  private static final int BYTES = 8;

  private CopyId() {}

  static String of(
      String into,
      List<String> topics,
      String from,
      String to,
      String filter,
      @Nullable String until) {
    String all =
        String.join(
            "\0",
            into,
            String.join(",", new TreeSet<>(topics)),
            from,
            to,
            filter,
            until == null ? "" : until);
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(all.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest, 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("expected SHA-256 in every JVM", e);
    }
  }
}
