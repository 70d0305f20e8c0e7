package dev.funes.state;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The producers that wrote last, decoded. Apply thread only. */
final class ProducerCache {
  private static final int ENTRIES_MAX = 4096;

  private final Map<ProducerKey, ProducerState> recent = new LinkedHashMap<>(16, 0.75f, true);

  @Nullable ProducerState get(ProducerKey key) {
    return recent.get(key);
  }

  void put(ProducerKey key, ProducerState state) {
    recent.put(key, state);
    if (recent.size() > ENTRIES_MAX) {
      recent.remove(recent.keySet().iterator().next());
    }
  }

  /** Takes over what was written to the database. */
  void wrote(Changes changes) {
    if (changes.dropsAny()) {
      recent.keySet().removeIf(changes::drops);
    }
    for (Map.Entry<ProducerKey, Optional<ProducerState>> changed : changes.producers().entrySet()) {
      if (changed.getValue().isPresent()) {
        put(changed.getKey(), changed.getValue().get());
      } else {
        recent.remove(changed.getKey());
      }
    }
  }
}
