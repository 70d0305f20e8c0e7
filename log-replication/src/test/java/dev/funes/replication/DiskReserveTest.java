package dev.funes.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.cluster.NodeId;
import dev.funes.replication.DiskReserve.State;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DiskReserveTest {
  private static final NodeId SELF = new NodeId(1);
  private static final NodeId PEER = new NodeId(2);
  private static final List<NodeId> BOTH = List.of(SELF, PEER);

  private final AtomicLong usable = new AtomicLong(1_000_000);
  private final AtomicLong pending = new AtomicLong();
  private final AtomicLong expected = new AtomicLong();
  private final AtomicLong nanos = new AtomicLong();
  private boolean diskFails;

  @Test
  void isShortBelowTheReserveUntilThereIsAnEighthMore() throws Exception {
    DiskReserve reserve = reserve(800);

    look(reserve, 800);
    assertThat(reserve.own().isShort()).isFalse();
    look(reserve, 799);
    assertThat(reserve.own()).isEqualTo(new State(799, 800, true));
    assertThat(reserve.shortage(BOTH)).isNotNull();
    look(reserve, 899);
    assertThat(reserve.own().isShort()).isTrue();
    look(reserve, 900);
    assertThat(reserve.own().isShort()).isFalse();
    assertThat(reserve.shortage(BOTH)).isNull();
  }

  @Test
  void takesOffWhatWasAdmittedSinceTheLastLook() throws Exception {
    DiskReserve reserve = reserve(800);
    look(reserve, 1_000);

    reserve.admitted(100);
    assertThat(reserve.shortage(BOTH)).isNull();
    reserve.admitted(1); // goes into the Raft log and into a segment
    assertThat(reserve.shortage(BOTH)).isNotNull();

    look(reserve, 1_000); // all of it was written, and somebody made room
    assertThat(reserve.shortage(BOTH)).isNull();
  }

  @Test
  void takesOffWhatIsAdmittedAndNotWrittenYet() throws Exception {
    DiskReserve reserve = reserve(800);
    reserve.admitted(150);
    pending.set(150);

    look(reserve, 1_000);

    assertThat(reserve.shortage(BOTH)).isNotNull();
    pending.set(0);
    look(reserve, 1_000);
    assertThat(reserve.shortage(BOTH)).isNull();
  }

  @Test
  void takesOffWhatCompactionsMayStillWrite() throws Exception {
    DiskReserve reserve = reserve(800);
    expected.set(300);

    look(reserve, 1_000);

    assertThat(reserve.own()).isEqualTo(new State(700, 800, true));
  }

  @Test
  void refusesForTheSakeOfAFollower() throws Exception {
    DiskReserve reserve = reserve(800);

    reserve.heard(PEER, new State(700, 800, true), reserve.mark());

    DiskReserve.Shortage shortage = reserve.shortage(BOTH);
    assertThat(shortage).isEqualTo(new DiskReserve.Shortage(PEER, new State(700, 800, true)));
    assertThat(reserve.shortage(List.of(SELF))).isNull();
    assertThat(reserve.own().isShort()).isFalse();
  }

  @Test
  void takesOffWhatAFollowerWasSentSinceItWasAsked() throws Exception {
    DiskReserve reserve = reserve(800);
    long mark = reserve.mark();
    reserve.admitted(150); // between question and answer
    reserve.heard(PEER, new State(1_000, 800, false), mark);

    assertThat(reserve.shortage(BOTH)).isNotNull();
  }

  @Test
  void forgetsAFollowerThatDoesNotAnswer() throws Exception {
    DiskReserve reserve = reserve(800);
    reserve.heard(PEER, new State(0, 800, true), reserve.mark());

    nanos.addAndGet(TimeUnit.SECONDS.toNanos(6));

    assertThat(reserve.shortage(BOTH)).isNull();
  }

  @Test
  void keepsFivePercentAndNoMoreThanAGibibyteByDefault() throws Exception {
    usable.set(1L << 40);
    assertThat(reserve(-1).own().reserveBytes()).isEqualTo(1L << 30);
    usable.set(20_000);
    assertThat(reserve(-1).own().reserveBytes()).isEqualTo(1_000);
  }

  @Test
  void keepsNothingWhenTold() throws Exception {
    DiskReserve reserve = reserve(0);

    look(reserve, 0);

    assertThat(reserve.shortage(BOTH)).isNull();
  }

  @Test
  void goesOnWithWhatItKnowsWhenTheDiskDoesNotTell() throws Exception {
    DiskReserve reserve = reserve(800);
    look(reserve, 10);
    diskFails = true;

    look(reserve, 10_000);

    assertThat(reserve.own()).isEqualTo(new State(10, 800, true));
  }

  private void look(DiskReserve reserve, long usableBytes) {
    usable.set(usableBytes);
    reserve.look();
  }

  private DiskReserve reserve(long bytes) throws IOException {
    return new DiskReserve(
        SELF,
        new DiskReserve.FileSystem() {
          @Override
          public long usableBytes() throws IOException {
            if (diskFails) {
              throw new IOException("no answer");
            }
            return usable.get();
          }

          @Override
          public long totalBytes() {
            return usable.get();
          }
        },
        bytes,
        pending::get,
        expected::get,
        nanos::get);
  }
}
