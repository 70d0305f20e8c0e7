package dev.funes.cli.perf;

import dev.funes.cli.console.JsonOut;
import java.io.IOException;
import java.io.PrintWriter;

/** Gives a result in all the ways that were asked for. */
final class Report {
  private final PrintWriter out;
  private final OutputOptions options;

  Report(PrintWriter out, OutputOptions options) {
    this.out = out;
    this.options = options;
  }

  void print(Result result) throws IOException {
    switch (options.format()) {
      case JSON -> JsonOut.print(out, json -> ResultJson.write(result, json));
      case TABLE -> new Summary(out).print(result);
    }
  }
}
