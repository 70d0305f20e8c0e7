package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.cluster.PartitionId;
import dev.funes.cluster.Topic;
import dev.funes.log.LogSettings;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class CodecTest {

  private static final Topic TOPIC = new Topic("orders", 7, 3, LogSettings.DEFAULTS);

  @Test
  void entriesComeBackAsTheyWere() {
    Random random = Seed.random("entriesComeBackAsTheyWere");
    for (int run = 0; run < 500; run++) {
      Entry entry = new Entry(random.nextLong(), commands(random));

      ByteBuffer bytes = entry.encode();

      assertThat(Entry.decode(bytes.asReadOnlyBuffer())).isEqualTo(entry);
    }
  }

  @Test
  void sizeOfACommandIsWhatItTakes() {
    Random random = Seed.random("sizeOfACommandIsWhatItTakes");
    for (int run = 0; run < 500; run++) {
      Command command = TestCommands.random(random);

      int bytes = new Entry(0, List.of(command)).encode().remaining();

      assertThat(bytes).isEqualTo(Entry.HEADER_BYTES + CommandCodec.sizeBytes(command));
    }
  }

  @Test
  void aBatchIsASliceOfTheEntryAndNoCopy() {
    ByteBuffer bytes =
        new Entry(0, List.of(new Command.Append(new PartitionId(1, 0), TestCommands.batch("a"))))
            .encode();

    Command.Append append = (Command.Append) Entry.decode(bytes).commands().getFirst();
    int at = bytes.limit() - append.batch().remaining();
    append.batch().put(0, (byte) 99);

    assertThat(bytes.get(at)).isEqualTo((byte) 99);
  }

  @Test
  void encodingLeavesTheBatchUnread() {
    ByteBuffer batch = TestCommands.batch("a");

    new Entry(0, List.of(new Command.Append(new PartitionId(1, 0), batch))).encode();

    assertThat(batch.position()).isZero();
  }

  @Test
  void everyCutOfAnEntryIsRefused() {
    Random random = Seed.random("everyCutOfAnEntryIsRefused");
    byte[] whole = new Entry(1, commands(random)).encode().array();
    for (int cut = 0; cut < whole.length; cut++) {
      ByteBuffer bytes = ByteBuffer.wrap(whole, 0, cut).slice();

      assertThatThrownBy(() -> Entry.decode(bytes))
          .as("cut at %d of %d", cut, whole.length)
          .isInstanceOf(MalformedEntryException.class);
    }
  }

  @Test
  void garbageIsAnEntryOrRefusedButNothingElse() {
    Random random = Seed.random("garbageIsAnEntryOrRefusedButNothingElse");
    for (int run = 0; run < 5_000; run++) {
      byte[] bytes = new Entry(1, commands(random)).encode().array();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      onlyKnownFailures(bytes, Entry::decode);
      random.nextBytes(bytes);
      bytes[0] = 1;
      onlyKnownFailures(bytes, Entry::decode);
      onlyKnownFailures(bytes, MetadataCommand::decode);
      onlyKnownFailures(bytes, MetadataReply::decode);
      onlyKnownFailures(bytes, Reply::decode);
    }
  }

  @Test
  void aNewerVersionIsNotTakenForGarbage() {
    byte[] entry = new Entry(1, List.of()).encode().array();
    entry[0] = 2;

    assertThatThrownBy(() -> Entry.decode(ByteBuffer.wrap(entry)))
        .isInstanceOf(UnknownCommandException.class)
        .hasMessageContaining("version 2")
        .hasMessageContaining("upgrade");
  }

  @Test
  void repliesComeBackAsTheyWere() {
    Reply reply =
        new Reply(
            List.of(
                new Outcome.Appended(5, false),
                new Outcome.Appended(Long.MAX_VALUE, true),
                new Outcome.Done(),
                new Outcome.UnknownPartition(),
                new Outcome.OutOfOrder(4, 9),
                new Outcome.Fenced((short) 3),
                new Outcome.UnknownProducer(),
                new Outcome.Invalid("why"),
                new Outcome.Conflict(17),
                new Outcome.NotOwner(new PartitionId(3, 4)),
                new Outcome.UnknownMember(),
                new Outcome.GroupUpdated(5, 6),
                new Outcome.VersionConflict(7),
                new Outcome.UnknownGroup(),
                new Outcome.BookmarkExists(),
                new Outcome.UnknownBookmark(),
                new Outcome.BookmarksFull(1_000)));

    assertThat(Reply.decode(reply.encode())).isEqualTo(reply);
  }

  @Test
  void metadataComesBackAsItWas() {
    for (MetadataCommand command :
        List.of(
            new MetadataCommand.CreateTopic("orders", 6, LogSettings.DEFAULTS, 10_000),
            new MetadataCommand.AlterTopic("orders", LogSettings.DEFAULTS),
            new MetadataCommand.DeleteTopic("orders"),
            new MetadataCommand.AllocateProducerId())) {
      assertThat(MetadataCommand.decode(command.encode())).isEqualTo(command);
    }
    for (TopicOutcome outcome :
        List.of(
            new TopicOutcome.Created(TOPIC),
            new TopicOutcome.Altered(TOPIC),
            new TopicOutcome.Deleted(TOPIC),
            new TopicOutcome.TopicExists(TOPIC),
            new TopicOutcome.UnknownTopic("orders"),
            new TopicOutcome.LimitExceeded(10),
            new TopicOutcome.Invalid("name", "why"))) {
      MetadataReply reply = new MetadataReply.OfTopic(outcome);
      assertThat(MetadataReply.decode(reply.encode())).isEqualTo(reply);
    }
    MetadataReply id = new MetadataReply.ProducerId(9);
    assertThat(MetadataReply.decode(id.encode())).isEqualTo(id);
  }

  @Test
  void aTextThatIsTooLongIsRefusedBeforeItIsProposed() {
    Command command = new GroupCommand.DeleteOffsets("g".repeat(70_000), List.of());

    assertThatThrownBy(() -> CommandCodec.sizeBytes(command))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("65535");
  }

  private static List<Command> commands(Random random) {
    List<Command> commands = new ArrayList<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      commands.add(TestCommands.random(random));
    }
    return commands;
  }

  private static void onlyKnownFailures(byte[] bytes, Consumer<ByteBuffer> decode) {
    try {
      decode.accept(ByteBuffer.wrap(bytes));
    } catch (MalformedEntryException | UnknownCommandException e) {
      assertThat(e).hasMessageNotContaining("null");
    }
  }
}
