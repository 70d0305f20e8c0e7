package dev.funes.filter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.runtime.CelFunctionBinding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The functions whose cost is more than the length of what they are given: the same as the
 * language's own, but charged for, and with the regular expressions kept. One thread.
 */
final class TextFunctions {
  /** Instructions of the machine that a regular expression becomes. */
  static final int PATTERN_SIZE_MAX = 1_000;

  private static final int PATTERNS_MAX = 64;
  private static final int PATTERN_COMPILE_COST = 4_096;

  /** A regular expression takes about that much longer than a look at the text. */
  private static final int MATCH_COST = 8;

  /** A longer text to look for may make the search take as many passes. */
  private static final int NEEDLE_CHARS_PER_PASS = 64;

  private static final int INSTRUCTIONS_PER_PASS = 32;

  private final Budget budget;
  private final Map<String, Pattern> patterns = new HashMap<>();

  TextFunctions(Budget budget) {
    this.budget = budget;
  }

  @SuppressWarnings("Immutable") // they charge the budget of their filter, which has one thread
  List<CelFunctionBinding> bindings() {
    List<CelFunctionBinding> bindings = new ArrayList<>();
    bindings.addAll(
        CelFunctionBinding.fromOverloads(
            "contains",
            CelFunctionBinding.from(
                "contains_string", String.class, String.class, this::contains)));
    bindings.addAll(
        CelFunctionBinding.fromOverloads(
            "matches",
            CelFunctionBinding.from("matches", String.class, String.class, this::matches),
            CelFunctionBinding.from("matches_string", String.class, String.class, this::matches)));
    return bindings;
  }

  private boolean contains(String text, String part) {
    budget.charge(text.length() * (1L + part.length() / NEEDLE_CHARS_PER_PASS));
    return text.contains(part);
  }

  private boolean matches(String text, String regex) {
    Pattern pattern = patterns.get(regex);
    if (pattern == null) {
      budget.charge(PATTERN_COMPILE_COST + regex.length());
      pattern = compile(regex);
      if (patterns.size() >= PATTERNS_MAX) {
        patterns.clear(); // they come from the records, so they do not come again
      }
      patterns.put(regex, pattern);
    }
    long passes = 1L + pattern.programSize() / INSTRUCTIONS_PER_PASS;
    budget.charge(MATCH_COST * passes * text.length());
    return pattern.matcher(text).find();
  }

  /**
   * Compiles a pattern that is not too large.
   *
   * @throws IllegalArgumentException when it is none, or too large a one; one line
   */
  static Pattern compile(String regex) {
    if (PatternSize.of(regex) > PATTERN_SIZE_MAX) {
      throw tooLarge(PatternSize.of(regex));
    }
    Pattern pattern;
    try {
      pattern = Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "the regular expression is wrong: " + e.getDescription() + " in " + e.getPattern(), e);
    }
    if (pattern.programSize() > PATTERN_SIZE_MAX) {
      throw tooLarge(pattern.programSize());
    }
    return pattern;
  }

  private static IllegalArgumentException tooLarge(long size) {
    return new IllegalArgumentException(
        "the regular expression takes %d instructions, more than %d"
            .formatted(size, PATTERN_SIZE_MAX));
  }
}
