package dev.funes.cli.console;

import dev.funes.record.Header;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The option that gives records headers. */
public final class HeaderOptions {
  @Option(
      names = {"-H", "--header"},
      paramLabel = "NAME=VALUE",
      description = "A header of every record; may be repeated.")
  private List<String> headers = new ArrayList<>();

  /** True when none was given. */
  public boolean isEmpty() {
    return headers.isEmpty();
  }

  /** The headers in the order in which they were given. */
  public List<Header> parse(CommandLine commandLine) {
    return headers.stream().map(text -> parse(commandLine, text)).toList();
  }

  private static Header parse(CommandLine commandLine, String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new ParameterException(commandLine, "-H: '" + text + "' is not NAME=VALUE");
    }
    return new Header(
        text.substring(0, equals), text.substring(equals + 1).getBytes(StandardCharsets.UTF_8));
  }
}
