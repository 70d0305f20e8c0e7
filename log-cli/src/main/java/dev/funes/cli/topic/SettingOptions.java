package dev.funes.cli.topic;

import dev.funes.cli.console.DurationConverter;
import dev.funes.cli.console.SizeConverter;
import dev.funes.cli.format.Sizes;
import dev.funes.cli.format.Times;
import dev.funes.client.TopicSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The settings of a topic, as options of create and alter. */
final class SettingOptions {
  private static final String FOREVER = "forever";
  private static final String UNBOUNDED = "unbounded";
  private static final long NO_BOUND = -1;

  @Option(
      names = "--retention",
      paramLabel = "DURATION",
      description = "How long records are kept, such as 12h or 30d, or forever. Default: 7d.")
  private @Nullable String retention;

  @Option(
      names = "--retention-bytes",
      paramLabel = "SIZE",
      description =
          "How much of a partition is kept, such as 10GiB, or unbounded. Default: unbounded.")
  private @Nullable String retentionBytes;

  @Option(
      names = "--segment-bytes",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "How large a segment file is, from 1MiB to 1GiB. Default: 256MiB.")
  private @Nullable Long segmentBytes;

  @Option(
      names = "--segment-age",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "When a segment ends although it is not full. Default: 7d.")
  private @Nullable Duration segmentAge;

  /** What was given; the rest is left to the cluster. */
  TopicSettings settings() {
    return new TopicSettings(
        retention == null
            ? null
            : Long.valueOf(
                retention.equals(FOREVER) ? NO_BOUND : Times.parseDuration(retention).toMillis()),
        retentionBytes == null
            ? null
            : Long.valueOf(
                retentionBytes.equals(UNBOUNDED) ? NO_BOUND : Sizes.parse(retentionBytes)),
        segmentBytes,
        segmentAge == null ? null : segmentAge.toMillis());
  }

  /** The settings of a topic in the words that the options take. */
  static String describe(TopicSettings settings) {
    return "retention %s, retention-bytes %s, segment-bytes %s, segment-age %s"
        .formatted(
            duration(settings.retentionMillis()),
            size(settings.retentionBytes()),
            size(settings.segmentBytes()),
            duration(settings.segmentMillis()));
  }

  private static String duration(@Nullable Long millis) {
    return millis == null ? "-" : millis < 0 ? FOREVER : Times.printDuration(millis);
  }

  private static String size(@Nullable Long bytes) {
    return bytes == null ? "-" : bytes < 0 ? UNBOUNDED : Sizes.print(bytes);
  }
}
