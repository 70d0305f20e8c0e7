package dev.funes.state;

/** Skeleton. */
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"}) // until the bodies are there
public final class Changes {
  Changes() {}

  public void putOffset(String group, long topicId, int partition, StoredOffset offset) {
    throw new UnsupportedOperationException();
  }

  public void deleteOffset(String group, long topicId, int partition) {
    throw new UnsupportedOperationException();
  }

  public void putProducer(long topicId, int partition, long producerId, ProducerState state) {
    throw new UnsupportedOperationException();
  }

  public void deleteProducer(long topicId, int partition, long producerId) {
    throw new UnsupportedOperationException();
  }

  public void deletePartition(long topicId, int partition) {
    throw new UnsupportedOperationException();
  }
}
