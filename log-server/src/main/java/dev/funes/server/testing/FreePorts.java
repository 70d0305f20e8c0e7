package dev.funes.server.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of loopback that are free now, and not of those that the system gives to outgoing
 * connections: between the look and the use, nothing else takes them by chance.
 */
final class FreePorts {
  private static final int FIRST = 20_000;
  private static final int LAST = 32_000;

  private FreePorts() {}

  /** All are held until all are found, so that they differ. */
  static List<Integer> pick(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      // From a random port on, for tests run in several processes at once.
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
      for (int tries = 0; sockets.size() < count; tries++) {
        if (tries > LAST - FIRST) {
          throw new IOException("expected " + count + " free ports, were " + sockets.size());
        }
        port = port < LAST ? port + 1 : FIRST;
        addIfFree(sockets, port);
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  private static void addIfFree(List<ServerSocket> sockets, int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
      sockets.add(socket);
    } catch (IOException e) {
      socket.close(); // somebody has it
    }
  }
}
