package dev.funes.cli.console;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Where a command reads and writes bytes. The streams are not buffered, and closing them is left to
 * the process.
 */
public record StandardStreams(InputStream in, OutputStream out) {
  /** Those of this process. */
  public static StandardStreams ofProcess() {
    return new StandardStreams(
        new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out));
  }
}
