import java.util.Map;

/** What was measured, on what. */
final class Facts {
  private Facts() {}

  static Map<String, Object> addTo(Map<String, Object> result, Options options, Meter meter) {
    result.put("settings", options.values());
    result.put("kafka", org.apache.kafka.common.utils.AppInfoParser.getVersion());
    result.put("java", System.getProperty("java.version"));
    result.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    result.put("cpus", Runtime.getRuntime().availableProcessors());
    result.put("started", meter.started().toString());
    return result;
  }
}
