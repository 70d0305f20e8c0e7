package dev.funes.chaos.proxy;

import com.google.protobuf.Message;

/**
 * What a proxy does with the messages that pass it. This one is honest; others override what they
 * lie about. Any number of calls use one at the same time.
 */
public class Lies {
  /** One call through the proxy. What is sent after its end goes nowhere. Any thread uses it. */
  public interface Wire {
    /** The method, as {@code LogService/Produce}. */
    String method();

    void toNode(Message request);

    void toClient(Message response);

    /** Does something later, even when the call is over by then. */
    void later(long millis, Runnable action);

    /** Sends a Produce request on a stream of its own, and lets nobody hear the answer. */
    void toNodeApart(Message request);
  }

  /** A client has sent this. */
  public void request(Wire wire, Message request) {
    wire.toNode(request);
  }

  /** The node has sent this. */
  public void response(Wire wire, Message response) {
    wire.toClient(response);
  }

  /** How often it lied. */
  public long count() {
    return 0;
  }
}
