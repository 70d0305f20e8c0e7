package dev.funes.chaos.workload;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Diagnostic commands to another JVM, as {@code jcmd} sends them. The first one to a process goes
 * through jcmd, which makes the process listen; after that its socket is spoken to, because to
 * start a JVM for every look at another costs more than what is looked at.
 */
final class JvmCommands {
  private static final int JCMD_SECONDS_MAX = 20;
  private static final long ANSWER_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private JvmCommands() {}

  /** What the process answers; empty when it does not, because it stands still, say. */
  static String run(long pid, String command) {
    try {
      Path socket = Path.of(System.getProperty("java.io.tmpdir"), ".java_pid" + pid);
      return Files.exists(socket) ? ask(socket, command) : jcmd(pid, command);
    } catch (IOException e) {
      return "";
    }
  }

  private static String ask(Path socket, String command) throws IOException {
    // Version of the protocol, command, three arguments; each ends with a zero.
    byte[] request = ("1\0jcmd\0" + command + "\0\0\0").getBytes(StandardCharsets.UTF_8);
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      ByteBuffer out = ByteBuffer.wrap(request);
      while (out.hasRemaining()) {
        channel.write(out);
      }
      channel.configureBlocking(false);
      ByteBuffer in = ByteBuffer.allocate(1 << 16);
      long end = System.nanoTime() + ANSWER_NANOS_MAX;
      int read = 0;
      while (read >= 0 && in.hasRemaining() && System.nanoTime() < end) {
        read = channel.read(in);
        if (read == 0) {
          LockSupport.parkNanos(LOOK_NANOS);
        }
      }
      return new String(in.array(), 0, in.position(), StandardCharsets.UTF_8);
    }
  }

  private static String jcmd(long pid, String command) throws IOException {
    if (!Files.exists(Path.of("/proc", Long.toString(pid)))) {
      return "";
    }
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process process =
        new ProcessBuilder(
                "timeout",
                "-k",
                "1",
                Integer.toString(JCMD_SECONDS_MAX),
                jcmd,
                "-J-XX:TieredStopAtLevel=1",
                Long.toString(pid),
                command)
            .redirectErrorStream(true)
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
