package dev.funes.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What Linux tells of processes and mounts under /proc. */
public final class ProcFiles {
  private static final int STATE = 0;
  private static final int START_TIME = 19;

  private ProcFiles() {}

  /**
   * When a process began, in ticks since the machine did; "0" when there is none of that number.
   */
  static String startTicks(long pid) {
    List<String> fields = fieldsOf(pid);
    return fields.isEmpty() || fields.get(STATE).equals("Z") ? "0" : fields.get(START_TIME);
  }

  /** The state as one letter, such as S (sleeps), T (stopped) or Z (ended); "-" for none. */
  public static String state(long pid) {
    List<String> fields = fieldsOf(pid);
    return fields.isEmpty() ? "-" : fields.get(STATE);
  }

  /** Whether something is mounted right there. */
  static boolean isMounted(Path path) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
        .anyMatch(line -> line.split(" ", 3)[1].equals(path.toString()));
  }

  /** From the state on: what is before it may contain blanks. */
  private static List<String> fieldsOf(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
    } catch (IOException e) {
      return List.of();
    }
  }
}
