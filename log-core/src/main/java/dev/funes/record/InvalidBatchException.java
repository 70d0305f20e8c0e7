package dev.funes.record;

/** Bytes that should be a record batch are not one, or are damaged. */
public final class InvalidBatchException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String field;

  public InvalidBatchException(String field, String message) {
    super(field + ": " + message);
    this.field = field;
  }

  InvalidBatchException(String field, String message, Throwable cause) {
    super(field + ": " + message, cause);
    this.field = field;
  }

  /**
   * What is wrong, by name: {@code batch.length}, {@code batch.crc}, {@code record.length} and so
   * on.
   */
  public String field() {
    return field;
  }
}
