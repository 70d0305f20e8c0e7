package dev.funes.chaos.knownbad;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a power loss left of the last term, with the build under test and with a bad one.
 *
 * @param written the last term that was said to be written
 */
public record TermLoss(int written, int good, int bad) {

  /** Takes the power away from both. */
  public static TermLoss compare(Path funes, KnownBad build, Path directory) throws IOException {
    Path front = build.write(funes, directory.resolve("front"));
    return new TermLoss(
        TermWriter.TERMS,
        TermProbe.termAfterPowerLoss(funes, List.of(), directory.resolve("good")),
        TermProbe.termAfterPowerLoss(funes, List.of(front), directory.resolve("bad")));
  }

  /** The bad build lost the term, and the build under test did not. */
  public boolean caught() {
    return good == written && bad < written;
  }

  public String text() {
    return "term %d was written; after a power loss the build under test has %d, the bad one %d"
        .formatted(written, good, bad);
  }
}
