package dev.funes.cli.format;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Bytes that are hard to type in a shell, as users write them. */
public final class Escapes {
  private Escapes() {}

  /**
   * Reads text in which {@code \n \t \r \0 \\} and {@code \xHH} stand for bytes.
   *
   * @throws IllegalArgumentException with one line for the user
   */
  public static byte[] parse(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = 0;
    while (at < text.length()) {
      int c = text.codePointAt(at);
      if (c == '\\') {
        at = parseOne(text, at, out);
      } else {
        out.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
        at += Character.charCount(c);
      }
    }
    return out.toByteArray();
  }

  /** Reads the escape that begins at the given place and returns where the text goes on. */
  static int parseOne(String text, int at, ByteArrayOutputStream out) {
    int name = at + 1 < text.length() ? text.charAt(at + 1) : -1;
    switch (name) {
      case 'n' -> out.write('\n');
      case 't' -> out.write('\t');
      case 'r' -> out.write('\r');
      case '0' -> out.write(0);
      case '\\' -> out.write('\\');
      case 'x' -> {
        try {
          out.write(Integer.parseUnsignedInt(text, at + 2, at + 4, 16));
          return at + 4;
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
          throw bad(text, at);
        }
      }
      default -> throw bad(text, at);
    }
    return at + 2;
  }

  private static IllegalArgumentException bad(String text, int at) {
    return new IllegalArgumentException(
        "'%s': unknown escape at character %d: use \\n \\t \\r \\0 \\\\ or \\xHH"
            .formatted(text, at + 1));
  }
}
