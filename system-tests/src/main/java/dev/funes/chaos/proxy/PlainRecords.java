package dev.funes.chaos.proxy;

import com.google.protobuf.UnsafeByteOperations;
import dev.funes.proto.v1.ProduceRequest;
import dev.funes.proto.v1.Record;
import dev.funes.proto.v1.RecordList;
import dev.funes.record.LogRecord;
import dev.funes.record.RecordBatch;

/** Takes producer and sequence from a batch: what a client without de-duplication would send. */
final class PlainRecords {
  private PlainRecords() {}

  static ProduceRequest of(ProduceRequest produce) {
    RecordList.Builder records = RecordList.newBuilder();
    for (RecordBatch batch : RecordBatch.split(produce.getBatch().asReadOnlyByteBuffer())) {
      for (LogRecord record : batch.records(RecordBatch.UNCOMPRESSED_BYTES_MAX)) {
        Record.Builder plain = Record.newBuilder().setTimestampMillis(record.timestampMillis());
        byte[] key = record.key();
        byte[] value = record.value();
        if (key != null) {
          plain.setKey(UnsafeByteOperations.unsafeWrap(key));
        }
        if (value != null) {
          plain.setValue(UnsafeByteOperations.unsafeWrap(value));
        }
        records.addRecords(plain);
      }
    }
    return produce.toBuilder().setRecords(records).build();
  }
}
