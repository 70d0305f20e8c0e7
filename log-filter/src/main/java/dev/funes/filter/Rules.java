package dev.funes.filter;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks through a checked expression: refuses what could cost without bound, and finds out which
 * fields of the JSON it wants.
 */
final class Rules {
  private final CelAbstractSyntaxTree ast;
  private final Set<String> loopVariables = new HashSet<>();
  private final Set<String> jsonFields = new HashSet<>();
  private boolean wantsAllJson;
  private boolean inLiteral;

  private Rules(CelAbstractSyntaxTree ast) {
    this.ast = ast;
  }

  /**
   * Checks the whole expression.
   *
   * @return the wanted fields of the outermost JSON object; null when all are
   * @throws InvalidFilterException naming the first place that breaks a rule
   */
  static @Nullable Set<String> check(CelAbstractSyntaxTree ast) {
    CelType type = ast.getResultType();
    if (!type.equals(SimpleType.BOOL) && !type.equals(SimpleType.DYN)) {
      throw new InvalidFilterException(
          1, 1, "the expression gives %s, expected true or false".formatted(type.name()));
    }
    Rules rules = new Rules(ast);
    rules.visit(ast.getExpr());
    return rules.wantsAllJson ? null : Set.copyOf(rules.jsonFields);
  }

  private void visit(CelExpr expr) {
    switch (expr.getKind()) {
      case IDENT -> ident(expr);
      case SELECT -> {
        CelExpr operand = expr.select().operand();
        if (isJson(operand)) {
          jsonFields.add(expr.select().field());
        } else {
          visit(operand);
        }
      }
      case CALL -> {
        if (expr.call().function().equals("matches")) {
          regex(expr.call().args().getLast());
        }
        expr.call().target().ifPresent(this::visit);
        expr.call().args().forEach(this::visit);
      }
      case LIST -> literal(() -> expr.list().elements().forEach(this::visit));
      case MAP ->
          literal(
              () ->
                  expr.map()
                      .entries()
                      .forEach(
                          entry -> {
                            visit(entry.key());
                            visit(entry.value());
                          }));
      case COMPREHENSION -> loop(expr.comprehension());
      case STRUCT -> throw at(expr, "messages cannot be made in a filter");
      case CONSTANT, NOT_SET -> {}
    }
  }

  private void ident(CelExpr expr) {
    String name = expr.ident().name();
    wantsAllJson |= isJson(expr);
    if (inLiteral && loopVariables.contains(name)) {
      throw at(expr, "'" + name + "' cannot stand in a list or map");
    }
  }

  private boolean isJson(CelExpr expr) {
    return expr.getKind() == CelExpr.ExprKind.Kind.IDENT
        && expr.ident().name().equals("json")
        && !loopVariables.contains("json");
  }

  /** A list of loop variables within another such list could grow with every level. */
  private void literal(Runnable content) {
    boolean outer = inLiteral;
    inLiteral = true;
    content.run();
    inLiteral = outer;
  }

  private void loop(CelComprehension loop) {
    visit(loop.iterRange());
    boolean isNew = loopVariables.add(loop.iterVar());
    visit(loop.loopCondition());
    visit(loop.loopStep());
    visit(loop.result());
    if (isNew) {
      loopVariables.remove(loop.iterVar());
    }
  }

  private void regex(CelExpr pattern) {
    if (pattern.getKind() == CelExpr.ExprKind.Kind.CONSTANT
        && pattern.constant().getKind() == CelConstant.Kind.STRING_VALUE) {
      try {
        var _ = TextFunctions.compile(pattern.constant().stringValue());
      } catch (IllegalArgumentException e) {
        throw at(pattern, String.valueOf(e.getMessage()));
      }
    }
  }

  private InvalidFilterException at(CelExpr expr, String problem) {
    Integer offset = ast.getSource().getPositionsMap().get(expr.id());
    Optional<CelSourceLocation> place =
        offset == null ? Optional.empty() : ast.getSource().getOffsetLocation(offset);
    return new InvalidFilterException(
        place.map(CelSourceLocation::getLine).orElse(1),
        place.map(location -> location.getColumn() + 1).orElse(1),
        problem);
  }
}
