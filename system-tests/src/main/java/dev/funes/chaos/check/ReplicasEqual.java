package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import java.util.Map;
import java.util.TreeMap;

/** C10: at the end the replicas of a partition are the same, byte for byte. */
final class ReplicasEqual implements Check {
  private record Place(int part, String source) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byPart = Integer.compare(part, other.part);
      return byPart != 0 ? byPart : source.compareTo(other.source);
    }
  }

  @Override
  public String name() {
    return "C10";
  }

  @Override
  public String title() {
    return "replicas are identical";
  }

  @Override
  public Verdict run(History history) {
    Verdict.Builder verdict = new Verdict.Builder(this);
    Map<Place, Op.Replica> first = new TreeMap<>();
    for (Op op : history.ops()) {
      if (!(op instanceof Op.Replica replica)) {
        continue;
      }
      verdict.count("replicas by " + replica.source(), 1);
      Op.Replica other = first.putIfAbsent(new Place(replica.part(), replica.source()), replica);
      if (other != null && !same(other, replica)) {
        verdict.red(
            replica.invokedNanos(),
            "%s (%s): node %d has %s, node %d has %s"
                .formatted(
                    history.info().partitionName(replica.part()),
                    replica.source(),
                    other.node(),
                    text(other),
                    replica.node(),
                    text(replica)));
      }
    }
    return verdict.done();
  }

  private static boolean same(Op.Replica a, Op.Replica b) {
    return a.startOffset() == b.startOffset()
        && a.endOffset() == b.endOffset()
        && a.sha256().equals(b.sha256());
  }

  private static String text(Op.Replica replica) {
    String digest = replica.sha256();
    return "%d to %d, sha256 %s"
        .formatted(
            replica.startOffset(),
            replica.endOffset(),
            digest.length() > 12 ? digest.substring(0, 12) : digest);
  }
}
