package dev.funes.cli.console;

import java.util.Locale;

/** How a command that lists things prints them. */
public enum OutputFormat {
  /** Columns with headings, for people. */
  TABLE,
  /** One JSON object a line, with raw numbers and stable field names. */
  JSON;

  /** The name that users type. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
