package dev.funes.cli.request;

import dev.funes.client.Producer;
import dev.funes.client.Request;
import dev.funes.client.RequestHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Answers each request with what a shell command prints. */
final class ShellHandler implements RequestHandler {
  private static final int ERROR_BYTES_MAX = 4 << 10;

  private final String command;
  private final Duration timeout;
  private volatile boolean stopped;
  private volatile @Nullable Process running;

  ShellHandler(String command, Duration timeout) {
    this.command = command;
    this.timeout = timeout;
  }

  /** Ends the command under way, which then gives no answer. */
  void stop() {
    stopped = true;
    Process process = running;
    if (process != null) {
      kill(process);
    }
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** What the command could not do, for the requester. */
  private static final class CommandException extends Exception {
    private static final long serialVersionUID = 1;

    CommandException(String message) {
      super(message);
    }
  }

  @Override
  public byte[] reply(Request request) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", command);
    describe(request, builder.environment());
    Process process = builder.start();
    running = process;
    try {
      return answer(process, request.value());
    } catch (CommandException e) {
      if (stopped) {
        throw new InterruptedException("interrupted while a command was answering");
      }
      throw e;
    } finally {
      running = null;
      kill(process);
    }
  }

  private static void describe(Request request, Map<String, String> environment) {
    environment.put("FUNES_TOPIC", request.consumed().topic());
    environment.put("FUNES_PARTITION", Integer.toString(request.consumed().partition()));
    environment.put("FUNES_OFFSET", Long.toString(request.consumed().offset()));
    byte[] key = request.key();
    environment.put("FUNES_KEY", key == null ? "" : withoutNul(key));
    environment.put(
        "FUNES_CORRELATION_ID",
        withoutNul(request.correlationId().getBytes(StandardCharsets.UTF_8)));
  }

  /** The environment holds text up to a zero byte. */
  private static String withoutNul(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8).replace("\0", "");
  }

  private byte[] answer(Process process, byte @Nullable [] value)
      throws InterruptedException, ExecutionException, CommandException {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    FutureTask<byte[]> output = read(process.getInputStream(), Producer.ATOMIC_BYTES_MAX + 1);
    FutureTask<byte[]> errors = read(process.getErrorStream(), ERROR_BYTES_MAX);
    Thread.ofVirtual().start(() -> write(value, process.getOutputStream()));
    byte[] printed;
    String error;
    try {
      printed = output.get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (printed.length > Producer.ATOMIC_BYTES_MAX) {
        throw new CommandException(
            "the command printed more than " + Producer.ATOMIC_BYTES_MAX + " bytes");
      }
      error =
          new String(
              errors.get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS),
              StandardCharsets.UTF_8);
      if (!process.waitFor(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw tookTooLong();
      }
    } catch (TimeoutException e) {
      throw tookTooLong();
    }
    if (process.exitValue() != 0) {
      throw new CommandException(
          error
              .lines()
              .filter(line -> !line.isBlank())
              .findFirst()
              .orElse("the command ended with exit code " + process.exitValue()));
    }
    return printed;
  }

  private CommandException tookTooLong() {
    return new CommandException("the command took longer than " + timeout.toMillis() + " ms");
  }

  /** Reads to the end and keeps the beginning; ends early when that is more than was asked for. */
  private static FutureTask<byte[]> read(InputStream in, int bytesMax) {
    FutureTask<byte[]> task =
        new FutureTask<>(
            () -> {
              ByteArrayOutputStream kept = new ByteArrayOutputStream();
              byte[] buffer = new byte[8 << 10];
              for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                kept.write(buffer, 0, Math.min(read, bytesMax - kept.size()));
                if (kept.size() == bytesMax && bytesMax > ERROR_BYTES_MAX) {
                  break;
                }
              }
              return kept.toByteArray();
            });
    Thread.ofVirtual().start(task);
    return task;
  }

  private static void write(byte @Nullable [] value, OutputStream in) {
    try (in) {
      if (value != null) {
        in.write(value);
      }
    } catch (IOException e) {
      // The command has enough without reading all of it.
    }
  }
}
