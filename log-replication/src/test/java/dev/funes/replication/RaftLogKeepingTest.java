package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.raft.TermIndexed;
import org.junit.jupiter.api.Test;

class RaftLogKeepingTest {

  private final RaftLogKeeping keeping = new RaftLogKeeping(1_000, 500);

  @Test
  void keepsEverythingOfTheLastWhile() {
    assertThat(keeping.purgeBound(0, 0)).isEqualTo(TermIndexed.NONE);
    keeping.add(new TermIndexed(1, 10), 0, 100);
    keeping.add(new TermIndexed(1, 20), 600, 200);

    assertThat(keeping.purgeBound(999, 200)).isEqualTo(TermIndexed.NONE);
    assertThat(keeping.purgeBound(1_000, 200)).isEqualTo(new TermIndexed(1, 10));
    assertThat(keeping.purgeBound(1_600, 200)).isEqualTo(new TermIndexed(1, 20));
    assertThat(keeping.purgeBound(1_601, 200)).isEqualTo(new TermIndexed(1, 20));
  }

  @Test
  void keepsLessWhenThereIsTooMuch() {
    keeping.add(new TermIndexed(1, 10), 0, 100);
    keeping.add(new TermIndexed(2, 20), 0, 200);

    assertThat(keeping.purgeBound(1, 599)).isEqualTo(TermIndexed.NONE);
    assertThat(keeping.purgeBound(1, 650)).isEqualTo(new TermIndexed(1, 10));
    assertThat(keeping.purgeBound(1, 700)).isEqualTo(new TermIndexed(2, 20));
  }
}
