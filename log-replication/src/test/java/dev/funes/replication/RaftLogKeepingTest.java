package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.raft.TermIndexed;
import org.junit.jupiter.api.Test;

class RaftLogKeepingTest {

  private final RaftLogKeeping keeping = new RaftLogKeeping(1_000, 500);

  @Test
  void keepsEverythingOfTheLastWhile() {
    assertThat(keeping.purgeBound(0, 30, 0)).isEqualTo(TermIndexed.NONE);
    keeping.add(new TermIndexed(1, 10), 0, 100);
    keeping.add(new TermIndexed(1, 20), 600, 200);

    assertThat(keeping.purgeBound(999, 30, 200)).isEqualTo(TermIndexed.NONE);
    assertThat(keeping.purgeBound(1_000, 30, 200)).isEqualTo(new TermIndexed(1, 10));
    assertThat(keeping.purgeBound(1_600, 30, 200)).isEqualTo(new TermIndexed(1, 20));
    assertThat(keeping.purgeBound(1_601, 30, 200)).isEqualTo(new TermIndexed(1, 20));
  }

  @Test
  void keepsLessWhenThereIsTooMuch() {
    keeping.add(new TermIndexed(1, 10), 0, 100);
    keeping.add(new TermIndexed(2, 20), 0, 200);

    assertThat(keeping.purgeBound(1, 30, 599)).isEqualTo(TermIndexed.NONE);
    assertThat(keeping.purgeBound(1, 30, 650)).isEqualTo(new TermIndexed(1, 10));
    assertThat(keeping.purgeBound(1, 30, 700)).isEqualTo(new TermIndexed(2, 20));
  }

  @Test
  void keepsLessWhenThereAreTooManyEntries() {
    keeping.add(new TermIndexed(1, 10), 0, 0);
    keeping.add(new TermIndexed(2, 20), 0, 0);

    long enough = 10 + RaftLogKeeping.ENTRIES_MAX;
    assertThat(keeping.purgeBound(1, enough - 1, 0)).isEqualTo(TermIndexed.NONE);
    assertThat(keeping.purgeBound(1, enough, 0)).isEqualTo(new TermIndexed(1, 10));
    assertThat(keeping.purgeBound(1, enough + 10, 0)).isEqualTo(new TermIndexed(2, 20));
  }
}
