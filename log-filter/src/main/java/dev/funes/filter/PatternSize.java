package dev.funes.filter;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How large a regular expression gets when its repetitions are written out, about: known before it
 * is compiled, because {@code ((a{999}){999}){999}} is short and takes all memory.
 */
final class PatternSize {
  private static final long MAX = Integer.MAX_VALUE;

  private final String regex;
  private final Deque<Long> outer = new ArrayDeque<>();
  private long sum;
  private long last;
  private int at;

  private PatternSize(String regex) {
    this.regex = regex;
  }

  static long of(String regex) {
    PatternSize size = new PatternSize(regex);
    while (size.at < regex.length()) {
      size.step();
    }
    while (!size.outer.isEmpty()) {
      size.closeGroup();
    }
    return size.sum + size.last;
  }

  private void step() {
    char here = regex.charAt(at++);
    switch (here) {
      case '(' -> {
        atom(0);
        outer.push(sum);
        sum = 0;
      }
      case ')' -> closeGroup();
      case '[' -> {
        skipClass();
        atom(1);
      }
      case '\\' -> {
        at++;
        atom(1);
      }
      case '{' -> last = Math.min(MAX, last * repetitions());
      default -> atom(1);
    }
  }

  private void atom(long size) {
    sum = Math.min(MAX, sum + last);
    last = size;
  }

  private void closeGroup() {
    long inner = Math.min(MAX, sum + last);
    if (!outer.isEmpty()) {
      sum = outer.pop();
    }
    last = inner;
  }

  /** A bracket in first place is one of the class. */
  private void skipClass() {
    int first = at < regex.length() && regex.charAt(at) == '^' ? at + 1 : at;
    at = first;
    while (at < regex.length() && (regex.charAt(at) != ']' || at == first)) {
      at += regex.charAt(at) == '\\' ? 2 : 1;
    }
    at++;
  }

  /** The greatest number up to the closing brace; 1 when it is no repetition. */
  private long repetitions() {
    long greatest = 1;
    long number = 0;
    while (at < regex.length()) {
      char here = regex.charAt(at++);
      if (here == '}') {
        return Math.max(greatest, number);
      }
      if (here == ',') {
        greatest = Math.max(greatest, number);
        number = 0;
      } else if (Character.digit(here, 10) >= 0) {
        number = Math.min(MAX, number * 10 + Character.digit(here, 10));
      } else {
        return 1;
      }
    }
    return 1;
  }
}
