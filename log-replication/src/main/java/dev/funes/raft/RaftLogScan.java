package dev.funes.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogFormat;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of a Raft log record by record, up to the first that is not whole.
 *
 * <p>A file is a header of 8 bytes and then records of {@code [length: varint][entry][crc32c: 4]};
 * the sum covers length and entry. Zeros end the file, as it is allocated ahead with zeros.
 */
final class RaftLogScan {

  private static final int CRC_BYTES = 4;
  private static final int LENGTH_BYTES_MAX = 5;
  private static final int TERM_TAG = 1 << 3;
  private static final int INDEX_TAG = 2 << 3;

  /** No entry is found further ahead than this: what looks like one is payload. */
  private static final long INDEX_AHEAD_MAX = 1 << 20;

  private final ByteBuffer file;
  private final int headerBytes = SegmentedRaftLogFormat.getHeaderLength();
  private long lastIndex;
  private int end;

  private RaftLogScan(ByteBuffer file, long firstIndex) {
    this.file = file;
    this.lastIndex = firstIndex - 1;
  }

  /**
   * Reads what is whole.
   *
   * @param file from position 0 to its limit
   * @param firstIndex Raft index of the first record
   */
  static RaftLogScan of(ByteBuffer file, long firstIndex) {
    RaftLogScan scan = new RaftLogScan(file, firstIndex);
    scan.readWhole();
    return scan;
  }

  /** Raft index of the last whole record; the one before the first when there is none. */
  long lastIndex() {
    return lastIndex;
  }

  /** Byte position after the last whole record; 0 when not even the header is whole. */
  int end() {
    return end;
  }

  /** True when nothing but zeros follows, or the file has never got beyond its header. */
  boolean endsCleanly() {
    int from = end;
    if (from == 0) {
      ByteBuffer header = SegmentedRaftLogFormat.getHeaderBytebuffer();
      while (from < Math.min(headerBytes, file.limit()) && file.get(from) == header.get(from)) {
        from++;
      }
    }
    for (int i = from; i < file.limit(); i++) {
      if (file.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Byte position of a whole record behind the damage, or out of its turn; -1 when none is. */
  int wholeRecordBehind() {
    if (recordAt(end, 0) != null) {
      return end;
    }
    for (int at = end + 1; at < file.limit(); at++) {
      if (file.get(at) != 0 && recordAt(at, lastIndex + 1) != null) {
        return at;
      }
    }
    return -1;
  }

  private record Whole(long index, int end) {}

  private void readWhole() {
    if (file.limit() < headerBytes
        || file.slice(0, headerBytes).mismatch(SegmentedRaftLogFormat.getHeaderBytebuffer()) >= 0) {
      return;
    }
    end = headerBytes;
    Whole record = recordAt(end, lastIndex + 1);
    while (record != null && record.index() == lastIndex + 1) {
      end = record.end();
      lastIndex = record.index();
      record = recordAt(end, lastIndex + 1);
    }
  }

  private @Nullable Whole recordAt(int at, long indexMin) {
    int entryBytes = 0;
    int start = at;
    for (int shift = 0; ; shift += 7) {
      if (start == file.limit() || start - at == LENGTH_BYTES_MAX) {
        return null;
      }
      byte next = file.get(start++);
      entryBytes |= (next & 0x7f) << shift;
      if (next >= 0) {
        break;
      }
    }
    if (entryBytes <= 0 || entryBytes > file.limit() - start - CRC_BYTES) {
      return null;
    }
    // The index first: it is cheap, and where no record begins it is hardly ever a likely one.
    long index = indexOf(file.slice(start, entryBytes));
    int crcAt = start + entryBytes;
    if (index < indexMin
        || index > lastIndex + INDEX_AHEAD_MAX
        || file.getInt(crcAt) != crc(at, crcAt)) {
      return null;
    }
    return new Whole(index, crcAt + CRC_BYTES);
  }

  private int crc(int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(file.slice(from, to - from));
    return (int) crc.getValue();
  }

  /** From the two fields that begin every entry, term and index; -1 when they are not there. */
  private static long indexOf(ByteBuffer entry) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(entry);
      if (in.readTag() != TERM_TAG) {
        return -1;
      }
      in.readUInt64();
      // A field that is zero is not written.
      return in.readTag() == INDEX_TAG ? in.readUInt64() : 0;
    } catch (IOException e) {
      return -1;
    }
  }
}
