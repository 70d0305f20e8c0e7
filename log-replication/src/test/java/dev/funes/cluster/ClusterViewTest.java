package dev.funes.cluster;

import static dev.funes.cluster.TestTopics.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterViewTest {

  private final ClusterView empty =
      ClusterView.empty(
          Placement.of("c", List.of(new NodeEndpoint(new NodeId(1), "h", 7070, 7080))));

  @Test
  void findsTopicsByNameAndById() {
    ClusterView view = empty.with(topic("b", 1, 3)).with(topic("a", 2, 4));

    assertThat(view.topics()).extracting(Topic::name).containsExactly("a", "b");
    assertThat(view.topic("b")).isEqualTo(view.topic(1)).isEqualTo(topic("b", 1, 3));
    assertThat(view.topic("c")).isNull();
    assertThat(view.partitionCount()).isEqualTo(7);
    assertThat(view.lastTopicId()).isEqualTo(2);
    assertThat(view.version()).isEqualTo(2);
    assertThat(empty.topics()).as("the former view does not change").isEmpty();
  }

  @Test
  void remembersTheLastTopicIdWhenItsTopicIsGone() {
    ClusterView view = empty.with(topic("a", 1, 1)).without(topic("a", 1, 1));

    assertThat(view.topics()).isEmpty();
    assertThat(view.topic(1)).isNull();
    assertThat(view.lastTopicId()).isEqualTo(1);
  }

  @Test
  void replacesATopicWithTheSameId() {
    ClusterView view = empty.with(topic("a", 1, 1)).with(topic("a", 1, 5));

    assertThat(view.partitionCount()).isEqualTo(5);
  }

  @Test
  void refusesTwoTopicsOfOneNameOrId() {
    assertThatThrownBy(() -> empty.with(topic("a", 1, 1)).with(topic("a", 2, 1)))
        .hasMessage("topic a exists with another id");
    assertThatThrownBy(
            () ->
                ClusterView.of(
                    empty.placement(),
                    ClusterMembers.NONE,
                    List.of(topic("a", 1, 1), topic("b", 1, 1)),
                    1,
                    1))
        .hasMessage("topic id 1 is there twice");
    assertThatThrownBy(
            () ->
                ClusterView.of(
                    empty.placement(), ClusterMembers.NONE, List.of(topic("a", 2, 1)), 1, 1))
        .hasMessageContaining("above the last one given");
  }

  @Test
  void namesTheRangeOfAPartitionThatIsNotThere() {
    assertThatThrownBy(() -> topic("a", 1, 6).partition(6))
        .hasMessage("topic a has partitions 0 to 5, not 6");
  }
}
