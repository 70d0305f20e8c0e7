package dev.funes.chaos.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.chaos.check.Report;
import dev.funes.chaos.check.Verdict;
import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Impact;
import dev.funes.chaos.history.Limits;
import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.Outcome;
import dev.funes.chaos.history.RunInfo;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

final class TimelineTest {
  @TempDir Path dir;

  @Test
  void itShowsFaultsViolationsAndVerdicts()
      throws IOException, ParserConfigurationException, SAXException {
    List<Op> ops = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      long nanos = i * 100_000_000L;
      ops.add(
          new Op.Write(
              "p", nanos, nanos + 5_000_000, Outcome.OK, 0, 0, 0, i * 10L, 10, i * 10L, ""));
    }
    ops.add(
        new Op.Fault(
            1, "kill <9>", List.of("node 2"), Impact.MINORITY, 2_000_000_000L, Op.NEVER, "x & y"));
    RunInfo info =
        new RunInfo(
            1,
            77,
            "a 'name'",
            0,
            List.of(RunInfo.TopicPlan.of("t", 1, 0)),
            List.of(0),
            Limits.DEFAULTS,
            "funes-chaos run kill --seed 77");
    Verdict red =
        new Verdict(
            "C1",
            "no acknowledged record is lost",
            false,
            new TreeMap<>(),
            List.of(),
            List.of(new Verdict.Finding("offset 7 <lost>", 3_000_000_000L)),
            1);
    Path file = dir.resolve("timeline.html");

    Timeline.write(new History(info, ops), new Report(List.of(red)), file);

    String html = Files.readString(file);
    assertThat(html)
        .contains("seed 77", "funes-chaos run kill --seed 77", "no acknowledged record is lost")
        .contains("kill &lt;9&gt;", "C1: offset 7 &lt;lost&gt;", "red [C1]")
        .doesNotContain("http://www.w3.org/1999"); // nothing is fetched
    String svg = html.substring(html.indexOf("<svg"), html.indexOf("</svg>") + "</svg>".length());
    assertThat(
            DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)))
                .getElementsByTagName("polyline")
                .getLength())
        .isEqualTo(5);
  }
}
