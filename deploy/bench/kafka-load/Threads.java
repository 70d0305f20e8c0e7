import java.util.List;

/** Threads that end together. */
final class Threads {
  private Threads() {}

  interface Task {
    void run() throws Exception;
  }

  static void runAll(List<Task> tasks) throws Exception {
    List<Thread> threads =
        tasks.stream().map(task -> Thread.ofPlatform().start(() -> guarded(task))).toList();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** The others may wait for this one, so its failure is the end of all. */
  private static void guarded(Task task) {
    try {
      task.run();
    } catch (Throwable e) {
      e.printStackTrace();
      System.exit(1);
    }
  }
}
