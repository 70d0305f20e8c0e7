package dev.funes.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.cluster.PartitionId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GroupRecordTest {

  private static final PartitionId PARTITION = new PartitionId(1, 0);

  private static Random random(String test) {
    long seed = Long.getLong("funes.seed", System.nanoTime());
    System.out.println(test + ": -Dfunes.seed=" + seed);
    return new Random(seed);
  }

  @Test
  void recordsComeBackAsTheyWere() {
    Random random = random("recordsComeBackAsTheyWere");
    GroupRecord record = GroupRecord.empty(17);
    for (int run = 0; run < 1_000; run++) {
      assertThat(GroupRecord.decode(record.encode())).isEqualTo(record);
      record = RandomRecords.after(record, random);
    }
  }

  @Test
  void equalRecordsHaveEqualBytes() {
    Random random = random("equalRecordsHaveEqualBytes");
    GroupRecord record = GroupRecord.empty(17);
    for (int run = 0; run < 200; run++) {
      record = RandomRecords.after(record, random);
      assertThat(GroupRecord.decode(record.encode()).encode()).isEqualTo(record.encode());
    }
  }

  @Test
  void extremeNumbersComeBack() {
    GroupRecord record =
        new GroupRecord(
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            true,
            Long.MAX_VALUE,
            List.of(member("m", new Held(Long.MIN_VALUE, true))),
            null);

    assertThat(GroupRecord.decode(record.encode())).isEqualTo(record);
  }

  @Test
  void everyCutIsRefused() {
    Random random = random("everyCutIsRefused");
    byte[] whole =
        RandomRecords.after(RandomRecords.after(GroupRecord.empty(0), random), random).encode();
    for (int cut = 0; cut < whole.length; cut++) {
      byte[] bytes = Arrays.copyOf(whole, cut);
      assertThatThrownBy(() -> GroupRecord.decode(bytes))
          .as("cut at %d of %d", cut, whole.length)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> GroupRecord.decode(Arrays.copyOf(whole, whole.length + 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("too many");
  }

  @Test
  void garbageIsARecordOrRefusedButNothingElse() {
    Random random = random("garbageIsARecordOrRefusedButNothingElse");
    GroupRecord record = GroupRecord.empty(0);
    for (int run = 0; run < 5_000; run++) {
      record = RandomRecords.after(record, random);
      byte[] bytes = record.encode();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      onlyRefused(bytes);
      random.nextBytes(bytes);
      bytes[0] = 1;
      onlyRefused(bytes);
    }
  }

  private static void onlyRefused(byte[] bytes) {
    try {
      GroupRecord.decode(bytes);
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Test
  void aNewerLayoutIsNotTakenForGarbage() {
    byte[] bytes = GroupRecord.empty(0).encode();
    bytes[0] = 2;

    assertThatThrownBy(() -> GroupRecord.decode(bytes))
        .isInstanceOf(UnknownLayoutException.class)
        .hasMessageContaining("layout 2 is there, and this version of Funes reads layout 1");
  }

  @Test
  void aPartitionHasOneHolder() {
    Member one = member("one", new Held(1, false));
    Member two = member("two", new Held(1, true));

    assertThatThrownBy(() -> GroupRecord.empty(0).next(1, false, 0, List.of(one, two), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected one holder of 1/0, was two too");
  }

  @Test
  void aMemberIsThereOnce() {
    Member one = member("one", new Held(1, false));
    Member again = one.withHeld(new TreeMap<>());

    assertThatThrownBy(() -> GroupRecord.empty(0).next(1, false, 0, List.of(one, again), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected member one once, was twice");
    assertThatThrownBy(() -> member("", new Held(1, false)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsTheSameForManyMembersIsWrittenOnce() {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      TreeMap<PartitionId, Held> held = new TreeMap<>();
      for (int partition = 0; partition < 6; partition++) {
        held.put(new PartitionId(12, 6 * i + partition), new Held(90_000 + i, false));
      }
      members.add(member("consumer-" + new UUID(i, i), new Held(1, false)).withHeld(held));
    }
    GroupRecord record = GroupRecord.empty(0).next(91_000, false, 0, members, null);

    byte[] bytes = record.encode();

    assertThat(bytes).hasSizeLessThan(120_000);
    assertThat(GroupRecord.decode(bytes)).isEqualTo(record);
  }

  private static Member member(String id, Held held) {
    return new Member(
        id,
        "",
        "billing",
        "host-1.example.net",
        "zone-a",
        new TreeSet<>(List.of("orders", "payments", "shipments")),
        "",
        Assignor.BALANCED,
        10_000,
        60_000,
        1_700_000_000_000L,
        new TreeMap<>(java.util.Map.of(PARTITION, held)));
  }
}
