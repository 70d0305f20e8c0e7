package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * C10: at the end the replicas of a partition are the same, byte for byte: what the running nodes
 * serve, and what the files of the stopped nodes hold.
 *
 * <p>All end at the same offset. What is served begins at the same offset, too. Files may begin
 * earlier at one node than at another, because segments are not cut at the same offsets everywhere;
 * so what is compared is each piece that lies where all have something.
 */
final class ReplicasEqual implements Check {
  private static final String SERVED = "fetch";

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
    Map<Integer, Op.Replica> served = new TreeMap<>();
    Map<Integer, Op.Replica> any = new TreeMap<>();
    for (Op.Replica replica : history.all(Op.Replica.class)) {
      verdict.count("replicas by " + replica.source(), 1);
      String partition = history.info().partitionName(replica.part());
      if (replica.source().equals(SERVED)) {
        Op.Replica other = served.putIfAbsent(replica.part(), replica);
        if (other != null && !same(other, replica)) {
          red(partition, other, replica, "", verdict);
        }
      }
      Op.Replica other = any.putIfAbsent(replica.part(), replica);
      if (other != null) {
        pieces(partition, other, replica, verdict);
      }
    }
    return verdict.done();
  }

  private static boolean same(Op.Replica a, Op.Replica b) {
    return a.startOffset() == b.startOffset()
        && a.endOffset() == b.endOffset()
        && a.sha256().equals(b.sha256());
  }

  private static void pieces(
      String partition, Op.Replica a, Op.Replica b, Verdict.Builder verdict) {
    if (a.endOffset() != b.endOffset()) {
      if (!a.source().equals(SERVED) || !b.source().equals(SERVED)) {
        red(partition, a, b, ": they end at different offsets", verdict);
      }
      return; // else told already
    }
    long from = Math.max(a.startOffset(), b.startOffset());
    Map<Long, Op.Piece> left = byNumber(a.pieces(), from);
    Map<Long, Op.Piece> right = byNumber(b.pieces(), from);
    if (left.isEmpty() && right.isEmpty()) {
      verdict.count("comparisons without a common piece", a.endOffset() == 0 ? 0 : 1);
      return;
    }
    for (long number : union(left, right)) {
      verdict.count("pieces compared", 1);
      Op.Piece one = left.get(number);
      if (one == null || !one.equals(right.get(number))) {
        if (!a.source().equals(SERVED) || !b.source().equals(SERVED)) {
          long first = number * Op.Piece.OFFSETS;
          red(partition, a, b, ": they differ from offset %d on".formatted(first), verdict);
        }
        return;
      }
    }
  }

  /** Of a piece that begins before the common start, one may lack something. */
  private static Map<Long, Op.Piece> byNumber(List<Op.Piece> pieces, long from) {
    Map<Long, Op.Piece> map = new HashMap<>();
    for (Op.Piece piece : pieces) {
      long number = piece.firstOffset() / Op.Piece.OFFSETS;
      if (number * Op.Piece.OFFSETS >= from) {
        map.put(number, piece);
      }
    }
    return map;
  }

  private static List<Long> union(Map<Long, Op.Piece> left, Map<Long, Op.Piece> right) {
    TreeSet<Long> all = new TreeSet<>(left.keySet());
    all.addAll(right.keySet());
    return List.copyOf(all);
  }

  private static void red(
      String partition, Op.Replica a, Op.Replica b, String how, Verdict.Builder verdict) {
    verdict.red(
        b.invokedNanos(),
        "%s: node %d (%s) has %s, node %d (%s) has %s%s"
            .formatted(
                partition, a.node(), a.source(), text(a), b.node(), b.source(), text(b), how));
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
