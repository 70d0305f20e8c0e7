package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * C7: a consumer group passes over nothing that it stored as done, and a partition has one member
 * at a time: who lets go of it does so before another has it, and who has lost it stores nothing
 * for it any more.
 */
final class GroupDelivery implements Check {
  private record Place(String group, int part) {}

  /**
   * A member's time with a partition.
   *
   * @param generation of the group in which it was given to it; never goes back
   */
  private record Tenure(
      String member, long generation, long fromNanos, long toNanos, boolean released) {}

  @Override
  public String name() {
    return "C7";
  }

  @Override
  public String title() {
    return "a group skips nothing, and a partition has one member";
  }

  @Override
  public Verdict run(History history) {
    Verdict.Builder verdict = new Verdict.Builder(this);
    coverage(history, verdict);
    Map<Place, List<Tenure>> tenures = tenures(history);
    tenures.forEach((place, list) -> overlaps(place, list, history, verdict));
    for (Op op : history.ops()) {
      if (op instanceof Op.Commit commit && commit.outcome() == Outcome.OK) {
        stranger(commit, tenures, history, verdict);
      }
    }
    return verdict.done();
  }

  private static void coverage(History history, Verdict.Builder verdict) {
    Map<Place, TreeMap<Long, Long>> read = new HashMap<>(); // begin to end, of what was read
    Map<Place, Op.Commit> furthest = new HashMap<>();
    for (Op op : history.ops()) {
      switch (op) {
        case Op.Read each when each.reader() == Op.Reader.GROUP -> {
          verdict.count("records delivered", Reads.count(each));
          read.computeIfAbsent(new Place(each.group(), each.part()), _ -> new TreeMap<>())
              .merge(each.fromOffset(), each.nextOffset(), Math::max);
        }
        case Op.Commit commit when commit.outcome() == Outcome.OK -> {
          verdict.count("commits", 1);
          furthest.merge(
              new Place(commit.group(), commit.part()),
              commit,
              (a, b) -> a.offset() >= b.offset() ? a : b);
        }
        default -> {}
      }
    }
    FinalLogs logs = FinalLogs.of(history);
    furthest.forEach(
        (place, commit) -> {
          FinalLogs.Log log = logs.longest(place.part());
          long taken = log == null ? 0 : log.startOffset; // by retention; nobody can get it then
          long covered = 0;
          for (Map.Entry<Long, Long> piece : read.getOrDefault(place, new TreeMap<>()).entrySet()) {
            if (piece.getKey() > Math.max(covered, taken)) {
              break;
            }
            covered = Math.max(covered, piece.getValue());
          }
          if (Math.max(covered, taken) < commit.offset()) {
            verdict.red(
                commit.endedNanos(),
                "group %s stored %d of %s, and no member got offset %d"
                    .formatted(
                        place.group(),
                        commit.offset(),
                        history.info().partitionName(place.part()),
                        covered));
          }
        });
  }

  private static Map<Place, List<Tenure>> tenures(History history) {
    Map<Place, List<Tenure>> tenures = new HashMap<>();
    Map<Place, Map<String, Op.Ownership>> open = new HashMap<>();
    for (Op op : history.ops()) {
      if (!(op instanceof Op.Ownership own)) {
        continue;
      }
      Place place = new Place(own.group(), own.part());
      Map<String, Op.Ownership> held = open.computeIfAbsent(place, _ -> new HashMap<>());
      if (own.change() == Op.Change.GAINED) {
        held.put(own.member(), own);
        continue;
      }
      Op.Ownership gained = held.remove(own.member());
      if (gained != null) {
        tenures
            .computeIfAbsent(place, _ -> new ArrayList<>())
            .add(
                new Tenure(
                    own.member(),
                    gained.generation(),
                    gained.invokedNanos(),
                    own.invokedNanos(),
                    own.change() == Op.Change.RELEASED));
      }
    }
    open.forEach(
        (place, held) ->
            held.forEach(
                (member, gained) ->
                    tenures
                        .computeIfAbsent(place, _ -> new ArrayList<>())
                        .add(
                            new Tenure(
                                member,
                                gained.generation(),
                                gained.invokedNanos(),
                                Op.NEVER,
                                false))));
    tenures.values().forEach(list -> list.sort((a, b) -> Long.compare(a.fromNanos, b.fromNanos)));
    return tenures;
  }

  /**
   * Of one that was released, all the time is known; of one that was lost, only how it began. One
   * that stood still may hear of what it was given in an older generation when it has lost it
   * already, and then it can store nothing.
   */
  private static void overlaps(
      Place place, List<Tenure> tenures, History history, Verdict.Builder verdict) {
    verdict.count("tenures", tenures.size());
    for (Tenure tenure : tenures) {
      for (Tenure other : tenures) {
        if (tenure.released
            && !other.member.equals(tenure.member)
            && other.generation >= tenure.generation
            && other.fromNanos > tenure.fromNanos
            && other.fromNanos < tenure.toNanos) {
          verdict.red(
              other.fromNanos,
              "group %s: %s had %s from %.3f to %.3f s, and %s got it in between"
                  .formatted(
                      place.group(),
                      tenure.member,
                      history.info().partitionName(place.part()),
                      tenure.fromNanos / 1e9,
                      tenure.toNanos / 1e9,
                      other.member));
        }
      }
    }
  }

  /** A commit that began after another member had got the partition, and was taken. */
  private static void stranger(
      Op.Commit commit,
      Map<Place, List<Tenure>> tenures,
      History history,
      Verdict.Builder verdict) {
    Tenure latest = null;
    for (Tenure tenure :
        tenures.getOrDefault(new Place(commit.group(), commit.part()), List.of())) {
      if (tenure.fromNanos < commit.invokedNanos()
          && (latest == null || tenure.generation >= latest.generation)) {
        latest = tenure;
      }
    }
    if (latest != null && !latest.member.equals(commit.member())) {
      verdict.red(
          commit.invokedNanos(),
          "group %s took offset %d of %s from %s, while %s had the partition"
              .formatted(
                  commit.group(),
                  commit.offset(),
                  history.info().partitionName(commit.part()),
                  commit.member(),
                  latest.member));
    }
  }
}
