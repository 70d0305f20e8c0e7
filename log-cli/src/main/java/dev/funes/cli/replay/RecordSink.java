package dev.funes.cli.replay;

import dev.funes.client.ConsumedRecord;
import java.io.IOException;

/** Where the records of a replay go. One thread. */
interface RecordSink {
  void accept(ConsumedRecord record) throws IOException;

  /** What was taken is where it belongs when this returns. */
  void flush() throws IOException;
}
