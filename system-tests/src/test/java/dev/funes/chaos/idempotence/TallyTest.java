package dev.funes.chaos.idempotence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.chaos.history.RecordValue;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The count of what came of idempotent sends sees each kind of violation. */
final class TallyTest {
  private static final int RUN = 5;

  private final Ledger ledger = new Ledger();
  private final Tally tally = new Tally(RUN, "here", 0, ledgers());

  private Ledger[] ledgers() {
    for (int seq = 0; seq < 4; seq++) {
      ledger.send();
    }
    ledger.acknowledged(0, 0);
    ledger.acknowledged(1, 1);
    ledger.acknowledged(2, 2);
    ledger.failed(3);
    return new Ledger[] {ledger};
  }

  private void log(int... seqs) {
    for (int offset = 0; offset < seqs.length; offset++) {
      tally.record(offset, new RecordValue(RUN, 0, 0, 0, seqs[offset]).encode(32));
    }
    tally.end();
  }

  private boolean isGreen() {
    return Result.of(3, 1, List.of(tally)).isGreen();
  }

  @Test
  void allThatWasAcknowledgedOnceAndInOrder() {
    log(0, 1, 2);

    assertThat(isGreen()).as("%s", tally.findings()).isTrue();
  }

  @Test
  void whatIsNotKnownMayBeThereOrNot() {
    log(0, 1, 2, 3);

    assertThat(isGreen()).as("%s", tally.findings()).isTrue();
  }

  @Test
  void aDuplicate() {
    log(0, 1, 2, 1);

    assertThat(tally.duplicates()).isEqualTo(1);
    assertThat(isGreen()).isFalse();
  }

  @Test
  void aLostOne() {
    log(0, 1);

    assertThat(tally.lost()).isEqualTo(1);
    assertThat(tally.findings()).containsExactly("here: offset 2 has not producer 0 seq 2");
  }

  @Test
  void theWrongOrder() {
    log(0, 2, 1);

    assertThat(tally.outOfOrder()).isEqualTo(1);
    assertThat(tally.moved()).isEqualTo(2);
  }

  @Test
  void aDamagedRecord() {
    byte[] bytes = new RecordValue(RUN, 0, 0, 0, 0).encode(32);
    bytes[30] ^= 1;
    tally.record(0, bytes);

    assertThat(tally.damaged()).isEqualTo(1);
  }

  @Test
  void aRunInWhichNothingWasAcknowledgedProvesNothing() {
    assertThat(Result.of(0, 0, List.of(tally)).isGreen()).isFalse();
    assertThat(Result.of(1, 0, List.of()).isGreen()).isFalse();
  }
}
