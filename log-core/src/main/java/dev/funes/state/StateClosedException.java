package dev.funes.state;

/** The state was closed, because the node stops or because a newer copy takes its place. */
public final class StateClosedException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  StateClosedException(String message) {
    super(message);
  }
}
