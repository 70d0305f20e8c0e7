package dev.funes.server.grpc;

import dev.funes.cluster.Topic;
import dev.funes.group.OffsetTarget;
import dev.funes.proto.v1.ResetOffset;
import dev.funes.replication.OffsetUpdate;
import dev.funes.state.OffsetCause;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a reset is to do.
 *
 * @param undoneId of an undo: the entry of the history that it undoes; else 0
 * @param moves by topic and partition
 */
record ResetPlan(OffsetCause cause, long undoneId, List<Move> moves) {
  ResetPlan {
    moves = List.copyOf(moves);
  }

  /** How one offset moves, as the answer tells it. */
  record Move(long topicId, ResetOffset answer) {
    OffsetTarget target() {
      return new OffsetTarget(
          topicId, answer.getPartition(), answer.hasToOffset() ? answer.getToOffset() : null);
    }
  }

  /**
   * What is wanted of one partition.
   *
   * @param from what is stored; null: nothing
   */
  record Wish(Topic topic, int partition, @Nullable Long from, Aim aim) {}

  /** Where an offset is to go. */
  sealed interface Aim {
    record Start() implements Aim {}

    record End() implements Aim {}

    /** The first record that is not older; the end when all are. */
    record AtTime(long millis) implements Aim {}

    /** There, or where the log begins or ends when it is not within. */
    record Near(long offset) implements Aim {}

    /** There, whatever the log is like; null: nowhere. */
    record Exactly(@Nullable Long offset) implements Aim {}
  }

  OffsetUpdate update() {
    return new OffsetUpdate(cause, undoneId, moves.stream().map(Move::target).toList());
  }
}
