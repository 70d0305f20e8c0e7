package dev.funes.server;

import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.LogPosition;
import dev.funes.client.Replay;
import dev.funes.client.ReplayCopy;
import dev.funes.client.ReplayRange;
import java.util.List;

/** The main class of a copy that a test runs as a process of its own, to kill it. */
final class CopyProcess {
  static final String ID = "copied";

  private CopyProcess() {}

  /** Takes the addresses, the source and the target. */
  public static void main(String[] arguments) {
    copy(TestClients.config(arguments[0]), List.of(arguments[1].split(",")), arguments[2]);
  }

  static void copy(ClientConfig config, List<String> sources, String target) {
    try (Admin admin = Admin.open(config);
        ReplayCopy copy = ReplayCopy.open(config, target, ID)) {
      ReplayRange range =
          ReplayRange.between(
              admin.cut(sources, new LogPosition.Start()),
              admin.cut(sources, new LogPosition.End()));
      try (Replay replay = Replay.open(config, copy.remaining(range))) {
        int count = 0;
        while (replay.hasNext()) {
          copy.add(replay.next());
          if (++count % 100 == 0) {
            copy.flush(); // many small batches, so that it can be killed between any two
          }
        }
        copy.flush();
      }
    }
  }
}
