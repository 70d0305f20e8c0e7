package dev.funes.filter;

/** Judging a record took more than an expression may. The message names the record. */
public final class FilterCostException extends RuntimeException {
  private static final long serialVersionUID = 1;

  FilterCostException(String message) {
    super(message);
  }
}
