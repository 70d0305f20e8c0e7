package dev.funes.raft;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.funes.cluster.NodeId;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Appends every command to a list and answers with its place in it. A checkpoint is a file with the
 * list; the state begins with what it says, as a real one does.
 */
final class ListState implements RaftGroupState {

  /** A command that cannot be applied, as if the disk were full. */
  static final String POISON = "poison";

  /** Of longer ones only the beginning is kept: memory for what tests do not look at. */
  private static final int LETTERS_MAX = 1_000;

  private final Path file;
  private final List<String> applied = new CopyOnWriteArrayList<>();
  private final List<Boolean> leadership = new CopyOnWriteArrayList<>();
  private volatile TermIndexed checkpoint = TermIndexed.NONE;
  private volatile long purgeBehind = Long.MAX_VALUE;
  private volatile long firstIndexApplied = -1;
  private volatile boolean closed;
  private TermIndexed last = TermIndexed.NONE;
  private final Thread maker = Thread.currentThread();
  private volatile long openingMillis;
  private volatile CountDownLatch applies = new CountDownLatch(0);
  private volatile boolean fetchBegun;
  private volatile @Nullable CompletableFuture<@Nullable TermIndexed> fetching;
  private final AtomicInteger asked = new AtomicInteger();

  ListState(Path file) throws IOException {
    this.file = file;
    read();
  }

  private void read() throws IOException {
    try {
      List<String> lines = Files.readAllLines(file);
      String[] place = lines.getFirst().split(" ", 2);
      checkpoint = new TermIndexed(Long.parseLong(place[0]), Long.parseLong(place[1]));
      applied.addAll(lines.subList(1, lines.size()));
      last = checkpoint;
    } catch (NoSuchFileException e) {
      // Nothing was ever applied.
    }
  }

  /** How many entries before the checkpoint the Raft log keeps. */
  void purgeBehind(long entries) {
    purgeBehind = entries;
  }

  /** What a leader's checkpoint is fetched by; without it there is none. */
  void fetchBy(CompletableFuture<@Nullable TermIndexed> fetch) {
    fetching = fetch;
  }

  boolean isFetchBegun() {
    return fetchBegun;
  }

  /** Where a checkpoint is, and where one that is fetched must be. */
  Path file() {
    return file;
  }

  /** How often a checkpoint of the leader was asked for. */
  int asked() {
    return asked.get();
  }

  @Override
  public CompletableFuture<@Nullable TermIndexed> fetchCheckpoint(NodeId leader, long firstIndex) {
    asked.incrementAndGet();
    CompletableFuture<@Nullable TermIndexed> fetch = fetching;
    if (fetch == null) {
      return CompletableFuture.failedFuture(new IOException("expected by the test"));
    }
    fetchBegun = true;
    return fetch;
  }

  @Override
  public void reopen() throws IOException {
    applied.clear();
    read();
  }

  /** Holds up Ratis that long when it opens the Raft log. */
  void openSlowly(long millis) {
    openingMillis = millis;
  }

  /** Nothing more is applied until the latch is open. */
  void holdApplies(CountDownLatch until) {
    applies = until;
  }

  List<String> applied() {
    return List.copyOf(applied);
  }

  List<Boolean> leadership() {
    return List.copyOf(leadership);
  }

  /** Raft index of the first entry that came in since the start; -1 when none did. */
  long firstIndexApplied() {
    return firstIndexApplied;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public ByteBuffer apply(long term, long index, ByteBuffer command) throws IOException {
    String text = UTF_8.decode(command).toString();
    if (text.equals(POISON)) {
      throw new NoSuchFileException("/data/groups/1/segment.log");
    }
    try {
      applies.await();
    } catch (InterruptedException e) {
      throw new InterruptedIOException("held up by the test");
    }
    step(term, index);
    applied.add(text.length() > LETTERS_MAX ? text.substring(0, LETTERS_MAX) : text);
    return UTF_8.encode(Integer.toString(applied.size() - 1));
  }

  @Override
  public void advance(long term, long index) {
    step(term, index);
  }

  private void step(long term, long index) {
    if (index != last.index() + 1) {
      throw new IllegalStateException("expected index after " + last + ", was " + index);
    }
    if (firstIndexApplied < 0) {
      firstIndexApplied = index;
    }
    last = new TermIndexed(term, index);
  }

  @Override
  public TermIndexed latestCheckpoint() {
    long millis = openingMillis;
    if (millis > 0 && !maker.equals(Thread.currentThread())) {
      openingMillis = 0;
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
    return checkpoint;
  }

  @Override
  public void takeCheckpoint() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(last.term() + " " + last.index());
    lines.addAll(applied);
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    Files.write(temporary, lines);
    Files.move(temporary, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    checkpoint = last;
  }

  @Override
  public TermIndexed purgeBound() {
    TermIndexed newest = checkpoint;
    long bound = newest.index() - purgeBehind;
    return bound < 0 ? TermIndexed.NONE : new TermIndexed(newest.term(), bound);
  }

  @Override
  public void leadershipChanged(boolean leader) {
    leadership.add(leader);
  }

  @Override
  public void close() {
    closed = true;
  }
}
