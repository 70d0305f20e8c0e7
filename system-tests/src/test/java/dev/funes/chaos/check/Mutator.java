package dev.funes.chaos.check;

import dev.funes.chaos.history.History;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Makes a good history wrong in one way.
 *
 * @param name what is wrong then
 * @param check the one check that must see it
 * @param change null when the history has no place for it
 */
record Mutator(String name, String check, Change change) {
  /** Changes a history. */
  @FunctionalInterface
  interface Change {
    @Nullable History apply(History good, SplittableRandom random);
  }

  @Override
  public String toString() {
    return name + " -> " + check;
  }
}
