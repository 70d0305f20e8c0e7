package dev.funes.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.server.testing.FunesCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A stream of events, key and JSON with their own times, written into six partitions and replayed.
 * The stream is the one beside this test, or a large real one where there is one.
 */
class EventStreamTest {
  private static final int PARTITIONS = 6;
  private static final Pattern TIME = Pattern.compile("\"time\":(\\d+)");

  @RegisterExtension static final FunesCluster CLUSTER = FunesCluster.ofNodes(3);

  private static Path file = Path.of("src/test/resources/commits.tsv");
  private static List<String> events = List.of();

  /** A record as it was read back. */
  private record Read(int partition, long offset, long timestamp, String line) {}

  @BeforeAll
  static void findTheStream() throws IOException {
    Path large = Path.of("../../shared/data/commits.tsv");
    if (Files.isReadable(large)) {
      file = large;
    }
    events = Files.readAllLines(file, UTF_8);
    assertThat(events).as("%s", file).hasSizeGreaterThanOrEqualTo(500);
  }

  private static Cli cli() {
    return new Cli(CLUSTER.addresses());
  }

  private static void create(String topic) {
    cli()
        .run("topic", "create", topic, "-p", "" + PARTITIONS, "--retention", "forever")
        .succeeded();
  }

  private static List<Read> consume(String topic, String from) {
    return cli()
        .run("consume", topic, "-e", "-o", from, "-f", "%p %o %T %k\\t%v\\n")
        .succeeded()
        .lines()
        .stream()
        .map(
            line -> {
              String[] parts = line.split(" ", 4);
              return new Read(
                  Integer.parseInt(parts[0]),
                  Long.parseLong(parts[1]),
                  Long.parseLong(parts[2]),
                  parts[3]);
            })
        .toList();
  }

  private static Map<String, List<String>> byKey(List<String> lines) {
    Map<String, List<String>> byKey = new LinkedHashMap<>();
    for (String line : lines) {
      String key = line.substring(0, line.indexOf('\t'));
      byKey.computeIfAbsent(key, k -> new ArrayList<>()).add(line);
    }
    return byKey;
  }

  private static Map<Integer, List<Read>> byPartition(List<Read> reads) {
    Map<Integer, List<Read>> byPartition = new LinkedHashMap<>();
    for (Read read : reads) {
      byPartition.computeIfAbsent(read.partition(), p -> new ArrayList<>()).add(read);
    }
    return byPartition;
  }

  @Test
  void everyByteComesBackAndEachKeyInItsOrder() {
    create("lines");

    cli().run("produce", "lines", "--file", file.toString(), "-K", "\\t").succeeded();

    List<Read> reads = consume("lines", "start");
    assertThat(reads).hasSameSizeAs(events);
    assertThat(byKey(reads.stream().map(Read::line).toList())).isEqualTo(byKey(events));
    byPartition(reads)
        .forEach(
            (partition, inPartition) -> {
              for (int i = 0; i < inPartition.size(); i++) {
                assertThat(inPartition.get(i).offset()).as("partition %d", partition).isEqualTo(i);
              }
            });
    byKey(events)
        .keySet()
        .forEach(
            key ->
                assertThat(
                        reads.stream()
                            .filter(read -> read.line().startsWith(key + "\t"))
                            .map(Read::partition)
                            .distinct())
                    .as("partitions of key %s", key)
                    .hasSize(1));
  }

  @Test
  void replaysFromATimeInTheMiddle() {
    create("times");
    List<Long> times = new ArrayList<>();
    StringBuilder json = new StringBuilder();
    for (String event : events) {
      long millis = timeMillis(event);
      times.add(millis);
      int tab = event.indexOf('\t');
      json.append(
          "{\"timestamp\":%d,\"key\":%s,\"value\":%s}\n"
              .formatted(millis, quote(event.substring(0, tab)), quote(event.substring(tab + 1))));
    }
    cli()
        .runWithInput(json.toString().getBytes(UTF_8), "produce", "times", "-f", "json")
        .succeeded();
    long middle = times.stream().sorted().toList().get(times.size() / 2);

    List<Read> all = consume("times", "start");
    List<Read> replayed = consume("times", "@" + middle);

    assertThat(byKey(all.stream().map(Read::line).toList())).isEqualTo(byKey(events));
    assertThat(all)
        .allSatisfy(read -> assertThat(read.timestamp()).isEqualTo(timeMillis(read.line())));
    Map<Integer, List<Read>> expected = new LinkedHashMap<>();
    byPartition(all)
        .forEach(
            (partition, reads) -> {
              int first = 0;
              while (first < reads.size() && reads.get(first).timestamp() < middle) {
                first++;
              }
              if (first < reads.size()) {
                expected.put(partition, reads.subList(first, reads.size()));
              }
            });
    assertThat(byPartition(replayed)).isEqualTo(expected);
    assertThat(replayed).hasSizeBetween(events.size() / 4, events.size() * 3 / 4);
  }

  private static long timeMillis(String event) {
    Matcher time = TIME.matcher(event);
    assertThat(time.find()).as(event).isTrue();
    return Long.parseLong(time.group(1)) * 1_000;
  }

  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
