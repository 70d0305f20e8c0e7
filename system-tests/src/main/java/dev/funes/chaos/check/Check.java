package dev.funes.chaos.check;

import dev.funes.chaos.history.History;

/** Looks for one kind of violation in a history. Stateless. */
public interface Check {
  /** C1, say. */
  String name();

  /** What it makes sure of, for people. */
  String title();

  Verdict run(History history);
}
