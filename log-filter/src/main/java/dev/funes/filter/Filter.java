package dev.funes.filter;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelErrorCode;
import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.Program;
import dev.funes.record.LogRecord;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An expression over records, compiled: which records are wanted.
 *
 * <p>One thread at a time. Whoever wants it on several threads compiles it for each.
 */
public final class Filter {
  /** The longest expression, in characters. */
  public static final int EXPRESSION_CHARS_MAX = Language.EXPRESSION_CHARS_MAX;

  private final String expression;
  private final Program program;
  private final Budget budget;
  private final @Nullable Set<String> jsonFields;

  private Filter(
      String expression, Program program, Budget budget, @Nullable Set<String> jsonFields) {
    this.expression = expression;
    this.program = program;
    this.budget = budget;
    this.jsonFields = jsonFields;
  }

  /**
   * Compiles an expression.
   *
   * @throws InvalidFilterException when it is none, or passes a limit
   */
  public static Filter compile(String expression) {
    if (expression.isBlank()) {
      throw new InvalidFilterException(1, 1, "the expression is empty");
    }
    int length = expression.codePointCount(0, expression.length());
    if (length > EXPRESSION_CHARS_MAX) {
      throw new InvalidFilterException(
          1,
          1,
          "the expression has %d characters, more than %d".formatted(length, EXPRESSION_CHARS_MAX));
    }
    CelAbstractSyntaxTree ast = check(expression);
    Set<String> jsonFields = Rules.check(ast);
    Budget budget = new Budget();
    try {
      Program program = Language.runtime(new TextFunctions(budget)).createProgram(ast);
      return new Filter(expression, program, budget, jsonFields);
    } catch (CelEvaluationException e) {
      throw new InvalidFilterException(
          1, 1, CompileProblem.oneLine(String.valueOf(e.getMessage())));
    }
  }

  private static CelAbstractSyntaxTree check(String expression) {
    CelValidationResult result;
    try {
      result = Language.COMPILER.compile(expression);
      List<CelIssue> errors = result.getErrors();
      if (!errors.isEmpty()) {
        throw CompileProblem.of(errors.getFirst(), expression);
      }
      return result.getAst();
    } catch (CelValidationException e) {
      throw new InvalidFilterException(
          1, 1, CompileProblem.oneLine(String.valueOf(e.getMessage())));
    }
  }

  /** An expression that is true for the records with exactly this key. */
  public static String keyIs(byte[] key) {
    StringBuilder literal = new StringBuilder();
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString();
      if (!text.isEmpty()) {
        text.chars().forEach(each -> append(literal, (char) each));
        return "key == \"" + literal + '"';
      }
    } catch (CharacterCodingException notText) {
      // its bytes, then
    }
    for (byte each : key) {
      literal.append("\\x%02x".formatted(each));
    }
    return "key_bytes == b\"" + literal + '"';
  }

  private static void append(StringBuilder literal, char each) {
    if (each == '"' || each == '\\') {
      literal.append('\\').append(each);
    } else if (Character.isISOControl(each)) {
      literal.append("\\u%04x".formatted((int) each));
    } else {
      literal.append(each);
    }
  }

  /** The text that it was compiled from. */
  public String expression() {
    return expression;
  }

  /**
   * Whether the expression is true for the record. One that cannot be evaluated, because the record
   * lacks a field or has one of another type, does not match.
   *
   * @throws FilterCostException when it takes more than a filter may
   */
  public boolean matches(String topic, int partition, LogRecord record) {
    budget.refill();
    boolean matched;
    try {
      Object result =
          program.eval(new RecordVariables(topic, partition, record, jsonFields, budget));
      matched = Boolean.TRUE.equals(result);
    } catch (CelEvaluationException e) {
      if (e.getErrorCode() == CelErrorCode.ITERATION_BUDGET_EXCEEDED) {
        throw tooMuch(topic, partition, record, Language.ITERATIONS_MAX + " steps of its loops");
      }
      matched = false;
    } catch (FilterCostException e) {
      matched = false; // said below
    }
    if (budget.isUsedUp()) {
      throw tooMuch(topic, partition, record, (Budget.COST_MAX >> 20) + " MiB looked at");
    }
    return matched;
  }

  private static FilterCostException tooMuch(
      String topic, int partition, LogRecord record, String limit) {
    return new FilterCostException(
        "the filter takes more than %s for the record at offset %d of %s-%d"
            .formatted(limit, record.offset(), topic, partition));
  }
}
