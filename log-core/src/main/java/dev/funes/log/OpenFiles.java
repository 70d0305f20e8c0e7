package dev.funes.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files that active segments have open for appends: of many partitions those that were written
 * to last, within a bound. One more is opened by closing another, which costs a few microseconds.
 *
 * <p>Thread-safe; but the apply thread that shares it appends alone, so no file is closed under an
 * append.
 */
public final class OpenFiles {
  private final int filesMax;
  private final Map<Segment, FileChannel> open = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param filesMax from 1
   */
  public OpenFiles(int filesMax) {
    if (filesMax < 1) {
      throw new IllegalArgumentException("files-max must be 1 or more, was " + filesMax);
    }
    this.filesMax = filesMax;
  }

  /** The file of a segment, open for writing at its end. */
  synchronized FileChannel of(Segment segment) throws IOException {
    FileChannel known = open.get(segment);
    if (known != null) {
      return known;
    }
    while (open.size() >= filesMax) {
      Iterator<FileChannel> eldest = open.values().iterator();
      eldest.next().close(); // All is in the page cache by then: closing writes nothing.
      eldest.remove();
    }
    FileChannel channel = FileChannel.open(segment.file(), StandardOpenOption.WRITE);
    channel.position(segment.position());
    open.put(segment, channel);
    return channel;
  }

  /** Nothing more is appended to a segment, for now or for good. */
  synchronized void close(Segment segment) {
    FileChannel channel = open.remove(segment);
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(segment.file() + " could not be closed", e);
    }
  }

  /** How many are open. */
  public synchronized int count() {
    return open.size();
  }
}
