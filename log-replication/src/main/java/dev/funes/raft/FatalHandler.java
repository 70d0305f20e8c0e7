package dev.funes.raft;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the node when it can no longer be a correct replica. Going on after a failed write or force
 * would be worse than stopping: the page cache may show what the disk does not have.
 */
@FunctionalInterface
public interface FatalHandler {

  /** Exit status of a node that stopped itself. */
  int EXIT_STATUS = 70;

  /**
   * Called on any thread, maybe more than once.
   *
   * @param message one line that says what failed and, where there is one, names the file
   */
  void fatal(String message, @Nullable Throwable cause);

  /** How long the message may take, when the log is slow or takes nothing any more. */
  long LAST_WORDS_MILLIS_MAX = 300;

  /**
   * Logs and ends the process, within milliseconds: no shutdown hook may write what could not be
   * written before, and no other thread may go on for long. To be made when the node starts.
   */
  static FatalHandler halt() {
    return halt(LAST_WORDS_MILLIS_MAX);
  }

  /**
   * As {@link #halt()}.
   *
   * @param lastWordsMillisMax how long the message may take
   */
  static FatalHandler halt(long lastWordsMillisMax) {
    Logger log = LoggerFactory.getLogger(FatalHandler.class);
    ProcessEnd end = ProcessEnd.prepare(EXIT_STATUS, lastWordsMillisMax);
    return (message, cause) -> {
      end.begin();
      try {
        log.error("node stops: {}", message, cause);
      } finally {
        end.now();
      }
    };
  }
}
