package dev.funes.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
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
  /** Reads follow appends within seconds, or are far behind and read all they come to. */
  public static final long CHECK_AGE_MILLIS_DEFAULT = 10_000;

  private final int filesMax;
  private final long checkAgeMillis;
  private final Map<Segment, FileChannel> open = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * With the default age.
   *
   * @param filesMax from 1
   */
  public OpenFiles(int filesMax) {
    this(filesMax, CHECK_AGE_MILLIS_DEFAULT);
  }

  /**
   * For the logs of one apply thread.
   *
   * @param filesMax from 1
   * @param checkAgeMillis batches that were neither written nor checked for so long are checked
   *     before they are read; 0: always
   */
  public OpenFiles(int filesMax, long checkAgeMillis) {
    if (filesMax < 1) {
      throw new IllegalArgumentException("files-max must be 1 or more, was " + filesMax);
    }
    if (checkAgeMillis < 0 || checkAgeMillis > CheckMarks.AGE_MILLIS_MAX) {
      throw new IllegalArgumentException(
          "read-check-millis must be 0 to "
              + CheckMarks.AGE_MILLIS_MAX
              + ", was "
              + checkAgeMillis);
    }
    this.filesMax = filesMax;
    this.checkAgeMillis = checkAgeMillis;
  }

  long checkAgeMillis() {
    return checkAgeMillis;
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
    FileChannel channel = openOrMake(segment);
    channel.position(segment.position());
    open.put(segment, channel);
    return channel;
  }

  /**
   * A file that somebody has deleted is made again, with a hole where batches were: that is damage
   * that can be repaired, while a node that cannot append has to stop.
   */
  private static FileChannel openOrMake(Segment segment) throws IOException {
    try {
      return FileChannel.open(segment.file(), StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (NoSuchFileException e) {
      segment.marks().clear();
      return FileChannel.open(
          segment.file(),
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          StandardOpenOption.CREATE_NEW);
    }
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
