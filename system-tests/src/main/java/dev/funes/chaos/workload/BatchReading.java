package dev.funes.chaos.workload;

import dev.funes.record.InvalidBatchException;
import dev.funes.record.LogRecord;
import dev.funes.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Reads batches as they lie in the log. */
final class BatchReading {
  private BatchReading() {}

  /**
   * Notes the records of some batches, from the note's position on.
   *
   * @param each hears of every batch that is whole
   */
  static void note(ByteBuffer batches, ReadNote note, Consumer<RecordBatch> each) {
    int position = batches.position();
    while (position < batches.limit()) {
      RecordBatch batch;
      try {
        batch = RecordBatch.at(batches, position);
      } catch (InvalidBatchException e) {
        note.damaged(note.nextOffset(), "is in a batch that is cut off: " + e.getMessage());
        return;
      }
      position += batch.sizeBytes();
      each.accept(batch);
      try {
        for (LogRecord record : batch.records(RecordBatch.UNCOMPRESSED_BYTES_MAX)) {
          if (record.offset() >= note.nextOffset()) {
            note.add(record.offset(), record.value());
          }
        }
      } catch (InvalidBatchException e) {
        note.damaged(note.nextOffset(), "is in a damaged batch: " + e.getMessage());
        note.skipTo(batch.nextOffset());
      }
    }
  }
}
