package dev.funes.server.coordinator;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * An RE2 expression for names of topics: matching takes time linear in the name, whatever the
 * expression, and what compiling may take is bounded here.
 */
final class TopicPattern {
  static final int LENGTH_MAX = 1_000;

  /** Counted repetitions are written out when compiling, and multiply when they are nested. */
  static final int REPETITIONS_MAX = 1_000;

  private final Pattern pattern;

  private TopicPattern(Pattern pattern) {
    this.pattern = pattern;
  }

  /** Throws IllegalArgumentException with {@link #problem} as its message. */
  static TopicPattern of(String expression) {
    String problem = problem(expression);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    return new TopicPattern(Pattern.compile(expression));
  }

  /** One line that says why this is no pattern; null when it is one. */
  static @Nullable String problem(String expression) {
    if (expression.length() > LENGTH_MAX) {
      return "topic_pattern must have at most %d characters, has %d"
          .formatted(LENGTH_MAX, expression.length());
    }
    if (repetitions(expression) > REPETITIONS_MAX) {
      return "topic_pattern must not repeat by counts whose product is above " + REPETITIONS_MAX;
    }
    try {
      Pattern.compile(expression);
      return null;
    } catch (PatternSyntaxException e) {
      return "topic_pattern is not an RE2 expression: " + e.getDescription();
    }
  }

  /** Whether the whole name matches. */
  boolean matches(String name) {
    return pattern.matches(name);
  }

  /** The product of all counts in braces, nested or not: never less than what compiling writes. */
  private static long repetitions(String expression) {
    long product = 1;
    long number = 0;
    long greatest = 0;
    boolean inBraces = false;
    for (int i = 0; i < expression.length(); i++) {
      char c = expression.charAt(i);
      if (c == '{') {
        inBraces = true;
        number = 0;
        greatest = 0;
      } else if (inBraces && c >= '0' && c <= '9') {
        number = Math.min(REPETITIONS_MAX + 1, number * 10 + (c - '0'));
        greatest = Math.max(greatest, number);
      } else if (inBraces && c == ',') {
        number = 0;
      } else if (inBraces && c == '}') {
        product = Math.min(REPETITIONS_MAX + 1, product * Math.max(1, greatest));
        inBraces = false;
      }
    }
    return product;
  }
}
