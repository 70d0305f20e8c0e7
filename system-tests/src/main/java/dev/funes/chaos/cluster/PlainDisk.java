package dev.funes.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory of the machine's own file system. */
public record PlainDisk(Path data) implements NodeDisk {
  @Override
  public void open() throws IOException {
    Files.createDirectories(data);
  }

  @Override
  public void wipe() throws IOException {
    Shell.must("rm", "-rf", data.toString());
    open();
  }
}
