package dev.funes.cli.replay;

import dev.funes.client.ConsumedRecord;
import dev.funes.client.ReplayCopy;

/** Copies the records into a topic. */
record CopySink(ReplayCopy copy) implements RecordSink {
  @Override
  public void accept(ConsumedRecord record) {
    copy.add(record);
  }

  @Override
  public void flush() {
    copy.flush();
  }
}
