package dev.funes.raft.entries;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedOutputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.Parser;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Protobuf messages over one TCP connection, in both directions: four bytes of length (big-endian),
 * then the message. Any thread may send, one may receive; both block. A write that gets no further
 * for {@link #STUCK_MILLIS} closes the connection: the other node stands still.
 */
final class MessageConnection implements Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(MessageConnection.class);

  static final int STUCK_MILLIS = 5_000;
  private static final int BUFFER_BYTES_MIN = 4 << 10;
  private static final int BUFFER_BYTES_MAX = 256 << 10;
  private static final int ENCODER_BYTES = 512;
  private static final int WATCH_MILLIS = 500;

  private static final Set<MessageConnection> OPEN = ConcurrentHashMap.newKeySet();

  static {
    Thread.ofPlatform().daemon().name("funes-entries-watch").start(MessageConnection::watch);
  }

  private final SocketChannel channel;
  private final int messageBytesMax;
  private final ReentrantLock sending = new ReentrantLock();
  private final OutputStream encoded = new Encoded();
  private ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES_MIN);
  private ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES_MIN).flip();
  private volatile long writingSince; // System.nanoTime(), 0: nothing is being written

  /**
   * @param channel in blocking mode; closed with this
   * @param messageBytesMax a longer message is not received
   */
  MessageConnection(SocketChannel channel, int messageBytesMax) throws IOException {
    this.channel = channel;
    this.messageBytesMax = messageBytesMax;
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    OPEN.add(this);
  }

  void send(MessageLite message) throws IOException {
    int sizeBytes = message.getSerializedSize();
    boolean sent = false;
    sending.lock();
    try {
      out = roomFor(out, sizeBytes).clear();
      out.putInt(sizeBytes);
      CodedOutputStream coder = CodedOutputStream.newInstance(encoded, ENCODER_BYTES);
      message.writeTo(coder);
      coder.flush();
      write();
      sent = true;
    } finally {
      sending.unlock();
      if (!sent) {
        close(); // half a message may be on its way
      }
    }
  }

  /** What the protobuf encoder gives, which is whole arrays of payload and little else. */
  private final class Encoded extends OutputStream {

    @Override
    public void write(int b) throws IOException {
      if (!out.hasRemaining()) {
        MessageConnection.this.write();
      }
      out.put((byte) b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int done = 0; done < length; ) {
        if (!out.hasRemaining()) {
          MessageConnection.this.write();
        }
        int step = Math.min(length - done, out.remaining());
        out.put(bytes, offset + done, step);
        done += step;
      }
    }
  }

  private void write() throws IOException {
    out.flip();
    writingSince = System.nanoTime() | 1;
    try {
      while (out.hasRemaining()) {
        channel.write(out);
      }
    } finally {
      writingSince = 0;
    }
    out.clear();
  }

  /**
   * The next message; its byte fields are not copied again.
   *
   * @return null when the other side has ended the connection between two messages
   */
  <M> @Nullable M receive(Parser<M> parser) throws IOException {
    while (in.remaining() < Integer.BYTES) {
      if (!more()) {
        if (in.hasRemaining()) {
          throw new IOException("the connection ended within the length of a message");
        }
        return null;
      }
    }
    int sizeBytes = in.getInt();
    if (sizeBytes < 0 || sizeBytes > messageBytesMax) {
      throw new IOException(
          "a message must have at most " + messageBytesMax + " bytes, has " + sizeBytes);
    }
    byte[] bytes = new byte[sizeBytes];
    for (int done = 0; ; ) {
      int step = Math.min(sizeBytes - done, in.remaining());
      in.get(bytes, done, step);
      done += step;
      if (done == sizeBytes) {
        break;
      }
      in = roomFor(in, sizeBytes - done);
      if (!more()) {
        throw new IOException("the connection ended within a message");
      }
    }
    CodedInputStream coder = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
    coder.enableAliasing(true);
    return parser.parseFrom(coder);
  }

  private boolean more() throws IOException {
    in.compact();
    try {
      return channel.read(in) > 0;
    } finally {
      in.flip();
    }
  }

  /** A buffer of twice the size or more, with the same content, when it is too small for that. */
  private static ByteBuffer roomFor(ByteBuffer buffer, int sizeBytes) {
    int wanted = Math.min(sizeBytes + Integer.BYTES, BUFFER_BYTES_MAX);
    if (buffer.capacity() >= wanted) {
      return buffer;
    }
    int capacity = Math.min(BUFFER_BYTES_MAX, Math.max(wanted, 2 * buffer.capacity()));
    return ByteBuffer.allocateDirect(capacity).put(buffer).flip();
  }

  private static void watch() {
    while (true) {
      try {
        Thread.sleep(WATCH_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
      long now = System.nanoTime();
      for (MessageConnection connection : OPEN) {
        long since = connection.writingSince;
        if (since != 0 && now - since > TimeUnit.MILLISECONDS.toNanos(STUCK_MILLIS)) {
          LOG.warn("{} takes nothing any more, and is closed", connection);
          connection.close();
        }
      }
    }
  }

  /** Never fails. Who sends or receives at the moment gets an {@link IOException}. */
  @Override
  public void close() {
    OPEN.remove(this);
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("{} does not close well", this, e);
    }
  }

  @Override
  public String toString() {
    return channel.toString();
  }
}
