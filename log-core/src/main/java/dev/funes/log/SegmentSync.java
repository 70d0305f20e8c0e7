package dev.funes.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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

  boolean isUnforced(LogView view, Collection<Segment> retired) {
    if (directoryChanged) {
      return true;
    }
    for (int i = 0; i < view.segments().size(); i++) {
      if (view.segments().get(i).unforcedBytes(view.endPosition(i)) > 0) {
        return true;
      }
    }
    return retired.stream().anyMatch(each -> each.unforcedBytes(each.position()) > 0);
  }

  /** A segment and how far it was written when the sync of the whole file system began. */
  private record Reached(Segment segment, int end) {}

  /** What is durable when a sync of the whole file system that begins now has ended. */
  Promise promise(LogView view, Collection<Segment> retired) throws IOException {
    synchronized (this) {
      if (failure != null) {
        throw new IOException(directory + " could not be forced before, see the cause", failure);
      }
    }
    directoryChanged = false; // First: a file that is created meanwhile sets it again.
    List<Reached> reached = new ArrayList<>(view.segments().size() + retired.size());
    for (Segment segment : retired) {
      reached.add(new Reached(segment, segment.position()));
    }
    for (int i = 0; i < view.segments().size(); i++) {
      reached.add(new Reached(view.segments().get(i), view.endPosition(i)));
    }
    return new Promise(reached);
  }

  /** See {@link #promise}. */
  final class Promise {
    private final List<Reached> reached;

    private Promise(List<Reached> reached) {
      this.reached = reached;
    }

    /** The sync has ended well. */
    void keep() {
      synchronized (SegmentSync.this) {
        reached.forEach(each -> each.segment.forced(each.end));
      }
    }

    /** It has failed. */
    void giveUp(IOException cause) {
      synchronized (SegmentSync.this) {
        failure = cause;
      }
    }
  }

  /** See {@link PartitionLog#unload}. */
  synchronized int unload(LogView view, int releasesMax) {
    int released = 0;
    for (int i = 0; i < view.segments().size(); i++) {
      Segment segment = view.segments().get(i);
      segment.unload(view.endPosition(i));
      if (released < releasesMax && segment.releaseWhenIdle()) {
        released++;
      }
    }
    return released;
  }

  /** Not while it is being forced. False when a reader is in the middle of an I/O call. */
  synchronized boolean close(Segment segment) {
    return segment.close();
  }
}
