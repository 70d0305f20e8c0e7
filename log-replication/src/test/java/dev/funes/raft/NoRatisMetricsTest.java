package dev.funes.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.junit.jupiter.api.Test;

class NoRatisMetricsTest {

  @Test
  void isWhatRatisFinds() {
    assertThat(MetricRegistries.global()).isInstanceOf(NoRatisMetrics.class);
  }

  @Test
  void countsNothing() {
    MetricRegistryInfo info = new MetricRegistryInfo("a", "b", "c", "d");
    RatisMetricRegistry registry = MetricRegistries.global().create(info);
    registry.counter("entries").inc();

    assertThat(registry.counter("entries").getCount()).isZero();
    assertThat(registry.timer("append").time().stop()).isZero();
    assertThat(registry.timer("append").time().toAutoCloseable()).isSameAs(Timekeeper.NOOP);
    assertThat(registry.getMetricRegistryInfo()).isEqualTo(info);
  }
}
