package dev.funes.replication;

import dev.funes.group.GroupRecord;
import dev.funes.replication.GroupCommand.ExpireGroup;
import dev.funes.replication.GroupCommand.TrimHistory;
import dev.funes.state.KeyedState;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What the leader of a data raft group lets go of consumer groups: history that is too long or too
 * old, and whole consumer groups that nobody has used for long. Runs on the upkeep thread.
 */
final class GroupExpiry {

  static final int RESETS_MAX = 1_000;

  // One command stays a small one, however far behind the trimming is.
  private static final long TRIM_STEP = 10_000;
  private static final long EVERY_MILLIS_MAX = 60_000;
  private static final int ROUNDS_PER_LIFE = 20;

  private final Supplier<KeyedState> states;
  private final Consumer<Command> proposals;
  private final InstantSource clock;
  private final GroupLimits limits;
  private long lookedAtMillis;

  GroupExpiry(
      Supplier<KeyedState> states,
      Consumer<Command> proposals,
      InstantSource clock,
      GroupLimits limits) {
    this.states = states;
    this.proposals = proposals;
    this.clock = clock;
    this.limits = limits;
  }

  void run() {
    long shortestLife = Math.min(limits.historyMillis(), limits.offsetsMillis());
    long everyMillis = Math.min(EVERY_MILLIS_MAX, shortestLife / ROUNDS_PER_LIFE);
    long nowMillis = clock.millis();
    if (nowMillis - lookedAtMillis < everyMillis) {
      return;
    }
    lookedAtMillis = nowMillis;
    KeyedState state = states.get();
    for (String group : state.groups()) {
      if (!expire(group, state, nowMillis - limits.offsetsMillis())) {
        trim(group, state, nowMillis - limits.historyMillis());
      }
    }
  }

  private boolean expire(String group, KeyedState state, long beforeMillis) {
    byte[] bytes = state.groupRecord(group);
    GroupRecord record = bytes == null ? null : GroupRecord.decode(bytes);
    boolean used =
        record != null && (!record.members().isEmpty() || record.emptySinceMillis() > beforeMillis);
    if (used || state.lastUsedMillis(group) >= beforeMillis) {
      return false;
    }
    proposals.accept(new ExpireGroup(group, record == null ? 0 : record.version(), beforeMillis));
    return true;
  }

  private void trim(String group, KeyedState state, long beforeMillis) {
    long end = state.commitsToTrim(group, limits.historyMax(), beforeMillis);
    long resetsEnd = state.resetsToTrim(group, RESETS_MAX, beforeMillis);
    long from = state.historyBounds(group).completeFromId();
    for (long step = from + TRIM_STEP; step < end; step += TRIM_STEP) {
      proposals.accept(new TrimHistory(group, step, 0));
    }
    if (end > from || resetsEnd > 0) {
      proposals.accept(new TrimHistory(group, end, resetsEnd));
    }
  }
}
