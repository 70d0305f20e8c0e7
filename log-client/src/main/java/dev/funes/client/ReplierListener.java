package dev.funes.client;

import org.jspecify.annotations.Nullable;

/** Hears what a {@link Replier} does, on the thread that runs it. */
public interface ReplierListener {
  /** Hears nothing. */
  ReplierListener NONE = new ReplierListener() {};

  /** A request was answered; the failure is null unless the handler threw it. */
  default void answered(Request request, @Nullable Exception failure) {}

  /**
   * A record was passed over: it is no request, or its reply can go nowhere.
   *
   * @param why one line for people
   */
  default void skipped(ConsumedRecord consumed, String why) {}
}
