package dev.funes.state;

import dev.funes.log.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keyed state of a raft group on this node. Skeleton. */
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"}) // until the bodies are there
public final class KeyedState implements AutoCloseable {
  private KeyedState() {}

  public static KeyedState open(Path directory) throws IOException {
    throw new UnsupportedOperationException();
  }

  public static KeyedState restore(Path checkpointStateDirectory, Path directory)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  public Changes changes() {
    throw new UnsupportedOperationException();
  }

  public void write(Changes changes, long appliedIndex) throws IOException {
    throw new UnsupportedOperationException();
  }

  public long appliedIndex() {
    throw new UnsupportedOperationException();
  }

  public void checkpoint(Path directory) throws IOException {
    throw new UnsupportedOperationException();
  }

  public @Nullable StoredOffset offset(String group, long topicId, int partition) {
    throw new UnsupportedOperationException();
  }

  public List<GroupOffset> offsets(String group) {
    throw new UnsupportedOperationException();
  }

  public List<String> groups() {
    throw new UnsupportedOperationException();
  }

  public @Nullable ProducerState producer(long topicId, int partition, long producerId) {
    throw new UnsupportedOperationException();
  }

  public void forEachProducer(ProducerVisitor visitor) {
    throw new UnsupportedOperationException();
  }

  public Digest digest() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
