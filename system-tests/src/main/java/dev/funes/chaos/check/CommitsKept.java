package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import dev.funes.chaos.history.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** C11: the stored offset of a consumer group never goes back, unless an operator moves it. */
final class CommitsKept implements Check {
  private record Place(String group, int part) {}

  private record Event(long nanos, boolean begins, Op op) {}

  @Override
  public String name() {
    return "C11";
  }

  @Override
  public String title() {
    return "stored offsets never go back";
  }

  @Override
  public Verdict run(History history) {
    Verdict.Builder verdict = new Verdict.Builder(this);
    Map<Place, List<Event>> places = new HashMap<>();
    for (Op op : history.ops()) {
      Place place =
          switch (op) {
            case Op.Commit commit -> new Place(commit.group(), commit.part());
            case Op.Committed stored -> new Place(stored.group(), stored.part());
            case Op.Reset reset -> new Place(reset.group(), reset.part());
            case Op.Ownership own when own.change() == Op.Change.GAINED ->
                new Place(own.group(), own.part());
            default -> null;
          };
      if (place != null) {
        List<Event> events = places.computeIfAbsent(place, _ -> new ArrayList<>());
        events.add(new Event(op.invokedNanos(), true, op));
        if (op.endedNanos() != Op.NEVER) {
          events.add(new Event(op.endedNanos(), false, op));
        }
      }
    }
    places.forEach(
        (place, events) ->
            new Sweep(
                    "group %s, %s"
                        .formatted(place.group(), history.info().partitionName(place.part())),
                    verdict)
                .run(events));
    return verdict.done();
  }

  /** One partition of one group. */
  private static final class Sweep {
    private final String where;
    private final Verdict.Builder verdict;
    private final IdentityHashMap<Op, Long> floors = new IdentityHashMap<>();
    private long stored = -1; // the least that it can be
    private long resetOverNanos = Long.MIN_VALUE; // commits from before may be undone by it

    Sweep(String where, Verdict.Builder verdict) {
      this.where = where;
      this.verdict = verdict;
    }

    void run(List<Event> events) {
      events.sort(
          (a, b) ->
              a.nanos != b.nanos
                  ? Long.compare(a.nanos, b.nanos)
                  : Boolean.compare(b.begins, a.begins));
      for (Event event : events) {
        if (event.op instanceof Op.Reset reset && event.begins) {
          reset(reset);
        } else if (event.begins) {
          floors.put(event.op, stored);
        }
        if (!event.begins) {
          ended(event.op);
        }
      }
    }

    private void reset(Op.Reset reset) {
      if (reset.outcome() != Outcome.FAIL) {
        stored = -1;
        resetOverNanos = Math.max(resetOverNanos, reset.endedNanos());
      }
    }

    private void ended(Op op) {
      switch (op) {
        case Op.Commit commit when commit.outcome() == Outcome.OK -> {
          verdict.count("commits", 1);
          compare(commit, commit.offset(), "was stored");
          if (commit.invokedNanos() > resetOverNanos) {
            stored = Math.max(stored, commit.offset());
          }
        }
        case Op.Committed read -> {
          verdict.count("looks", 1);
          compare(read, read.offset(), "was found stored");
        }
        case Op.Ownership own -> compare(own, own.position(), "a new member began at");
        default -> {}
      }
    }

    private void compare(Op op, long offset, String what) {
      long floor = floors.getOrDefault(op, -1L);
      boolean overtaken = op.invokedNanos() <= resetOverNanos;
      if (!overtaken && offset < floor) {
        verdict.red(
            op.invokedNanos(),
            "%s: %s %d, although %d had been stored before".formatted(where, what, offset, floor));
      }
    }
  }
}
