package dev.funes.record;

import static dev.funes.record.TestBatches.bytesOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.record.BatchValidator.Validation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds our batches against Kafka's own record classes, in both directions. */
class KafkaCompatibilityTest {
  private static final int ROUNDS = 60;
  private static final BatchValidator VALIDATOR = new BatchValidator(1 << 20, 1 << 20);

  @ParameterizedTest
  @EnumSource
  void kafkaReadsWhatWeWrite(Compression compression) {
    Random random = Seed.random("kafkaReadsWhatWeWrite");
    int compressed = 0;
    for (int round = 0; round < ROUNDS; round++) {
      List<LogRecord> records = TestBatches.randomRecords(random);
      ByteBuffer ours =
          TestBatches.builder(compression, records).producer(7 + round, (short) 3, round).build();

      MutableRecordBatch kafka = only(ours.duplicate());

      kafka.ensureValid();
      assertThat(kafka.producerId()).isEqualTo(7 + round);
      assertThat(kafka.producerEpoch()).isEqualTo((short) 3);
      assertThat(kafka.baseSequence()).isEqualTo(round);
      assertThat(kafka.maxTimestamp()).isEqualTo(RecordBatch.at(ours, 0).maxTimestamp());
      assertThat(recordsOf(kafka)).isEqualTo(records);
      compressed += kafka.isCompressed() ? 1 : 0;
    }
    assertThat(compressed > 0).isEqualTo(compression != Compression.NONE);
  }

  @ParameterizedTest
  @EnumSource
  void weReadWhatKafkaWrites(Compression compression) {
    Random random = Seed.random("weReadWhatKafkaWrites");
    for (int round = 0; round < ROUNDS; round++) {
      List<LogRecord> records = TestBatches.randomRecords(random);
      ByteBuffer kafka = writtenByKafka(compression, records, 11, (short) 2, round, false);

      Validation validation = VALIDATOR.validate(kafka);

      assertThat(validation).isInstanceOf(Validation.Valid.class);
      RecordBatch batch = RecordBatch.at(kafka, kafka.position());
      assertThat(batch.compression()).isEqualTo(compression);
      assertThat(batch.producerId()).isEqualTo(11);
      assertThat(batch.producerEpoch()).isEqualTo((short) 2);
      assertThat(batch.baseSequence()).isEqualTo(round);
      assertThat(batch.records(RecordBatch.UNCOMPRESSED_BYTES_MAX)).isEqualTo(records);
    }
  }

  @Test
  void writesTheSameBytesAsKafkaWhenNothingIsCompressed() {
    Random random = Seed.random("writesTheSameBytesAsKafkaWhenNothingIsCompressed");
    RecordBatchBuilder reused = new RecordBatchBuilder(Compression.NONE, 1 << 20);
    for (int round = 0; round < ROUNDS; round++) {
      List<LogRecord> records = TestBatches.randomRecords(random);
      for (LogRecord record : records) {
        assertThat(
                reused.append(
                    record.timestampMillis(), record.key(), record.value(), record.headers()))
            .isTrue();
      }
      ByteBuffer ours = reused.producer(5, (short) 0, 9).build();

      ByteBuffer kafka = writtenByKafka(Compression.NONE, records, 5, (short) 0, 9, false);

      assertThat(bytesOf(ours)).isEqualTo(bytesOf(kafka));
    }
  }

  @Test
  void kafkaStillTakesABatchThatANodeStamped() {
    ByteBuffer ours = TestBatches.small(Compression.ZSTD);
    ours.put(0, RecordBatch.at(ours, 0).stampedHeader(1L << 40, 12), 0, RecordBatch.HEADER_BYTES);

    MutableRecordBatch kafka = only(ours.duplicate());

    kafka.ensureValid();
    assertThat(kafka.baseOffset())
        .isEqualTo(1L << 40)
        .isEqualTo(RecordBatch.at(ours, 0).baseOffset());
    assertThat(kafka.partitionLeaderEpoch()).isEqualTo(12);
    assertThat(kafka.nextOffset()).isEqualTo(RecordBatch.at(ours, 0).nextOffset());
    assertThat(recordsOf(kafka)).isEqualTo(RecordBatch.at(ours, 0).records(1 << 20));
  }

  @Test
  void sequencesWrapWhereKafkaWrapsThem() {
    for (int base :
        new int[] {
          0, Integer.MAX_VALUE - 5, Integer.MAX_VALUE - 4, Integer.MAX_VALUE - 2, Integer.MAX_VALUE
        }) {
      ByteBuffer batch =
          TestBatches.small(Compression.NONE).putInt(BatchLayout.BASE_SEQUENCE, base);
      assertThat(RecordBatch.at(batch, 0).lastSequence())
          .isEqualTo(only(batch.duplicate()).lastSequence());
    }
  }

  @Test
  void refusesTransactionalBatches() {
    ByteBuffer batch =
        writtenByKafka(
            Compression.NONE,
            List.of(new LogRecord(0, 1, null, new byte[3], List.of())),
            1,
            (short) 0,
            0,
            true);

    assertThat(VALIDATOR.validate(batch))
        .isInstanceOfSatisfying(
            Validation.Invalid.class,
            invalid -> assertThat(invalid.reason()).isEqualTo(BatchValidator.Reason.UNSUPPORTED));
  }

  private static ByteBuffer writtenByKafka(
      Compression compression,
      List<LogRecord> records,
      long producerId,
      short epoch,
      int sequence,
      boolean transactional) {
    MemoryRecordsBuilder builder =
        MemoryRecords.builder(
            ByteBuffer.allocate(1 << 16),
            (byte) 2,
            org.apache.kafka.common.compress.Compression.of(compression.lowerCaseName()).build(),
            TimestampType.CREATE_TIME,
            0,
            -1,
            producerId,
            epoch,
            sequence,
            transactional,
            -1);
    for (LogRecord record : records) {
      org.apache.kafka.common.header.Header[] headers =
          record.headers().stream()
              .map(header -> new RecordHeader(header.name(), header.value()))
              .toArray(org.apache.kafka.common.header.Header[]::new);
      builder.append(record.timestampMillis(), record.key(), record.value(), headers);
    }
    return builder.build().buffer();
  }

  private static MutableRecordBatch only(ByteBuffer buffer) {
    List<MutableRecordBatch> batches = new ArrayList<>();
    MemoryRecords.readableRecords(buffer).batches().forEach(batches::add);
    assertThat(batches).hasSize(1);
    return batches.getFirst();
  }

  private static List<LogRecord> recordsOf(MutableRecordBatch batch) {
    List<LogRecord> records = new ArrayList<>();
    for (Record record : batch) {
      List<Header> headers =
          Arrays.stream(record.headers())
              .map(header -> new Header(header.key(), header.value()))
              .toList();
      records.add(
          new LogRecord(
              record.offset(),
              record.timestamp(),
              bytes(record.key()),
              bytes(record.value()),
              headers));
    }
    return records;
  }

  private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
    return buffer == null ? null : bytesOf(buffer);
  }
}
