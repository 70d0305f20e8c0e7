package dev.funes.chaos.cluster;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One node: its process, and a supervisor that starts it again when it ends, as systemd would.
 * Thread-safe.
 */
public final class ChaosNode implements AutoCloseable {
  private static final long RESTART_MILLIS = 500;
  private static final int STOP_SECONDS = 60;

  private final int id;
  private final NodeNetwork.NodeAddress address;
  private final NodeDisk disk;
  private final Path log;
  private final Starter starter;
  private final Journal journal;
  private final List<NodeExit> exits = new CopyOnWriteArrayList<>();
  private final Thread supervisor;

  // Guarded by this.
  private boolean wanted;
  private boolean closed;
  private boolean disturbed;
  private @Nullable Process process;
  private long startedAtNanos;

  /** Starts one process of the node. */
  @FunctionalInterface
  interface Starter {
    Process start() throws IOException;
  }

  ChaosNode(
      int id,
      NodeNetwork.NodeAddress address,
      NodeDisk disk,
      Path log,
      Starter starter,
      Journal journal) {
    this.id = id;
    this.address = address;
    this.disk = disk;
    this.log = log;
    this.starter = starter;
    this.journal = journal;
    this.supervisor =
        Thread.ofPlatform().daemon().name("supervisor-" + id).unstarted(this::supervise);
    supervisor.start();
  }

  public int id() {
    return id;
  }

  public NodeNetwork.NodeAddress address() {
    return address;
  }

  /** {@code host:port} for clients. */
  public String server() {
    return address.host() + ":" + address.port();
  }

  public NodeDisk disk() {
    return disk;
  }

  /** What the process has written to its standard output and error. */
  public Path log() {
    return log;
  }

  /** Every end of a process of this node, oldest first. */
  public List<NodeExit> exits() {
    return List.copyOf(exits);
  }

  /** Lets the supervisor keep the node running. */
  public synchronized void start() {
    wanted = true;
    notifyAll();
  }

  /** The process of the moment; null when there is none. */
  public synchronized @Nullable Process process() {
    return process != null && process.isAlive() ? process : null;
  }

  public boolean runs() {
    return process() != null;
  }

  /** When the process that runs was started, by {@link System#nanoTime}. */
  public synchronized long startedAtNanos() {
    return startedAtNanos;
  }

  /** From now on an end of the process is put down to what is being done to it. */
  public synchronized void disturb(boolean disturbed) {
    this.disturbed = disturbed;
  }

  /** Kills the process if there is one, and keeps the node down until {@link #start}. */
  public void killAndHold() throws IOException {
    Process victim;
    synchronized (this) {
      wanted = false;
      victim = process();
    }
    if (victim != null) {
      Shell.run("kill", "-KILL", Long.toString(victim.pid()));
      awaitEnd(victim);
    }
  }

  /** Ends the process in good order, and keeps the node down until {@link #start}. */
  public void stopAndHold() throws IOException {
    Process leaving;
    synchronized (this) {
      wanted = false;
      leaving = process();
    }
    if (leaving != null) {
      Shell.run("kill", "-TERM", Long.toString(leaving.pid()));
      awaitEnd(leaving);
    }
  }

  /** Sends a signal to the process, such as STOP or CONT. Returns its id. */
  public long signal(String name) throws IOException {
    Process target = running();
    Shell.must("kill", "-" + name, Long.toString(target.pid()));
    return target.pid();
  }

  private Process running() throws IOException {
    Process now = process();
    if (now == null) {
      throw new IOException("node " + id + " does not run");
    }
    return now;
  }

  private void awaitEnd(Process victim) throws IOException {
    try {
      if (!victim.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("node " + id + " has not ended in " + STOP_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** How long the log is; what comes later is after now. */
  public long logPosition() throws IOException {
    return Files.exists(log) ? Files.size(log) : 0;
  }

  /** Lets go of the node: nothing starts it any more. */
  synchronized void abandon() {
    closed = true;
    wanted = false;
    notifyAll();
  }

  @Override
  public void close() throws IOException {
    abandon();
    killAndHold();
    try {
      supervisor.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void supervise() {
    try {
      while (awaitWanted()) {
        Process started;
        synchronized (this) {
          if (closed) {
            return;
          }
          started = starter.start();
          process = started;
          startedAtNanos = System.nanoTime();
        }
        int code = started.waitFor();
        boolean expected;
        synchronized (this) {
          expected = disturbed || !wanted || closed;
        }
        exits.add(new NodeExit(id, System.nanoTime(), code, expected));
        journal.say("node " + id + " (pid " + started.pid() + ") ended with code " + code);
        Thread.sleep(RESTART_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      journal.say("node " + id + " cannot be started: " + e.getMessage());
    }
  }

  /** False when there is nothing more to do. */
  private synchronized boolean awaitWanted() throws InterruptedException {
    while (!wanted && !closed) {
      wait();
    }
    return !closed;
  }
}
