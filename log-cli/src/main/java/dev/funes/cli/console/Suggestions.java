package dev.funes.cli.console;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds what somebody meant who mistyped a name. */
public final class Suggestions {
  private Suggestions() {}

  /** The known name that is nearest to the typed one; null when none is near. */
  public static @Nullable String closest(String typed, Collection<String> known) {
    String best = null;
    int bestDistance = Math.max(2, typed.length() / 3) + 1;
    for (String name : known) {
      int distance = distance(typed, name);
      if (distance < bestDistance) {
        best = name;
        bestDistance = distance;
      }
    }
    return best;
  }

  /** How many letters have to be put in, taken out or changed. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, 1 + Math.min(previous[j], row[j - 1]));
      }
      previous = row;
    }
    return previous[b.length()];
  }
}
