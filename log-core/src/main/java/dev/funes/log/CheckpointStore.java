package dev.funes.log;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The checkpoints of one raft group on disk. Skeleton. */
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"}) // until the bodies are there
public final class CheckpointStore {
  public CheckpointStore(Path checkpointsDirectory) {
    throw new UnsupportedOperationException(checkpointsDirectory.toString());
  }

  public Path prepare(long index) throws IOException {
    throw new UnsupportedOperationException();
  }

  public void commit(long index, Manifest manifest) throws IOException {
    throw new UnsupportedOperationException();
  }

  public @Nullable Checkpoint newest() throws IOException {
    throw new UnsupportedOperationException();
  }

  public void deleteOlderThan(long index) throws IOException {
    throw new UnsupportedOperationException();
  }
}
