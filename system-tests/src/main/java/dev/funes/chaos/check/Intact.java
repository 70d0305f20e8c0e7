package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import dev.funes.chaos.history.Op;
import java.util.HashSet;
import java.util.Set;

/**
 * C9: every record that a client got is byte for byte what was sent; damage that was done to files
 * was noticed; and the files of the stopped nodes are whole.
 */
final class Intact implements Check {
  @Override
  public String name() {
    return "C9";
  }

  @Override
  public String title() {
    return "content is intact, and damage is noticed";
  }

  @Override
  public Verdict run(History history) {
    Verdict.Builder verdict = new Verdict.Builder(this);
    Set<String> detected = new HashSet<>();
    for (Op op : history.ops()) {
      if (op instanceof Op.Mark mark && mark.name().equals("detected")) {
        detected.add(id(mark));
      }
    }
    for (Op op : history.ops()) {
      switch (op) {
        case Op.Read read -> read(read, history, verdict);
        case Op.Mark mark when mark.name().equals("rot") -> {
          verdict.count("damages done", 1);
          if (!detected.contains(id(mark))) {
            verdict.red(mark.invokedNanos(), "nobody noticed the damage " + mark.detail());
          }
        }
        case Op.Files files when !files.clean() ->
            verdict.red(
                files.invokedNanos(),
                "files of node %d: %s".formatted(files.node(), files.report()));
        case Op.Files _ -> verdict.count("nodes verified", 1);
        default -> {}
      }
    }
    return verdict.done();
  }

  private static String id(Op.Mark mark) {
    return mark.detail().strip().split("\\s+", 2)[0];
  }

  private static void read(Op.Read read, History history, Verdict.Builder verdict) {
    verdict.count("records read", Reads.count(read));
    for (Op.BadRecord bad : read.bad()) {
      verdict.red(
          read.invokedNanos(),
          "%s got a record of %s at offset %d that %s"
              .formatted(
                  read.process(),
                  history.info().partitionName(read.part()),
                  bad.offset(),
                  bad.problem()));
    }
  }
}
