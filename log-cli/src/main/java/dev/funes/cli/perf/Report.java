package dev.funes.cli.perf;

import dev.funes.cli.console.JsonOut;
import dev.funes.cli.console.OutputFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/** Prints a result in the format that was asked for, and beside an earlier one. */
final class Report {
  private final PrintWriter out;
  private final OutputFormat format;
  private final @Nullable Earlier earlier;

  /** Reads the earlier run, so that a wrong file is known before the new one. */
  Report(PrintWriter out, OutputOptions options, String scenario) throws IOException {
    this.out = out;
    this.format = options.format();
    this.earlier = options.earlier(scenario);
  }

  /** Prints the result: these fields, or this summary of them. */
  void print(JsonOut.Fields fields, Runnable summary) throws IOException {
    if (earlier == null) {
      switch (format) {
        case JSON -> JsonOut.print(out, fields);
        case TABLE -> summary.run();
      }
      return;
    }
    StringWriter text = new StringWriter();
    JsonOut.print(new PrintWriter(text), fields);
    Figures now = Figures.parse(text.toString());
    switch (format) {
      case JSON ->
          JsonOut.print(
              out,
              json -> {
                fields.write(json);
                earlier.write(now, json);
              });
      case TABLE -> {
        summary.run();
        earlier.print(now, out);
      }
    }
  }
}
