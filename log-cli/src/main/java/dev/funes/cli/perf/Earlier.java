package dev.funes.cli.perf;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.ExitCode;
import dev.funes.cli.console.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * An earlier run, to compare one with.
 *
 * @param file as the user named it
 */
record Earlier(String file, Figures figures) {
  /**
   * Reads the JSON that a run has printed.
   *
   * @throws CommandFailure when it is none, or of another scenario
   */
  static Earlier read(Path file, String scenario) throws IOException {
    Figures figures;
    try {
      figures = Figures.parse(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new CommandFailure(
          ExitCode.USAGE, "--compare: %s is not what -f json prints".formatted(file), null, e);
    }
    String found = figures.words().get("scenario");
    if (!scenario.equals(found)) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "--compare: %s is %s, and this is perf %s"
              .formatted(file, found == null ? "no result" : "of perf " + found, scenario));
    }
    return new Earlier(file.toString(), figures);
  }

  /** Prints what differs, for people. */
  void print(Figures now, PrintWriter out) {
    out.println();
    out.println(
        "compared with %s of %s".formatted(file, figures.words().getOrDefault("started", "-")));
    Table table = new Table("FIGURE", "EARLIER", "NOW", "RATIO");
    forEachNumber(
        now,
        (name, both) ->
            table.row(
                name,
                print(both.earlier()),
                print(both.now()),
                both.earlier() == 0 ? "-" : String.format(Locale.ROOT, "%.3f", both.ratio())));
    table.print(out);
    for (String name : differentSettings(now)) {
      out.println(
          "%s was %s, is %s"
              .formatted(
                  name,
                  figures.settings().getOrDefault(name, "-"),
                  now.settings().getOrDefault(name, "-")));
    }
    out.flush();
  }

  private static String print(double number) {
    return number == Math.rint(number)
        ? String.format(Locale.ROOT, "%,.0f", number)
        : String.format(Locale.ROOT, "%,.3f", number);
  }

  /** Writes what differs as a field of an open object. */
  void write(Figures now, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("compare");
    json.writeStringField("file", file);
    json.writeObjectFieldStart("figures");
    for (Map.Entry<String, Double> number : figures.numbers().entrySet()) {
      Double value = now.numbers().get(number.getKey());
      if (value != null) {
        Both both = new Both(number.getValue(), value);
        json.writeObjectFieldStart(number.getKey());
        json.writeNumberField("earlier", both.earlier());
        json.writeNumberField("now", both.now());
        if (both.earlier() != 0) {
          ResultJson.decimal("ratio", both.ratio(), json);
        }
        json.writeEndObject();
      }
    }
    json.writeEndObject();
    json.writeArrayFieldStart("different_settings");
    for (String name : differentSettings(now)) {
      json.writeString(name);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private record Both(double earlier, double now) {
    double ratio() {
      return now / earlier;
    }
  }

  private void forEachNumber(Figures now, BiConsumer<String, Both> action) {
    figures
        .numbers()
        .forEach(
            (name, earlier) -> {
              Double value = now.numbers().get(name);
              if (value != null) {
                action.accept(name, new Both(earlier, value));
              }
            });
  }

  private SortedSet<String> differentSettings(Figures now) {
    SortedSet<String> names = new TreeSet<>(figures.settings().keySet());
    names.addAll(now.settings().keySet());
    names.removeIf(name -> Objects.equals(figures.settings().get(name), now.settings().get(name)));
    return names;
  }
}
