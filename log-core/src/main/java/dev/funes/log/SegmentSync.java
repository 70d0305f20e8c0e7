package dev.funes.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is done to the segments of one partition beside appending and reading: makes them durable,
 * lets go of memory that is not needed, deletes those that are not needed; and keeps that apart
 * from closing them. Thread-safe.
 */
final class SegmentSync {
  /** Files that are forced one by one; for more, the whole file system is. */
  private static final int FORCED_SINGLY_MAX = 16;

  private final Path directory;
  private final Supplier<LogView> views;
  private final OpenFiles files;

  /** Segments that readers can not find any more, whose files a checkpoint may still need. */
  private final Queue<Segment> retired = new ConcurrentLinkedQueue<>();

  private volatile boolean directoryChanged = true;
  private @Nullable IOException failure;

  SegmentSync(Path directory, Supplier<LogView> views, OpenFiles files) {
    this.directory = directory;
    this.views = views;
    this.files = files;
  }

  /** To be called before a file is created. */
  void directoryChanges() {
    directoryChanged = true;
  }

  /** To be called before a view without these segments is published: {@link #force} misses none. */
  void retire(List<Segment> segments) {
    retired.addAll(segments);
  }

  /** Forces the view's segments as far as the view reaches, and all of the retired ones. */
  synchronized void force() throws IOException {
    requireNoFailure();
    LogView view = views.get();
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

  /** See {@link PartitionLog#forceAll}. */
  static void forceAll(Collection<SegmentSync> logs, FileSystemSync fileSystem) throws IOException {
    if (fileSystem.isSupported()
        && logs.stream().filter(SegmentSync::isUnforced).count() > FORCED_SINGLY_MAX) {
      List<Promise> promises = new ArrayList<>(logs.size());
      for (SegmentSync log : logs) {
        promises.add(log.promise());
      }
      try {
        fileSystem.sync();
      } catch (IOException e) {
        promises.forEach(promise -> promise.giveUp(e));
        throw e;
      }
      promises.forEach(Promise::keep);
    } else {
      for (SegmentSync log : logs) {
        log.force();
      }
    }
  }

  private synchronized void requireNoFailure() throws IOException {
    if (failure != null) {
      throw new IOException(directory + " could not be forced before, see the cause", failure);
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

  private boolean isUnforced() {
    if (directoryChanged) {
      return true;
    }
    LogView view = views.get();
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
  private Promise promise() throws IOException {
    requireNoFailure();
    directoryChanged = false; // First: a file that is created meanwhile sets it again.
    LogView view = views.get();
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
  private final class Promise {
    private final List<Reached> reached;

    Promise(List<Reached> reached) {
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
  synchronized int unload(int releasesMax) {
    LogView view = views.get();
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

  /** See {@link PartitionLog#deleteRetired}. */
  void deleteRetired(PartitionCheckpoint durable) throws IOException {
    for (Iterator<Segment> segments = retired.iterator(); segments.hasNext(); ) {
      Segment segment = segments.next();
      boolean needed =
          durable.segments().stream().anyMatch(s -> s.baseOffset() == segment.baseOffset());
      if (!needed && close(segment)) {
        segment.deleteFiles();
        segments.remove();
      }
    }
  }

  /** Closes these segments and the retired ones. */
  void closeAll(List<Segment> segments) {
    segments.forEach(this::close);
    retired.forEach(this::close);
    retired.clear();
  }

  /** Not while it is being forced. False when a reader is in the middle of an I/O call. */
  private boolean close(Segment segment) {
    files.close(segment);
    synchronized (this) {
      return segment.close();
    }
  }
}
