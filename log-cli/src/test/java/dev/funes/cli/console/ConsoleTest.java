package dev.funes.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class ConsoleTest {
  @Test
  void suggestsWhatIsNearAndNothingElse() {
    List<String> known = List.of("orders", "payments", "audit");

    assertThat(Suggestions.closest("order", known)).isEqualTo("orders");
    assertThat(Suggestions.closest("ordres", known)).isEqualTo("orders");
    assertThat(Suggestions.closest("paymnt", known)).isEqualTo("payments");
    assertThat(Suggestions.closest("shipping", known)).isNull();
    assertThat(Suggestions.closest("x", List.of())).isNull();
  }

  @Test
  void tablesAreAsWideAsTheyNeedToBeAndNumbersStandToTheRight() {
    StringWriter text = new StringWriter();

    new Table("NAME", "COUNT", "NOTE")
        .row("a", 5, "first")
        .row("long name", 12_345, "")
        .row("none", "-", "x")
        .print(new PrintWriter(text));

    assertThat(text.toString().lines())
        .containsExactly(
            "NAME       COUNT  NOTE", //
            "a              5  first",
            "long name  12345",
            "none           -  x");
  }

  @Test
  void aRowHasACellForEachHeading() {
    assertThatThrownBy(() -> new Table("A", "B").row(1))
        .hasMessageContaining("expected 2 cells, was 1");
  }

  @Test
  void everyFailureHasAnExitCodeAndOneLine() {
    assertThat(Failures.explain(new NoSuchFileException("f")).exitCode())
        .isEqualTo(ExitCode.NOT_FOUND);
    assertThat(Failures.explain(new IllegalArgumentException("bad\nmore")))
        .hasMessage("bad")
        .extracting(CommandFailure::exitCode)
        .isEqualTo(ExitCode.USAGE);
    assertThat(
            Failures.explain(
                new CompletionException(new UncheckedIOException(new IOException("disk")))))
        .hasMessage("disk")
        .extracting(CommandFailure::exitCode)
        .isEqualTo(ExitCode.FAILED);
    assertThat(Failures.explain(new IllegalStateException("expected 1, was 2")).getMessage())
        .isEqualTo("internal error: IllegalStateException: expected 1, was 2");
  }
}
