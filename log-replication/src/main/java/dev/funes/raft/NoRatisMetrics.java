package dev.funes.raft;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.apache.ratis.util.TimeDuration;
import org.apache.ratis.util.UncheckedAutoCloseable;

/**
 * Counts nothing of what Ratis would count: histograms for every step of every entry, which nobody
 * reads here, since a node has metrics of its own.
 *
 * <p>Found by Ratis as a service. Thread-safe.
 */
public final class NoRatisMetrics extends MetricRegistries {

  @Override
  public void clear() {}

  @Override
  public RatisMetricRegistry create(MetricRegistryInfo info) {
    return new Empty(info);
  }

  @Override
  public boolean remove(MetricRegistryInfo info) {
    return false;
  }

  @Override
  public Optional<RatisMetricRegistry> get(MetricRegistryInfo info) {
    return Optional.empty();
  }

  @Override
  public Set<MetricRegistryInfo> getMetricRegistryInfos() {
    return Set.of();
  }

  @Override
  public Collection<RatisMetricRegistry> getMetricRegistries() {
    return List.of();
  }

  @Override
  public void addReporterRegistration(
      Consumer<RatisMetricRegistry> reporter, Consumer<RatisMetricRegistry> stopper) {}

  @Override
  public void enableJmxReporter() {}

  @Override
  public void enableConsoleReporter(TimeDuration rate) {}

  private record Empty(MetricRegistryInfo info) implements RatisMetricRegistry {

    @Override
    public Timekeeper timer(String name) {
      return () -> Stopped.CLOCK;
    }

    @Override
    public LongCounter counter(String name) {
      return Zero.COUNTER;
    }

    @Override
    public boolean remove(String name) {
      return false;
    }

    @Override
    public <T> void gauge(String name, Supplier<Supplier<T>> value) {}

    @Override
    public MetricRegistryInfo getMetricRegistryInfo() {
      return info;
    }
  }

  private enum Stopped implements Timekeeper.Context {
    CLOCK;

    @Override
    public long stop() {
      return 0;
    }

    @Override
    public UncheckedAutoCloseable toAutoCloseable() {
      return Timekeeper.NOOP;
    }
  }

  private enum Zero implements LongCounter {
    COUNTER;

    @Override
    public void inc(long n) {}

    @Override
    public void dec(long n) {}

    @Override
    public long getCount() {
      return 0;
    }
  }
}
