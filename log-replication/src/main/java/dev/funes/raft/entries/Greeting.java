package dev.funes.raft.entries;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import org.apache.ratis.thirdparty.io.grpc.Metadata;

/**
 * How the two ends of a stream of entries find each other. The leader opens an {@code
 * appendEntries} call of Ratis over gRPC and says in its headers which version it speaks; the
 * follower answers with headers that have a port and a ticket; the leader connects there and shows
 * the ticket: 4 bytes of magic and version, 16 of the ticket. From then on all messages of the call
 * go this way.
 *
 * @param port where the follower listens
 * @param ticket names the call
 */
record Greeting(int port, UUID ticket) {

  /** Of the headers, the greeting and the messages. A node that speaks another one is refused. */
  static final int VERSION = 1;

  static final Metadata.Key<String> VERSION_KEY = key("funes-entries-version");
  static final Metadata.Key<String> PORT_KEY = key("funes-entries-port");
  static final Metadata.Key<String> TICKET_KEY = key("funes-entries-ticket");

  private static final int CONNECT_MILLIS_MAX = 3_000;
  private static final int HELLO_MILLIS_MAX = 5_000;
  private static final byte[] MAGIC = {'F', 'n', 'E', VERSION};
  private static final int HELLO_BYTES = MAGIC.length + 2 * Long.BYTES;

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  Metadata headers() {
    Metadata headers = new Metadata();
    headers.put(PORT_KEY, Integer.toString(port));
    headers.put(TICKET_KEY, ticket.toString());
    return headers;
  }

  /**
   * @throws IOException when there is none in the headers: the follower is of a version that sends
   *     entries in another way
   */
  static Greeting of(Metadata headers) throws IOException {
    String port = headers.get(PORT_KEY);
    String ticket = headers.get(TICKET_KEY);
    if (port == null || ticket == null) {
      throw new IOException(
          "it does not offer streams of entries of version " + VERSION + ", as this node does");
    }
    try {
      return new Greeting(Integer.parseInt(port), UUID.fromString(ticket));
    } catch (IllegalArgumentException e) {
      throw new IOException("port " + port + " or ticket " + ticket + " is not well formed", e);
    }
  }

  /** The leader's side: connects and shows the ticket. Blocks, for three seconds at most. */
  SocketChannel connect(InetSocketAddress follower) throws IOException {
    InetSocketAddress address = new InetSocketAddress(follower.getAddress(), port);
    SocketChannel channel = SocketChannel.open();
    boolean connected = false;
    try {
      channel.socket().connect(address, CONNECT_MILLIS_MAX);
      ByteBuffer hello =
          ByteBuffer.allocate(HELLO_BYTES)
              .put(MAGIC)
              .putLong(ticket.getMostSignificantBits())
              .putLong(ticket.getLeastSignificantBits())
              .flip();
      while (hello.hasRemaining()) {
        channel.write(hello);
      }
      connected = true;
      return channel;
    } finally {
      if (!connected) {
        channel.close();
      }
    }
  }

  /** The follower's side: the ticket that is shown. Blocks, for five seconds at most. */
  static UUID ticket(SocketChannel channel) throws IOException {
    Socket socket = channel.socket();
    socket.setSoTimeout(HELLO_MILLIS_MAX);
    InputStream in = socket.getInputStream();
    byte[] hello = in.readNBytes(HELLO_BYTES);
    socket.setSoTimeout(0);
    if (hello.length < HELLO_BYTES || !Arrays.equals(hello, 0, 4, MAGIC, 0, 4)) {
      throw new IOException(
          "expected a stream of entries of version %d, was %s"
              .formatted(VERSION, HexFormat.of().formatHex(hello)));
    }
    ByteBuffer ticket = ByteBuffer.wrap(hello, MAGIC.length, 2 * Long.BYTES);
    return new UUID(ticket.getLong(), ticket.getLong());
  }
}
