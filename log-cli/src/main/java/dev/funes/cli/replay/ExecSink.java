package dev.funes.cli.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.ExitCode;
import dev.funes.client.ConsumedRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.util.Map;

/**
 * Runs a command of the shell for each record, one after the other, with the value on its standard
 * input. What it prints is printed.
 */
record ExecSink(String command, OutputStream out) implements RecordSink {
  @Override
  public void accept(ConsumedRecord record) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", command).redirectError(Redirect.INHERIT);
    describe(record, builder.environment());
    Process process = builder.start();
    byte[] value = record.record().value();
    Thread feeder =
        Thread.ofVirtual().start(() -> feed(process, value == null ? new byte[0] : value));
    try {
      process.getInputStream().transferTo(out);
      feeder.join();
      int exitCode = process.waitFor();
      if (exitCode != 0) {
        throw new CommandFailure(
            ExitCode.FAILED,
            "the command ended with exit code %d for the record at offset %d of %s/%d"
                .formatted(exitCode, record.offset(), record.topic(), record.partition()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroy();
    }
  }

  private static void describe(ConsumedRecord record, Map<String, String> environment) {
    environment.put("FUNES_TOPIC", record.topic());
    environment.put("FUNES_PARTITION", Integer.toString(record.partition()));
    environment.put("FUNES_OFFSET", Long.toString(record.offset()));
    environment.put("FUNES_TIMESTAMP", Long.toString(record.record().timestampMillis()));
    byte[] key = record.record().key();
    if (key == null) {
      environment.remove("FUNES_KEY");
    } else {
      environment.put("FUNES_KEY", new String(key, UTF_8).replace("\0", ""));
    }
  }

  private static void feed(Process process, byte[] value) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(value);
    } catch (IOException e) {
      // The command does not want to read it all.
    }
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }
}
