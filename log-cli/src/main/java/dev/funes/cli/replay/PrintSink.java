package dev.funes.cli.replay;

import dev.funes.cli.format.ByteSink;
import dev.funes.cli.format.RecordFormat;
import dev.funes.client.ConsumedRecord;
import java.io.IOException;

/** Prints the records as {@code consume} does. */
record PrintSink(RecordFormat format, ByteSink out) implements RecordSink {
  @Override
  public void accept(ConsumedRecord record) throws IOException {
    format.write(record.topic(), record.partition(), record.record(), out);
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }
}
