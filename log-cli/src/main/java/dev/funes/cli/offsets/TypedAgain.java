package dev.funes.cli.offsets;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The command that was typed, to be typed again for real. */
public final class TypedAgain {
  private TypedAgain() {}

  /**
   * The command with {@code --yes}.
   *
   * @param replaced words that would mean something else a moment later, and what to write instead
   */
  static String withYes(CommandSpec spec, Map<String, String> replaced) {
    ParseResult typed = spec.root().commandLine().getParseResult();
    List<String> words = new ArrayList<>(List.of("funes"));
    for (String word : typed.originalArgs()) {
      if (!word.equals(ApplyOptions.DRY_RUN)) {
        words.add(quoted(replace(word, replaced)));
      }
    }
    words.add(ApplyOptions.YES);
    return String.join(" ", words);
  }

  private static String replace(String word, Map<String, String> replaced) {
    int equals = word.startsWith("--") ? word.indexOf('=') : -1;
    if (equals > 0) {
      return replace(word.substring(0, equals), replaced)
          + "="
          + replace(word.substring(equals + 1), replaced);
    }
    return replaced.getOrDefault(word, word);
  }

  /** A word for a POSIX shell. */
  public static String quoted(String word) {
    return word.matches("[a-zA-Z0-9@%+=:,./_-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
