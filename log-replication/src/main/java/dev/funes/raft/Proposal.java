package dev.funes.raft;

import java.nio.ByteBuffer;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * A command on its way into the Raft log. It remembers whether it got there, because Ratis answers
 * "not leader" both before the entry is in the log and after, when it may still be committed.
 */
final class Proposal implements Message {

  private final ByteString content;
  // Set by the thread that submits, read by the one that answers.
  private volatile boolean enteredLog;

  Proposal(ByteBuffer command) {
    this.content = UnsafeByteOperations.unsafeWrap(command);
  }

  @Override
  public ByteString getContent() {
    return content;
  }

  void enterLog() {
    enteredLog = true;
  }

  boolean mayBeInLog() {
    return enteredLog;
  }

  @Override
  public String toString() {
    return "command of " + content.size() + " bytes";
  }
}
