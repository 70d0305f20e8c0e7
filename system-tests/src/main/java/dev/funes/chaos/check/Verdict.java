package dev.funes.chaos.check;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a check found.
 *
 * @param check its name
 * @param title what it makes sure of
 * @param green true: no violation
 * @param numbers what it looked at and found, by name
 * @param notes what it looked at and how, in words, where numbers do not tell it
 * @param findings the first ten violations, a line each
 * @param findingCount how many there are
 */
public record Verdict(
    String check,
    String title,
    boolean green,
    SortedMap<String, Long> numbers,
    List<String> notes,
    List<Finding> findings,
    long findingCount) {
  /** How many violations are told in words. */
  public static final int FINDINGS_MAX = 10;

  /**
   * A violation.
   *
   * @param atNanos when it shows, since the run began; -1: at no time in particular
   */
  public record Finding(String text, long atNanos) {
    /** At no time in particular. */
    public static final long NO_TIME = -1;
  }

  public Verdict {
    numbers = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(numbers));
    notes = List.copyOf(notes);
    findings = List.copyOf(findings);
  }

  /** Gathers what a check finds. Not thread-safe. */
  static final class Builder {
    private final Check check;
    private final Map<String, Long> numbers = new TreeMap<>();
    private final List<String> notes = new java.util.ArrayList<>();
    private final List<Finding> findings = new java.util.ArrayList<>();
    private long findingCount;

    Builder(Check check) {
      this.check = check;
    }

    Builder count(String name, long value) {
      numbers.merge(name, value, Long::sum);
      return this;
    }

    Builder most(String name, long value) {
      numbers.merge(name, value, Math::max);
      return this;
    }

    Builder note(String text) {
      notes.add(text);
      return this;
    }

    Builder red(long atNanos, String text) {
      findingCount++;
      if (findings.size() < FINDINGS_MAX) {
        findings.add(new Finding(text, atNanos));
      }
      return this;
    }

    Builder red(String text) {
      return red(Finding.NO_TIME, text);
    }

    Verdict done() {
      return new Verdict(
          check.name(),
          check.title(),
          findingCount == 0,
          new TreeMap<>(numbers),
          notes,
          findings,
          findingCount);
    }
  }
}
