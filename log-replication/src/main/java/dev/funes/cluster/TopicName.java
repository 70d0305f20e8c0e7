package dev.funes.cluster;

import org.jspecify.annotations.Nullable;

/**
 * What may name a topic: 1 to {@value #LENGTH_MAX} of {@code a-z A-Z 0-9 . _ -}, but not {@code .}
 * or {@code ..}; so a name is safe as part of a file name, too.
 */
public final class TopicName {

  public static final int LENGTH_MAX = 249;

  private static final int SHOWN_LENGTH_MAX = 40;

  private TopicName() {}

  /** One line that says why this cannot be the name of a topic; null when it can. */
  public static @Nullable String problem(String name) {
    if (name.isEmpty()) {
      return "topic name must not be empty";
    }
    if (name.length() > LENGTH_MAX) {
      return "topic name must have at most " + LENGTH_MAX + " characters, has " + name.length();
    }
    if (name.equals(".") || name.equals("..")) {
      return "topic name must not be \"" + name + "\"";
    }
    for (int i = 0; i < name.length(); i++) {
      if (!isAllowed(name.charAt(i))) {
        return "topic name must consist of a-z, A-Z, 0-9, '.', '_' and '-', has "
            + shown(name.codePointAt(i))
            + " at position "
            + i
            + startOf(name);
      }
    }
    return null;
  }

  /**
   * The name itself.
   *
   * @throws IllegalArgumentException with {@link #problem} as its message
   */
  public static String require(String name) {
    String problem = problem(name);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    return name;
  }

  private static boolean isAllowed(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '-';
  }

  // Control characters and lone surrogates must not reach a log line or a terminal as they are.
  private static String shown(int codePoint) {
    return codePoint > ' ' && codePoint < 0x7f
        ? "'" + (char) codePoint + "'"
        : String.format("U+%04X", codePoint);
  }

  private static String startOf(String name) {
    String start = name.substring(0, Math.min(name.length(), SHOWN_LENGTH_MAX));
    boolean printable = start.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    return printable ? ": \"" + start + (start.length() < name.length() ? "..." : "") + "\"" : "";
  }
}
