package dev.funes.server.grpc;

import dev.funes.cluster.Topic;
import dev.funes.log.LogSettings;
import dev.funes.proto.v1.TopicSettings;

/** Between the settings of a topic in the API and in the log. */
final class TopicSettingsMapping {
  /** What the API promises; the log itself would keep everything. */
  private static final long RETENTION_MILLIS_DEFAULT = 7L * 24 * 60 * 60 * 1_000;

  static final LogSettings DEFAULTS =
      new LogSettings(
          LogSettings.SEGMENT_BYTES_DEFAULT,
          LogSettings.SEGMENT_MILLIS_DEFAULT,
          RETENTION_MILLIS_DEFAULT,
          LogSettings.UNLIMITED);

  private TopicSettingsMapping() {}

  /** The settings that are given, and for the others those of before. Throws RequestProblem. */
  static LogSettings apply(TopicSettings given, LogSettings before) {
    long segmentBytes = given.hasSegmentBytes() ? given.getSegmentBytes() : before.segmentBytes();
    requireRange(
        "segment_bytes",
        segmentBytes,
        LogSettings.SEGMENT_BYTES_MIN,
        LogSettings.SEGMENT_BYTES_MAX);
    long segmentMillis =
        given.hasSegmentMillis() ? given.getSegmentMillis() : before.segmentMillis();
    requireRange("segment_millis", segmentMillis, LogSettings.SEGMENT_MILLIS_MIN, Long.MAX_VALUE);
    long retentionMillis =
        given.hasRetentionMillis() ? given.getRetentionMillis() : before.retentionMillis();
    requireRange("retention_millis", retentionMillis, LogSettings.UNLIMITED, Long.MAX_VALUE);
    long retentionBytes =
        given.hasRetentionBytes() ? given.getRetentionBytes() : before.retentionBytes();
    requireRange("retention_bytes", retentionBytes, LogSettings.UNLIMITED, Long.MAX_VALUE);
    return new LogSettings((int) segmentBytes, segmentMillis, retentionMillis, retentionBytes);
  }

  static dev.funes.proto.v1.Topic toProto(Topic topic) {
    LogSettings settings = topic.settings();
    return dev.funes.proto.v1.Topic.newBuilder()
        .setName(topic.name())
        .setTopicId(topic.topicId())
        .setPartitionCount(topic.partitionCount())
        .setSettings(
            TopicSettings.newBuilder()
                .setSegmentBytes(settings.segmentBytes())
                .setSegmentMillis(settings.segmentMillis())
                .setRetentionMillis(settings.retentionMillis())
                .setRetentionBytes(settings.retentionBytes()))
        .build();
  }

  private static void requireRange(String field, long value, long min, long max) {
    if (value < min || value > max) {
      String range = max == Long.MAX_VALUE ? "at least " + min : min + " to " + max;
      throw new RequestProblem(
          Errors.invalid(
              "settings." + field, "settings." + field + " must be " + range + ", was " + value));
    }
  }
}
