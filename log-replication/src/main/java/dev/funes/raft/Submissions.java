package dev.funes.raft;

import dev.funes.cluster.NodeId;
import java.util.concurrent.CompletionException;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.jspecify.annotations.Nullable;

/** Reads from what Ratis answers what became of a command. */
final class Submissions {

  private Submissions() {}

  static Submission of(
      Proposal proposal,
      @Nullable RaftClientReply reply,
      @Nullable Throwable failure,
      @Nullable NodeId leader) {
    if (reply != null && reply.isSuccess()) {
      return new Submission.Committed(reply.getMessage().getContent().asReadOnlyByteBuffer());
    }
    Throwable cause = failure != null ? unwrapped(failure) : causeOf(reply);
    if (cause instanceof NotLeaderException notLeader) {
      NodeId suggested =
          notLeader.getSuggestedLeader() == null
              ? leader
              : RatisIds.node(notLeader.getSuggestedLeader().getId());
      return new Submission.NotLeader(suggested, proposal.mayBeInLog());
    }
    String why = cause instanceof LeaderSteppingDownException ? "leadership moves" : text(cause);
    return proposal.mayBeInLog() ? new Submission.Unknown(why) : new Submission.Refused(why);
  }

  static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  static String text(@Nullable Throwable cause) {
    if (cause == null) {
      return "no answer";
    }
    String message = cause.getMessage();
    return cause.getClass().getSimpleName() + (message == null ? "" : ": " + firstLine(message));
  }

  private static @Nullable Throwable causeOf(@Nullable RaftClientReply reply) {
    return reply == null ? null : reply.getException();
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }
}
