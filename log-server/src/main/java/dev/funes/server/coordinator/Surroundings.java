package dev.funes.server.coordinator;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a {@link LiveGroup} needs of the coordinator. */
interface Surroundings {
  /** By a clock that stands still while the process does. */
  long elapsedMillis();

  long nowMillis();

  Subscriptions subscriptions();

  String freshId(String clientId);

  <T> void whenDone(CompletableFuture<T> future, Consumer<@Nullable T> then);

  /** Behind what the coordinator has been asked already, so that it is taken together. */
  void soon(Runnable task);

  void later(long millis, Runnable task);

  /** The group has nothing to keep in memory, or must be read again. */
  void forget(LiveGroup group);
}
