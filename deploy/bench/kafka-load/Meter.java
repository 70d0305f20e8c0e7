import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Time and CPU of the measured part, of this process and of the nodes. */
final class Meter {
  private static final double TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux
  private final List<Long> pids;
  private long startNanos;
  private double clientAtStart;
  private double nodesAtStart;
  private double client;
  private double nodes;
  private Instant started = Instant.EPOCH;

  Meter(List<Long> pids) {
    this.pids = pids;
  }

  void start() {
    started = Instant.now();
    clientAtStart = ownCpuSeconds();
    nodesAtStart = nodesCpuSeconds();
    startNanos = System.nanoTime();
  }

  void stop() {
    client = ownCpuSeconds() - clientAtStart;
    nodes = nodesCpuSeconds() - nodesAtStart;
  }

  Instant started() {
    return started;
  }

  long startNanos() {
    return startNanos;
  }

  Map<String, Object> cpu(long bytes) {
    Map<String, Object> cpu = new LinkedHashMap<>();
    cpu.put("client_s", rounded(client));
    cpu.put("client_s_per_gb", rounded(client / (bytes / 1e9)));
    if (!pids.isEmpty()) {
      cpu.put("nodes_s", rounded(nodes));
      cpu.put("nodes_s_per_gb", rounded(nodes / (bytes / 1e9)));
      cpu.put("pids", pids);
      cpu.put("nodes_rss_mib", pids.stream().map(Meter::rssMib).toList());
    }
    return cpu;
  }

  private static double ownCpuSeconds() {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime() / 1e9;
  }

  private double nodesCpuSeconds() {
    return pids.stream().mapToDouble(Meter::cpuSeconds).sum();
  }

  private static double cpuSeconds(long pid) {
    String stat = read("/proc/" + pid + "/stat");
    if (stat.isEmpty()) {
      return 0;
    }
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  private static long rssMib(long pid) {
    return read("/proc/" + pid + "/status")
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(0);
  }

  /** Empty when the process has ended: loads go on when a node is killed. */
  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      return "";
    }
  }

  /** As many decimals as anybody reads; 0 for what cannot be told. */
  static double rounded(double value) {
    return Double.isFinite(value) ? Math.round(value * 1000) / 1000.0 : 0;
  }
}
