package dev.funes.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Makes the segments of one partition durable, and keeps that apart from closing them. Thread-safe.
 */
final class SegmentSync {
  private final Path directory;
  private volatile boolean directoryChanged = true;
  private @Nullable IOException failure;

  SegmentSync(Path directory) {
    this.directory = directory;
  }

  /** To be called before a file is created. */
  void directoryChanges() {
    directoryChanged = true;
  }

  /** Forces the view's segments as far as the view reaches, and all of the retired ones. */
  synchronized void force(LogView view, Collection<Segment> retired) throws IOException {
    if (failure != null) {
      throw new IOException(directory + " could not be forced before, see the cause", failure);
    }
    try {
      for (Segment segment : retired) {
        segment.force(segment.position());
      }
      for (int i = 0; i < view.segments().size(); i++) {
        view.segments().get(i).force(view.endPosition(i));
      }
      syncDirectory();
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  /** The names of the segments, and the name of the directory itself. */
  private void syncDirectory() throws IOException {
    if (!directoryChanged) {
      return;
    }
    directoryChanged = false; // First: a file that is created meanwhile sets it again.
    SegmentFiles.syncDirectory(directory);
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      SegmentFiles.syncDirectory(parent);
    }
  }

  /** Not while it is being forced. False when a reader is in the middle of an I/O call. */
  synchronized boolean close(Segment segment) {
    return segment.close();
  }
}
