package dev.funes.cli.perf;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a result; scripts read them. */
final class ResultJson {
  private static final int DECIMALS = 3;

  private ResultJson() {}

  /** Writes the fields of a load's result into an open object. */
  static void write(Result result, JsonGenerator json) throws IOException {
    json.writeStringField("scenario", result.scenario());
    json.writeStringField("topic", result.topic());
    json.writeNumberField("records", result.records());
    json.writeNumberField("bytes", result.bytes());
    decimal("seconds", result.seconds(), json);
    decimal("records_per_s", result.recordsPerSecond(), json);
    decimal("mib_per_s", result.mibPerSecond(), json);
    json.writeNumberField("failed", result.failed());
    json.writeNumberField("not_sent", result.notSent());
    if (result.hasLatency()) {
      latency(Percentiles.of(result.latency()), json);
    }
    if (!result.hasLatency() && result.firstRecordMillis() >= 0) {
      decimal("first_record_ms", result.firstRecordMillis(), json);
    }
    decimal("longest_gap_ms", result.longestGapMillis(), json);
    cpu(result.cpu(), result.bytes(), json);
    environment(result.settings(), result.started().toString(), json);
  }

  private static void latency(Percentiles latency, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("latency_ms");
    decimal("mean", latency.mean(), json);
    decimal("p50", latency.p50(), json);
    decimal("p90", latency.p90(), json);
    decimal("p95", latency.p95(), json);
    decimal("p99", latency.p99(), json);
    decimal("p99_9", latency.p999(), json);
    decimal("p99_99", latency.p9999(), json);
    decimal("max", latency.max(), json);
    json.writeEndObject();
  }

  /** Writes what CPU was used, and how much that is for these bytes, unless they are none. */
  static void cpu(CpuMeter.Used cpu, long bytes, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("cpu");
    cpu("client_s", cpu.clientSeconds(), bytes, json);
    if (!cpu.pids().isEmpty()) {
      cpu("nodes_s", cpu.nodesSeconds(), bytes, json);
      json.writeArrayFieldStart("pids");
      for (long pid : cpu.pids()) {
        json.writeNumber(pid);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("nodes_rss_mib");
      for (double mib : cpu.nodesRssMib()) {
        json.writeNumber(rounded(mib));
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static void cpu(String name, double seconds, long bytes, JsonGenerator json)
      throws IOException {
    decimal(name, seconds, json);
    if (bytes > 0) {
      decimal(name + "_per_gb", CpuMeter.perGb(seconds, bytes), json);
    }
  }

  /** Writes the settings, and what they were run with. */
  static void environment(Map<String, Object> settings, String started, JsonGenerator json)
      throws IOException {
    json.writeObjectFieldStart("settings");
    for (Map.Entry<String, Object> setting : settings.entrySet()) {
      json.writeFieldName(setting.getKey());
      value(setting.getValue(), json);
    }
    json.writeEndObject();
    json.writeStringField("funes", version());
    json.writeStringField("java", System.getProperty("java.version"));
    json.writeStringField(
        "os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    json.writeNumberField("cpus", Runtime.getRuntime().availableProcessors());
    json.writeStringField("started", started);
  }

  private static void value(Object value, JsonGenerator json) throws IOException {
    switch (value) {
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Double number -> json.writeNumber(rounded(number));
      case Boolean flag -> json.writeBoolean(flag);
      default -> json.writeString(value.toString());
    }
  }

  private static String version() {
    @Nullable String packaged = PerfCommand.class.getPackage().getImplementationVersion();
    return packaged == null ? "(not packaged)" : packaged;
  }

  /** Writes a number with as many decimals as anybody reads. */
  static void decimal(String name, double value, JsonGenerator json) throws IOException {
    json.writeNumberField(name, rounded(value));
  }

  private static BigDecimal rounded(double value) {
    return BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_UP);
  }
}
