package org.apache.ratis.util;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Keeps the term and the vote of a node from going back. A candidate counts up the term and votes
 * for itself under a lock of its own, while votes for others are given under the server's; so what
 * one of them writes last may be older than what the other has acted upon. Were the node to start
 * with it, it could vote twice in a term.
 */
final class VoteOrder {

  private static final String FILE = "raft-meta";

  private VoteOrder() {}

  /**
   * @param old as it is on the disk; need not be there
   * @param next what is to replace it
   * @throws StaleVoteException when the term is lower, or the vote of the same term another one
   */
  static void demandLater(Path old, Path next) throws IOException {
    if (!old.endsWith(FILE)) {
      return;
    }
    Properties was = load(old);
    Properties is = load(next);
    long oldTerm = term(was);
    long newTerm = term(is);
    String oldVote = was.getProperty("votedFor", "");
    boolean votesAgain = !oldVote.isEmpty() && !oldVote.equals(is.getProperty("votedFor"));
    if (newTerm < oldTerm || (newTerm == oldTerm && votesAgain)) {
      throw new StaleVoteException(
          "%s says %s, which stays; %s would be older".formatted(old, was, is));
    }
  }

  private static Properties load(Path file) throws IOException {
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      properties.load(in);
    } catch (NoSuchFileException _) {
      // the first one
    }
    return properties;
  }

  /** The lowest when the file has none: whoever reads it will say what is wrong with it. */
  private static long term(Properties properties) {
    try {
      return Long.parseLong(properties.getProperty("term", ""));
    } catch (NumberFormatException _) {
      return Long.MIN_VALUE;
    }
  }
}
