package dev.funes.filter;

import dev.cel.common.CelIssue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the compiler says, in one line for people. */
final class CompileProblem {
  private static final Pattern UNEXPECTED =
      Pattern.compile("(?:mismatched|extraneous) input '(.*)' expecting .*", Pattern.DOTALL);
  private static final Pattern UNDECLARED =
      Pattern.compile("undeclared reference to '(.*)' \\(in container .*", Pattern.DOTALL);
  private static final Pattern NO_OVERLOAD =
      Pattern.compile(
          "found no matching overload for '(.*)' applied to '(.*)' \\(candidates.*",
          Pattern.DOTALL);
  private static final String VARIABLES =
      "topic, partition, offset, timestamp, key, key_bytes, value, value_bytes, headers, json";

  private CompileProblem() {}

  static InvalidFilterException of(CelIssue issue, String expression) {
    int line = Math.max(1, issue.getSourceLocation().getLine());
    int column = Math.max(0, issue.getSourceLocation().getColumn()) + 1;
    return new InvalidFilterException(
        line, column, problem(issue.getMessage(), expression, line, column));
  }

  private static String problem(String message, String expression, int line, int column) {
    Matcher unexpected = UNEXPECTED.matcher(message);
    if (unexpected.matches()) {
      return unexpected.group(1).equals("<EOF>")
          ? "the expression ends too early"
          : "unexpected " + oneLine(unexpected.group(1));
    }
    if (message.startsWith("token recognition error")) {
      return isSingleEquals(expression, line, column)
          ? "unexpected '='; to compare, use '=='"
          : "unexpected " + oneLine(message.substring(message.indexOf(':') + 1).strip());
    }
    Matcher undeclared = UNDECLARED.matcher(message);
    if (undeclared.matches()) {
      return undeclared(undeclared.group(1));
    }
    Matcher overload = NO_OVERLOAD.matcher(message);
    if (overload.matches()) {
      return "%s does not take %s"
          .formatted(operator(overload.group(1)), oneLine(overload.group(2)));
    }
    return oneLine(message);
  }

  private static String undeclared(String name) {
    return switch (name) {
      case "map", "filter" -> "there is no '" + name + "' in a filter; use exists or all";
      default -> "there is no '" + name + "'; the variables are " + VARIABLES;
    };
  }

  /** {@code _==_} as people write it. */
  private static String operator(String name) {
    String plain = name.replace("_", "").replace("@", "");
    return name.startsWith("_") || name.endsWith("_") ? "'" + plain + "'" : name;
  }

  private static boolean isSingleEquals(String expression, int line, int column) {
    String[] lines = expression.split("\n", -1);
    return line <= lines.length
        && column <= lines[line - 1].length()
        && lines[line - 1].charAt(column - 1) == '=';
  }

  static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
