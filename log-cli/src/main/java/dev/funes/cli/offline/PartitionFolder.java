package dev.funes.cli.offline;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the name of a partition's folder says: {@code <topic>-<partition>.<topic id>}. */
record PartitionFolder(String topic, int partition) {
  private static final Pattern NAME = Pattern.compile("(.+)-(\\d{1,9})\\.\\d+");

  /**
   * Of the folder that a segment file lies in; a folder of another name is a topic of that name.
   */
  static PartitionFolder of(Path segmentFile) {
    Path folder = segmentFile.toAbsolutePath().normalize().getParent();
    String name = folder == null ? "" : String.valueOf(folder.getFileName());
    Matcher parts = NAME.matcher(name);
    return parts.matches()
        ? new PartitionFolder(parts.group(1), Integer.parseInt(parts.group(2)))
        : new PartitionFolder(name, 0);
  }
}
