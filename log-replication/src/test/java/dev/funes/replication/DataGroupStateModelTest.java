package dev.funes.replication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.group.GroupRecord;
import dev.funes.log.PartitionLog;
import dev.funes.log.PartitionLog.Fetch.Batches;
import dev.funes.record.RecordBatch;
import dev.funes.replication.Outcome.Applied;
import dev.funes.state.KeyedState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random entries on the state alone: against a model, and with crashes at any point. */
class DataGroupStateModelTest {

  private static final int ENTRIES = 400;

  @TempDir Path directory;

  @Test
  void appliesAsTheModelDoesAndEndsTheSameWhereverItCrashes() throws IOException {
    Random random = Seed.random("appliesAsTheModelDoesAndEndsTheSameWhereverItCrashes");
    ModelGroup model = new ModelGroup();
    RandomEntries entries = new RandomEntries(random, model);
    List<Entry> raftLog = new ArrayList<>();
    List<Reply> replies = new ArrayList<>();
    StateHarness steady = new StateHarness(directory.resolve("steady"), Long.MAX_VALUE / 2);
    for (int index = 0; index < ENTRIES; index++) {
      Entry entry = entries.next();
      List<Applied> expected = new ArrayList<>();
      for (Command command : entry.commands()) {
        expected.add(model.apply(command, entry.timeMillis()));
      }

      Reply reply = steady.apply(index, entry);

      assertThat(reply.outcomes()).as("entry %d: %s", index, entry).isEqualTo(expected);
      raftLog.add(entry);
      replies.add(reply);
    }
    assertSameAsModel(steady, model);
    Map<String, String> fingerprint = steady.fingerprint();
    steady.closeAndReopen();
    assertThat(steady.resumesAt()).isEqualTo(ENTRIES);
    assertThat(steady.fingerprint()).as("closed and opened again").isEqualTo(fingerprint);
    steady.state.close();

    StateHarness crashing = new StateHarness(directory.resolve("crashing"), 12_000);
    crashOnTheWay(crashing, random, raftLog, replies);
    assertThat(crashing.fingerprint()).isEqualTo(fingerprint);
    assertSameAsModel(crashing, model);
    assertThat(crashing.fatal).isEmpty();
    crashing.state.close();
  }

  private static void crashOnTheWay(
      StateHarness replica, Random random, List<Entry> raftLog, List<Reply> replies)
      throws IOException {
    int crashes = 0;
    int checkpoints = 0;
    int index = 0;
    while (index < raftLog.size() || crashes < 5) {
      int chance = random.nextInt(100);
      if (chance < 3 || index == raftLog.size()) {
        replica.crash();
        crashes++;
        index = replica.resumesAt();
      } else if (chance < 4) {
        replica.closeAndReopen();
        assertThat(replica.resumesAt()).isEqualTo(index);
      } else if (chance < 20 && !replica.background.isEmpty()) {
        replica.finishCheckpoints();
        checkpoints++;
      }
      if (index < raftLog.size()) {
        assertThat(replica.apply(index, raftLog.get(index)))
            .as("entry %d after %d crashes", index, crashes)
            .isEqualTo(replies.get(index));
        index++;
      }
    }
    assertThat(checkpoints).as("a run without checkpoints tests nothing").isPositive();
  }

  private static void assertSameAsModel(StateHarness replica, ModelGroup model) {
    assertThat(replica.state.partitions().all())
        .extracting(Partitions.Partition::id)
        .containsExactlyInAnyOrderElementsOf(model.logs.keySet());
    model.logs.forEach(
        (id, log) -> {
          assertThat(replica.log(id).logStartOffset()).isEqualTo(log.start);
          assertThat(replica.log(id).endOffset()).isEqualTo(log.values.size());
          assertThat(values(replica.log(id)))
              .isEqualTo(log.values.subList((int) log.start, log.values.size()));
        });
    assertSameGroups(replica.state.keyed(), model.consumerGroups);
  }

  private static void assertSameGroups(KeyedState keyed, ModelConsumerGroups model) {
    model.groups.values().removeIf(group -> !group.isListed());
    assertThat(keyed.groups()).isEqualTo(List.copyOf(model.groups.keySet()));
    model.groups.forEach(
        (name, group) -> {
          assertThat(keyed.offsets(name)).as("offsets of %s", name).isEqualTo(group.offsets());
          byte[] record = keyed.groupRecord(name);
          assertThat(record == null ? null : GroupRecord.decode(record)).isEqualTo(group.record);
          assertThat(keyed.history(name, 0, Integer.MAX_VALUE)).isEqualTo(group.history.reversed());
          assertThat(keyed.historyBounds(name).newestId()).isEqualTo(group.newestId);
          assertThat(keyed.bookmarks(name)).isEqualTo(List.copyOf(group.bookmarks.values()));
        });
  }

  private static List<String> values(PartitionLog log) {
    List<String> values = new ArrayList<>();
    long offset = log.logStartOffset();
    while (log.fetch(offset, 1 << 20) instanceof Batches found) {
      for (RecordBatch batch : RecordBatch.split(found.bytes())) {
        for (var each : batch.records(1 << 20)) {
          if (each.offset() >= offset) {
            values.add(new String(Objects.requireNonNull(each.value()), UTF_8));
          }
        }
      }
      offset = found.nextOffset();
    }
    return values;
  }
}
