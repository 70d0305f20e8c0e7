package dev.funes.chaos.knownbad;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Runs with the class path of a node: writes one term after the other with the class that Ratis
 * writes {@code raft-meta} with, and says which it has written. Then it waits to be killed.
 */
final class TermWriter {
  static final int TERMS = 20;

  private TermWriter() {}

  public static void main(String[] arguments) throws Exception {
    Class<?> stream = Class.forName("org.apache.ratis.util.AtomicFileOutputStream");
    File file = new File(arguments[0]);
    for (int term = 1; term <= TERMS; term++) {
      write(stream, file, "term=" + term + "\n");
      System.out.println(term);
      System.out.flush();
    }
    Thread.sleep(Long.MAX_VALUE);
  }

  private static void write(Class<?> stream, File file, String text)
      throws ReflectiveOperationException, IOException {
    try (OutputStream out = (OutputStream) stream.getConstructor(File.class).newInstance(file)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
