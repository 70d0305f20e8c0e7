package dev.funes.chaos.workload;

import dev.funes.chaos.history.WorkLog;
import dev.funes.client.Admin;
import dev.funes.client.ClientConfig;
import dev.funes.client.CommittedOffset;
import dev.funes.client.FunesException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Looks again and again how far the consumer groups have stored that they are. */
final class StoredWatcher extends Client {
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Shared shared;
  private final List<String> groups;
  private final WorkLog log;

  StoredWatcher(Shared shared, List<String> groups) {
    super("stored");
    this.shared = shared;
    this.groups = groups;
    this.log = shared.log(name());
  }

  @Override
  void run() {
    try (log;
        Admin admin = Admin.open(ClientConfig.builder().servers(shared.servers()).build())) {
      while (!isStopped()) {
        groups.forEach(group -> look(admin, group));
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      groups.forEach(group -> look(admin, group));
    }
  }

  private void look(Admin admin, String group) {
    long invoked = log.now();
    try {
      for (CommittedOffset stored : admin.committedOffsets(group)) {
        Integer part = shared.numbers.get(stored.partition());
        if (part != null) {
          log.stored(invoked, group, part, stored.offset());
        }
      }
    } catch (FunesException e) {
      LockSupport.parkNanos(PAUSE_NANOS); // nobody knew
    }
  }

  @Override
  void failed(Exception why) {
    log.close();
  }
}
