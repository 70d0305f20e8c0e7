package dev.funes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.funes.cli.console.ExitCode;
import dev.funes.client.ClientConfig;
import dev.funes.client.Consumer;
import dev.funes.client.GroupOptions;
import dev.funes.client.Subscription;
import dev.funes.server.testing.FunesCluster;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Consumer groups as the command line shows and changes them. */
class GroupCommandsTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(50);

  @RegisterExtension static final FunesCluster CLUSTER = FunesCluster.ofNodes(1);

  private Cli cli = new Cli("");
  private String topic = "";
  private String group = "";

  @BeforeEach
  void create(TestInfo test) {
    cli = new Cli(CLUSTER.addresses());
    topic = test.getTestMethod().orElseThrow().getName();
    group = topic + "-group";
    cli.run("topic", "create", topic, "-p", "2").succeeded();
    for (String partition : List.of("0", "1")) {
      cli.run("produce", topic, "a", "b", "c", "-p", partition).succeeded();
    }
  }

  /** A member that holds both partitions and has read and committed what is in them. */
  private Consumer member(String instanceId) {
    ClientConfig config = ClientConfig.builder().servers(CLUSTER.addresses()).build();
    Consumer consumer =
        Consumer.open(
            config,
            group,
            GroupOptions.builder()
                .instanceId(instanceId)
                .clientId("a test")
                .zone("here")
                .commitInterval(Duration.ZERO)
                .build());
    consumer.subscribe(Subscription.to(topic));
    await()
        .atMost(LONG)
        .until(
            () ->
                consumer.poll(SHORT).isEmpty()
                    && List.copyOf(consumer.committed().values()).equals(List.of(3L, 3L)));
    return consumer;
  }

  @Test
  void whatAFilterHeldBackCountsAsRead() {
    assertThat(
            cli.run("consume", topic, "-g", group, "-e", "--filter", "value == 'a'", "-f", "%v\n")
                .succeeded()
                .lines())
        .containsExactly("a", "a");
    assertThat(cli.run("offsets", "show", group, "-f", "json").succeeded().lines())
        .hasSize(2)
        .allMatch(line -> line.contains("\"offset\":3,"));
  }

  @Test
  void groupsAreListedAndDescribed() {
    try (Consumer consumer = member("one")) {
      assertThat(cli.run("group", "list").succeeded().lines())
          .anyMatch(line -> line.matches("GROUP +STATE +MEMBERS +OFFSETS"))
          .anyMatch(line -> line.matches(group + " +stable +1 +2"));
      assertThat(cli.run("group", "list", "-f", "json").succeeded().lines())
          .contains(
              "{\"group\":\"%s\",\"state\":\"stable\",\"members\":1,\"offsets\":2}"
                  .formatted(group));

      Cli.Result described = cli.run("group", "describe", group).succeeded();
      assertThat(described.lines())
          .anyMatch(
              line ->
                  line.matches("group " + group + ": stable, 1 member, generation .* node 1 .*"))
          .anyMatch(line -> line.startsWith("lag 0 records, 0s behind; "))
          .anyMatch(line -> line.matches(".* one +a test +.* here .* open +2"))
          .anyMatch(line -> line.matches(topic + "/1 +3 +3 +0 +0s .* " + consumer.memberId()));
      assertThat(cli.run("group", "describe", group, "-f", "json").succeeded().lines())
          .singleElement()
          .asString()
          .startsWith("{\"group\":\"" + group + "\",\"state\":\"stable\",\"generation\":")
          .contains("\"lagRecords\":0", "\"instanceId\":\"one\"", "\"endOffset\":3");
    }
    cli.run("group", "describe", group + "s")
        .failedWith(ExitCode.NOT_FOUND, "did you mean '" + group + "'?");
  }

  @Test
  void whatIsWatchedIsShownAgain() {
    cli.run("consume", topic, "-g", group, "-e").succeeded();

    assertThat(
            cli.run("group", "describe", group, "--watch=1ms", "--count", "3").succeeded().lines())
        .filteredOn(line -> line.startsWith("group " + group + ": empty"))
        .hasSize(3);
    assertThat(
            cli.run("group", "list", "--watch=1ms", "--count", "3", "-f", "json")
                .succeeded()
                .lines())
        .hasSize(3)
        .allMatch(line -> line.startsWith("{\"timeMillis\":") && line.contains(group));
    cli.run("group", "list", "--count", "3").failedWith(ExitCode.USAGE, "--count needs --watch");
    cli.run("group", "list", "--watch=soon").failedWith(ExitCode.USAGE, "no duration");
    cli.run("group", "list", "--watch=0s").failedWith(ExitCode.USAGE, "the interval is 0");
    cli.run("group", "describe", "nobody", "--watch").failedWith(ExitCode.NOT_FOUND, "nobody");
  }

  @Test
  void groupsArePausedResumedAndDeleted() {
    try (Consumer consumer = member("")) {
      assertThat(cli.run("group", "pause", group).succeeded().text())
          .isEqualTo("paused group " + group + "\n");
      await().atMost(LONG).until(() -> consumer.poll(SHORT).isEmpty() && consumer.isPaused());
      assertThat(cli.run("group", "describe", group).succeeded().text()).contains(": paused, ");
      cli.run("group", "delete", group, "--yes").failedWith(ExitCode.CONFLICT, group);

      assertThat(cli.run("group", "resume", group).succeeded().text())
          .isEqualTo("resumed group " + group + "\n");
      await().atMost(LONG).until(() -> consumer.poll(SHORT).isEmpty() && !consumer.isPaused());
    }
    cli.run("group", "delete", group).failedWith(ExitCode.USAGE, "--yes");
    assertThat(cli.run("group", "delete", group, "--yes").succeeded().text())
        .isEqualTo("deleted group " + group + "\n");
    for (String verb : List.of("describe", "pause", "resume")) {
      cli.run("group", verb, group).failedWith(ExitCode.NOT_FOUND, "no group '" + group + "'");
    }
  }

  @Test
  void membersAreSentAway() {
    try (Consumer consumer = member("seven")) {
      cli.run("group", "kick", group, "sevem")
          .failedWith(ExitCode.NOT_FOUND, "has no member 'sevem'");
      cli.run("group", "kick", group, "seven").succeeded();
      assertThat(consumer.memberId()).isNotNull();
    }
    assertThat(cli.run("group", "describe", group).succeeded().text()).contains(": empty, ");
    cli.run("group", "kick", "nobody", "seven").failedWith(ExitCode.NOT_FOUND, "nobody");
  }

  @Test
  void consumeJoinsAGroupAndSharesItsTopics() {
    String other = topic + "-other";
    cli.run("topic", "create", other).succeeded();
    cli.run("produce", other, "x").succeeded();

    assertThat(
            cli.run("consume", topic, other, "-g", group, "-e", "-f", "%t/%p@%o %v\\n")
                .succeeded()
                .lines())
        .containsExactlyInAnyOrder(
            topic + "/0@0 a",
            topic + "/0@1 b",
            topic + "/0@2 c",
            topic + "/1@0 a",
            topic + "/1@1 b",
            topic + "/1@2 c",
            other + "/0@0 x");
    cli.run("produce", other, "y").succeeded();
    assertThat(
            cli.run("consume", "--pattern", topic + ".*", "-g", group, "-n", "1")
                .succeeded()
                .lines())
        .containsExactly("y");
    assertThat(cli.run("consume", topic, other, "-e").succeeded().lines()).hasSize(8);
    assertThat(cli.run("consume", "--pattern", topic + ".*", "-e").succeeded().lines()).hasSize(8);
  }

  @Test
  void consumeEndsWhenAnotherMemberReadsTheRest() {
    try (Consumer consumer = member("")) {
      Thread other =
          Thread.ofPlatform()
              .daemon()
              .start(() -> cli.run("consume", topic, "-g", group, "-e").succeeded());
      await().atMost(LONG).until(() -> consumer.poll(SHORT).isEmpty() && !other.isAlive());
      await()
          .atMost(LONG)
          .until(() -> consumer.poll(SHORT).isEmpty() && consumer.assignment().size() == 2);
    }
  }

  @Test
  void consumeBeginsWhereItIsToldInAGroupWithoutOffsets() {
    assertThat(cli.run("consume", topic, "-g", group, "-e", "--tail", "1").succeeded().lines())
        .containsExactly("c", "c");
    assertThat(cli.run("consume", topic, "-g", group, "-e", "-o", "start").succeeded().lines())
        .isEmpty();
    String late = group + "-late";
    assertThat(cli.run("consume", topic, "-g", late, "-e", "-o", "end").succeeded().lines())
        .isEmpty();
    cli.run("produce", topic, "d", "-p", "0").succeeded();
    assertThat(cli.run("consume", topic, "-g", late, "-e", "-o", "end").succeeded().lines())
        .as("the end that was chosen is remembered")
        .containsExactly("d");
  }

  @Test
  void saysWhatIsWrong() {
    cli.run("consume").failedWith(ExitCode.USAGE, "which topic?");
    cli.run("consume", topic, "--zone", "a").failedWith(ExitCode.USAGE, "need -g");
    cli.run("consume", topic, "-g", group, "-p", "0", "--instance-id", "a")
        .failedWith(ExitCode.USAGE, "go without -p");
    cli.run("consume", topic, "-g", group, "--assignor", "fair")
        .failedWith(ExitCode.USAGE, "--assignor");
    cli.run("consume", "--pattern", "a(").failedWith(ExitCode.USAGE, "--pattern: ");
    cli.run("consume", "--pattern", "none").failedWith(ExitCode.NOT_FOUND, "no topic matches");
    cli.run("consume", topic, "-g", "a/b", "-e").failedWith(ExitCode.USAGE, "group");
    cli.run("consume", topic, "-g", group, "-e", "--instance-id", "x".repeat(250))
        .failedWith(ExitCode.USAGE, "instanceId: 250 characters");
    try (Consumer consumer = member("")) {
      cli.run("produce", topic, "d", "-p", "0").succeeded();
      cli.run("consume", topic, "-g", group, "-p", "0", "-n", "1")
          .failedWith(ExitCode.CONFLICT, group);
      assertThat(consumer.assignment()).hasSize(2);
    }
  }
}
