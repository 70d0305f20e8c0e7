package dev.funes.chaos.idempotence;

import java.util.ArrayList;
import java.util.List;

/**
 * What came of all sends.
 *
 * @param acknowledged records
 * @param unknown records that their producers gave up, or heard a failure of
 * @param replicas of partitions that were read
 * @param duplicates and the following: in all replicas together
 */
record Result(
    long acknowledged,
    long unknown,
    long replicas,
    long records,
    long duplicates,
    long lost,
    long outOfOrder,
    long moved,
    long damaged,
    List<String> findings) {
  private static final int FINDINGS_MAX = 10;

  static Result of(long acknowledged, long unknown, List<Tally> tallies) {
    List<String> findings = new ArrayList<>();
    tallies.forEach(tally -> findings.addAll(tally.findings()));
    return new Result(
        acknowledged,
        unknown,
        tallies.size(),
        tallies.stream().mapToLong(Tally::records).sum(),
        tallies.stream().mapToLong(Tally::duplicates).sum(),
        tallies.stream().mapToLong(Tally::lost).sum(),
        tallies.stream().mapToLong(Tally::outOfOrder).sum(),
        tallies.stream().mapToLong(Tally::moved).sum(),
        tallies.stream().mapToLong(Tally::damaged).sum(),
        findings.subList(0, Math.min(FINDINGS_MAX, findings.size())));
  }

  boolean isGreen() {
    return acknowledged > 0
        && replicas > 0
        && duplicates + lost + outOfOrder + moved + damaged == 0;
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        acknowledged  %,d
        unknown       %,d
        replicas read %,d, with %,d records
        duplicates    %,d
        lost          %,d
        out of order  %,d
        elsewhere     %,d
        damaged       %,d
        """
            .formatted(
                acknowledged,
                unknown,
                replicas,
                records,
                duplicates,
                lost,
                outOfOrder,
                moved,
                damaged));
    findings.forEach(finding -> text.append("  ").append(finding).append(System.lineSeparator()));
    return text.toString();
  }
}
