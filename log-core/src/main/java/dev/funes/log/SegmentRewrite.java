package dev.funes.log;

import dev.funes.record.InvalidBatchException;
import dev.funes.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A file that is put together to replace that of a damaged segment: what is whole of the old one,
 * and the rest from another replica. One thread.
 */
final class SegmentRewrite implements AutoCloseable {
  private final Path path;
  private final FileChannel out;
  private final LeaderEpochs epochs;
  private final int end;
  private final Pace pace;
  private final CRC32C headers = new CRC32C();
  private int position;
  private long offset;
  private int fetched;

  /**
   * @param path of the new file
   * @param end how long it will be
   */
  SegmentRewrite(Path path, Segment segment, int end, Pace pace) throws IOException {
    this.path = path;
    this.epochs = segment.epochs();
    this.end = end;
    this.pace = pace;
    this.offset = segment.baseOffset();
    this.out =
        FileChannel.open(
            path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  Path path() {
    return path;
  }

  int position() {
    return position;
  }

  /** The offset after the last batch. */
  long offset() {
    return offset;
  }

  /** How many batches came from another replica. */
  int fetched() {
    return fetched;
  }

  /** As {@link SegmentPosition#headersCrc}. */
  int headersCrc() {
    return (int) headers.getValue();
  }

  /** Goes on to the end. */
  void fill(BatchFile old, BatchSource source) throws IOException, InterruptedException {
    while (position < end) {
      if (isWhole(old)) {
        add(old.batch());
      } else {
        addFrom(source, old);
      }
    }
  }

  private boolean isWhole(BatchFile old) throws IOException {
    return old.problem(position, end, offset, epochs) == null;
  }

  private void add(RecordBatch batch) throws IOException, InterruptedException {
    ByteBuffer bytes = batch.bytes();
    headers.update(bytes.slice(0, BatchWalk.PREFIX_BYTES));
    write(bytes, position);
    position += batch.sizeBytes();
    offset = batch.nextOffset();
    pace.spent(batch.sizeBytes());
  }

  /** Takes over batches until the ones that are here are whole again. */
  private void addFrom(BatchSource source, BatchFile old) throws IOException, InterruptedException {
    try {
      for (RecordBatch batch : RecordBatch.split(source.batchesFrom(offset))) {
        String problem =
            batch.sizeBytes() > end - position
                ? "it is longer than what is missing"
                : BatchFile.problem(batch, offset, epochs);
        if (problem != null) {
          throw new IOException(
              "the batch of another replica at offset " + offset + " does not fit: " + problem);
        }
        add(batch);
        fetched++;
        if (position == end || isWhole(old)) {
          return;
        }
      }
    } catch (InvalidBatchException e) {
      throw new IOException("another replica sent no batches: " + e.getMessage(), e);
    }
  }

  /** Copies what was appended behind the end meanwhile; false when that is damaged as well. */
  boolean addTail(FileChannel in, int newEnd) throws IOException {
    ByteBuffer tail = ByteBuffer.allocate(newEnd - position);
    while (tail.hasRemaining()) {
      if (in.read(tail, (long) position + tail.position()) < 0) {
        return false;
      }
    }
    try {
      for (RecordBatch batch : RecordBatch.split(tail.flip())) {
        if (BatchFile.problem(batch, offset, epochs) != null) {
          return false;
        }
        headers.update(batch.bytes().limit(BatchWalk.PREFIX_BYTES));
        offset = batch.nextOffset();
      }
    } catch (InvalidBatchException e) {
      return false;
    }
    write(tail, position);
    position = newEnd;
    return true;
  }

  private void write(ByteBuffer bytes, int at) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes, (long) at + bytes.position());
    }
  }

  void force() throws IOException {
    out.force(true);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
