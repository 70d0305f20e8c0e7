package dev.funes.cli.perf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

class PlotTest {
  private static final long MILLI = 1_000_000;

  private static Recording recording() {
    Recording recording = new Recording(0);
    Recorder recorder = recording.recorder();
    for (int second = 0; second < 3; second++) {
      for (int i = 1; i <= 1_000; i++) {
        recorder.arrived(0, (i == 1_000 ? 900 : 1 + i % 10) * MILLI, 100);
      }
      recording.tick((second + 1) * 1_000L * MILLI);
    }
    return recording;
  }

  private static Result result() {
    return Result.of(
        "produce",
        "t",
        recording(),
        new CpuMeter.Used(1, 0, List.of(), List.of()),
        Map.of(),
        Instant.EPOCH);
  }

  @Test
  void scalesGoInStepsThatPeopleRead() {
    LogScale scale = LogScale.over(0.3, 70);

    assertThat(scale).isEqualTo(new LogScale(0.2, 100));
    assertThat(scale.steps())
        .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-9 ? 0 : Double.compare(a, b))
        .containsExactly(0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0);
    assertThat(scale.position(0.2)).isZero();
    assertThat(scale.position(100)).isEqualTo(1);
    assertThat(scale.position(1_000)).isEqualTo(1);
    assertThat(new LogScale(1, 100).position(10)).isCloseTo(0.5, within(1e-9));
    assertThat(LogScale.over(5, 5).position(5)).isBetween(0.0, 1.0);
  }

  @Test
  void theCurveRisesToTheLastRecord() {
    PercentileCurve curve = PercentileCurve.of(recording().latency());

    assertThat(curve.nines()).isCloseTo(Math.log10(3_000), within(1e-9));
    assertThat(curve.points())
        .isSortedAccordingTo((a, b) -> Double.compare(a.millis(), b.millis()));
    assertThat(curve.points().getLast().millis()).isCloseTo(900, within(1.0));
    assertThat(curve.marks())
        .extracting(PercentileCurve.Mark::name)
        .containsExactly("0%", "50%", "90%", "99%", "99.9%");
  }

  @Test
  void drawsInCharacters() {
    StringWriter out = new StringWriter();

    TextPlot.print(recording().latency(), new PrintWriter(out));

    assertThat(out.toString()).contains("      1000 |", "         1 |", "50%", "99.9%", "*****");
  }

  @Test
  void drawsAPictureThatIsXml() throws Exception {
    Document svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(SvgPlot.of(result()).getBytes(UTF_8)));

    NodeList lines = svg.getElementsByTagName("polyline");
    assertThat(lines.getLength()).as("one by percentile, three by time").isEqualTo(4);
    for (int i = 0; i < lines.getLength(); i++) {
      assertThat(lines.item(i).getAttributes().getNamedItem("points").getNodeValue())
          .matches("([0-9.]+,[0-9.]+ ?){3,}");
    }
    assertThat(svg.getDocumentElement().getTextContent()).contains("3,000 records", "99.9%", "max");
  }
}
