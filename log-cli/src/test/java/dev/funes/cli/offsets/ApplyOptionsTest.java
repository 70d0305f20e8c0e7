package dev.funes.cli.offsets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.funes.cli.FunesCommandLine;
import dev.funes.cli.console.CommandFailure;
import dev.funes.cli.console.StandardStreams;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ApplyOptionsTest {
  @Test
  void onATerminalNothingIsDoneUnlessAskedFor() {
    assertThat(ApplyOptions.isDryRun(false, false, true)).isTrue();
    assertThat(ApplyOptions.isDryRun(false, true, true)).isFalse();
    assertThat(ApplyOptions.isDryRun(true, false, true)).isTrue();
  }

  @Test
  void elsewhereItIsDoneUnlessAskedNotTo() {
    assertThat(ApplyOptions.isDryRun(false, false, false)).isFalse();
    assertThat(ApplyOptions.isDryRun(false, true, false)).isFalse();
    assertThat(ApplyOptions.isDryRun(true, false, false)).isTrue();
  }

  @Test
  void bothAtOnceMakeNoSense() {
    assertThatThrownBy(() -> ApplyOptions.isDryRun(true, true, true))
        .isInstanceOf(CommandFailure.class);
  }

  @Test
  void theCommandToTypeNextDoesWhatWasShown() {
    assertThat(again(Map.of("@-1h", "@2026-01-31T12:00:00Z"), "--to", "@-1h", "--dry-run"))
        .isEqualTo("funes offsets reset g --to @2026-01-31T12:00:00Z --yes");
    assertThat(again(Map.of("--by-duration", "--to", "1h", "@0"), "--by-duration=1h"))
        .isEqualTo("funes offsets reset g --to=@0 --yes");
    assertThat(again(Map.of(), "--to", "0", "--topic", "a b'c"))
        .isEqualTo("funes offsets reset g --to 0 --topic 'a b'\\''c' --yes");
  }

  private static String again(Map<String, String> replaced, String... more) {
    String[] args = new String[3 + more.length];
    System.arraycopy(new String[] {"offsets", "reset", "g"}, 0, args, 0, 3);
    System.arraycopy(more, 0, args, 3, more.length);
    CommandLine line =
        FunesCommandLine.create(
            args,
            new StandardStreams(InputStream.nullInputStream(), OutputStream.nullOutputStream()));
    line.parseArgs(args);
    return TypedAgain.withYes(line.getCommandSpec(), replaced);
  }
}
