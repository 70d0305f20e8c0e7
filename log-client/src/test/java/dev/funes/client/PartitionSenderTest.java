package dev.funes.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.record.Compression;
import dev.funes.record.RecordBatch;
import dev.funes.record.RecordBatchBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What becomes of the batches of one partition, answer by answer. */
class PartitionSenderTest {
  private static final TopicPartition PARTITION = new TopicPartition("orders", 0);
  private static final ServerAddress NODE = new ServerAddress("localhost", 7070);
  private static final ProducerIdentity FIRST = new ProducerIdentity(1, (short) 0);
  private static final ProducerIdentity SECOND = new ProducerIdentity(2, (short) 0);
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final List<String> settled = new ArrayList<>();
  private final List<ProducerBatch> batches = new ArrayList<>();
  private final PartitionSender sender =
      new PartitionSender(
          new RecordBuffer.Lane(PARTITION),
          ClientConfig.builder().deliveryTimeout(Duration.ofSeconds(10)).build(),
          (batch, failure) ->
              settled.add(
                  batches.indexOf(batch) + " " + (failure == null ? "written" : failure.code())));
  private long now;

  /** Adds a batch of two records and sends it. */
  private ProducerBatch send() {
    if (sender.needsIdentity()) {
      sender.identify(FIRST);
    }
    RecordBatchBuilder builder = new RecordBatchBuilder(Compression.NONE, 1024);
    ProducerBatch batch = new ProducerBatch(PARTITION, builder, now);
    for (int i = 0; i < 2; i++) {
      CompletableFuture<RecordPosition> future =
          batch.append(0, null, "value".getBytes(UTF_8), List.of(), 0);
      assertThat(future).isNotNull();
    }
    batches.add(batch);
    var _ = sender.add(batch);
    sender.sent(batch, NODE);
    return batch;
  }

  private static Failure failure(ErrorCode code) {
    return Failure.of(Error.newBuilder().setCode(code).setMessage("by the test").build());
  }

  /** What is sent now, each as producer id and number. */
  private List<String> resend() {
    List<String> sent = new ArrayList<>();
    now += 2 * SECOND_NANOS; // longer than any pause between tries
    if (sender.pauseNanos(now) > 0) {
      return sent;
    }
    if (sender.needsIdentity()) {
      sender.identify(SECOND);
    }
    ProducerBatch batch;
    while ((batch = sender.nextToSend()) != null) {
      RecordBatch view = RecordBatch.at(batch.bytes(), 0);
      assertThat(view.crcMatches()).isTrue();
      sent.add(view.producerId() + ":" + view.baseSequence());
      sender.sent(batch, NODE);
    }
    return sent;
  }

  @Test
  void sendsAgainUnderTheSameNumbersOnceEverythingIsAnswered() {
    ProducerBatch a = send();
    ProducerBatch b = send();
    ProducerBatch c = send();

    sender.failed(a, failure(ErrorCode.RETRY), now);
    assertThat(resend()).isEmpty(); // two are under way
    sender.failed(b, failure(ErrorCode.OUT_OF_ORDER_SEQUENCE), now);
    sender.failed(c, failure(ErrorCode.OUT_OF_ORDER_SEQUENCE), now);

    assertThat(resend()).containsExactly("1:0", "1:2", "1:4");
    assertThat(settled).isEmpty();
  }

  @Test
  void completesInOrderAlthoughTheAnswersAreNot() {
    ProducerBatch a = send();
    ProducerBatch b = send();

    sender.failed(a, failure(ErrorCode.UNKNOWN_OUTCOME), now);
    sender.appended(b, 2);
    assertThat(settled).isEmpty();
    assertThat(resend()).containsExactly("1:0");
    sender.appended(a, 0);

    assertThat(settled).containsExactly("0 written", "1 written");
    assertThat(sender.isEmpty()).isTrue();
  }

  @Test
  void numbersAnewWhatIsBehindABatchThatIsSurelyNotWritten() {
    ProducerBatch a = send();
    ProducerBatch b = send();
    ProducerBatch c = send();

    sender.appended(a, 0);
    sender.failed(b, failure(ErrorCode.CORRUPT_BATCH), now);
    sender.failed(c, failure(ErrorCode.OUT_OF_ORDER_SEQUENCE), now);

    assertThat(resend()).containsExactly("2:0");
    sender.appended(c, 2);
    assertThat(settled).containsExactly("0 written", "1 CORRUPT_BATCH", "2 written");
  }

  @Test
  void reusesTheNumberOfTheLastBatchWhenItWasRefused() {
    ProducerBatch a = send();
    sender.failed(a, failure(ErrorCode.CORRUPT_BATCH), now);

    assertThat(resend()).isEmpty();
    send();

    assertThat(batches.get(1).baseSequence).isZero();
    assertThat(batches.get(1).identity).isEqualTo(FIRST);
  }

  @Test
  void failsWhatIsUnknownBehindABatchThatMayBeWritten() {
    ProducerBatch a = send();
    now += 5 * SECOND_NANOS;
    ProducerBatch b = send();
    ProducerBatch c = send();

    sender.failed(a, failure(ErrorCode.UNKNOWN_OUTCOME), now);
    sender.failed(b, failure(ErrorCode.UNKNOWN_OUTCOME), now);
    sender.failed(c, failure(ErrorCode.OUT_OF_ORDER_SEQUENCE), now);
    now += 5 * SECOND_NANOS;
    sender.expire(now);

    assertThat(resend()).containsExactly("2:0"); // c, which is surely not written
    assertThat(settled).containsExactly("0 UNKNOWN_OUTCOME", "1 UNKNOWN_OUTCOME");
  }

  @Test
  void keepsTheNumbersOfWhatIsBeforeTheGapAndSendsItFirst() {
    ProducerBatch a = send();
    ProducerBatch b = send();
    ProducerBatch c = send();

    sender.failed(a, failure(ErrorCode.UNKNOWN_OUTCOME), now);
    sender.failed(b, failure(ErrorCode.CORRUPT_BATCH), now);
    sender.failed(c, failure(ErrorCode.OUT_OF_ORDER_SEQUENCE), now);

    assertThat(resend()).containsExactly("1:0");
    sender.appended(a, 0);
    assertThat(resend()).containsExactly("2:0");
  }

  @Test
  void takesANewNameWhenItIsUnknownButNotWhenTheBatchMayBeWritten() {
    ProducerBatch a = send();
    sender.appended(a, 0);
    ProducerBatch b = send();
    sender.failed(b, failure(ErrorCode.UNKNOWN_PRODUCER), now);
    assertThat(resend()).containsExactly("2:0");
    assertThat(sender.abandonedIdentity()).isEqualTo(FIRST);

    sender.failed(b, failure(ErrorCode.UNKNOWN_OUTCOME), now);
    assertThat(resend()).containsExactly("2:0");
    sender.failed(b, failure(ErrorCode.OUT_OF_ORDER_SEQUENCE), now);
    assertThat(settled).containsExactly("0 written", "1 OUT_OF_ORDER_SEQUENCE");
  }

  @Test
  void allowsANodeAMomentToHearOfANewTopic() {
    ProducerBatch a = send();
    sender.failed(a, failure(ErrorCode.UNKNOWN_TOPIC), now);
    assertThat(resend()).containsExactly("1:0");
    sender.failed(a, failure(ErrorCode.UNKNOWN_TOPIC), now);
    assertThat(resend()).containsExactly("1:0");
    sender.failed(a, failure(ErrorCode.UNKNOWN_TOPIC), now);

    assertThat(settled).containsExactly("0 UNKNOWN_TOPIC");
  }
}
