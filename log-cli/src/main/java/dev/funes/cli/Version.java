package dev.funes.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of this build, from the manifest of its jar. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {line()};
  }

  static String line() {
    String version = Funes.class.getPackage().getImplementationVersion();
    return "funes "
        + (version == null ? "(not packaged)" : version)
        + ", Java "
        + Runtime.version();
  }
}
