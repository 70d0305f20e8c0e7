package dev.funes.filter;

import dev.cel.checker.CelStandardDeclarations;
import dev.cel.common.CelOptions;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.runtime.CelStandardFunctions;
import dev.cel.runtime.standard.AddOperator.AddOverload;

/**
 * The expression language: what of CEL there is, and its bounds.
 *
 * <p>Left out is what could make something larger than the record: {@code +} of strings, bytes and
 * lists, and the macros {@code map} and {@code filter}.
 */
final class Language {
  static final int EXPRESSION_CHARS_MAX = 4_096;
  static final int ITERATIONS_MAX = 10_000;
  private static final int NESTING_MAX = 64;
  private static final int NODES_MAX = 2_048;

  private static final CelOptions OPTIONS =
      CelOptions.current()
          .maxExpressionCodePointSize(EXPRESSION_CHARS_MAX)
          .maxParseRecursionDepth(NESTING_MAX)
          .maxParseExpressionNodeCount(NODES_MAX)
          .comprehensionMaxIterations(ITERATIONS_MAX)
          .maxRegexProgramSize(TextFunctions.PATTERN_SIZE_MAX)
          .enableHeterogeneousNumericComparisons(true)
          .build();

  static final CelCompiler COMPILER =
      CelCompilerFactory.standardCelCompilerBuilder()
          .setOptions(OPTIONS)
          .setStandardEnvironmentEnabled(false)
          .setStandardDeclarations(
              CelStandardDeclarations.newBuilder()
                  .filterFunctions((_, overload) -> !makesLarger(overload.toString()))
                  .build())
          .setStandardMacros(
              CelStandardMacro.HAS,
              CelStandardMacro.ALL,
              CelStandardMacro.EXISTS,
              CelStandardMacro.EXISTS_ONE)
          .addVar("topic", SimpleType.STRING)
          .addVar("partition", SimpleType.INT)
          .addVar("offset", SimpleType.INT)
          .addVar("timestamp", SimpleType.TIMESTAMP)
          .addVar("key", SimpleType.STRING)
          .addVar("key_bytes", SimpleType.BYTES)
          .addVar("value", SimpleType.STRING)
          .addVar("value_bytes", SimpleType.BYTES)
          .addVar("headers", MapType.create(SimpleType.STRING, SimpleType.STRING))
          .addVar("json", SimpleType.DYN)
          .build();

  private Language() {}

  static CelRuntime runtime(TextFunctions functions) {
    return CelRuntimeFactory.plannerRuntimeBuilder()
        .setOptions(OPTIONS)
        .setStandardFunctions(
            CelStandardFunctions.newBuilder()
                .filterFunctions(
                    (function, overload) ->
                        function != CelStandardFunctions.StandardFunction.CONTAINS
                            && function != CelStandardFunctions.StandardFunction.MATCHES
                            && !makesLarger(overload.toString()))
                .build())
        .addFunctionBindings(functions.bindings())
        .build();
  }

  private static boolean makesLarger(String overload) {
    return overload.equals(AddOverload.ADD_STRING.name())
        || overload.equals(AddOverload.ADD_BYTES.name())
        || overload.equals(AddOverload.ADD_LIST.name());
  }
}
