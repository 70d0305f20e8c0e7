package dev.funes.chaos.knownbad;

import dev.funes.chaos.cluster.ImageDisk;
import dev.funes.chaos.cluster.Leftovers;
import dev.funes.chaos.cluster.NodeCommand;
import dev.funes.chaos.cluster.Shell;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Whether a term that a node has been told is written is there after a power loss. */
final class TermProbe {
  private static final int DISK_MIB = 16;
  private static final int START_MILLIS_MAX = 60_000;

  private TermProbe() {}

  /**
   * Writes terms, takes the power away, and looks.
   *
   * @param front what stands in front of the distribution's class path; may be empty
   * @return the term that is on the disk
   */
  static int termAfterPowerLoss(Path funes, List<Path> front, Path directory) throws IOException {
    Files.createDirectories(directory);
    String name = "fc" + Math.floorMod(System.nanoTime(), 100_000) + "t";
    try (Leftovers leftovers = Leftovers.begin(name)) {
      ImageDisk disk =
          new ImageDisk(
              directory.resolve("disk.img"), directory.resolve("disk"), DISK_MIB, leftovers);
      disk.open();
      Path meta = disk.mount().resolve("raft-meta");
      Path said = directory.resolve("writer.log");
      Process writer = start(funes, front, meta, said);
      leftovers.process(writer.pid());
      try {
        awaitWritten(writer, said);
        disk.powerOff();
      } finally {
        writer.destroyForcibly().onExit().join();
      }
      disk.powerOn();
      return Files.exists(meta)
          ? Integer.parseInt(Files.readAllLines(meta).getFirst().substring("term=".length()))
          : 0;
    }
  }

  private static Process start(Path funes, List<Path> front, Path meta, Path said)
      throws IOException {
    List<Path> path = new ArrayList<>(front);
    path.add(ownClasses());
    path.add(NodeCommand.commandJar(funes));
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            path.stream().map(Path::toString).collect(Collectors.joining(":")),
            TermWriter.class.getName(),
            meta.toString())
        .redirectErrorStream(true)
        .redirectOutput(said.toFile())
        .start();
  }

  private static void awaitWritten(Process writer, Path said) throws IOException {
    for (int millis = 0; millis < START_MILLIS_MAX && writer.isAlive(); millis += 5) {
      if (Files.readString(said).endsWith(TermWriter.TERMS + "\n")) {
        return;
      }
      Shell.pause(5);
    }
    throw new IOException("the terms were not written: " + Files.readString(said));
  }

  private static Path ownClasses() throws IOException {
    try {
      return Path.of(TermProbe.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }
}
