package dev.funes.chaos.cluster;

/** Hears what happens to the cluster. Called by many threads. */
@FunctionalInterface
public interface Journal {
  void say(String line);
}
