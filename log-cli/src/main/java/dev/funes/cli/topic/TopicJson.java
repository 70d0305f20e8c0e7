package dev.funes.cli.topic;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.funes.cli.console.JsonOut;
import dev.funes.client.TopicInfo;
import dev.funes.client.TopicSettings;
import java.io.IOException;

/** The fields of a topic in JSON. The names are stable. */
final class TopicJson {
  private TopicJson() {}

  static void write(TopicInfo topic, JsonGenerator json) throws IOException {
    json.writeStringField("name", topic.name());
    json.writeNumberField("id", topic.topicId());
    json.writeNumberField("partitions", topic.partitionCount());
    TopicSettings settings = topic.settings();
    JsonOut.number("retentionMillis", settings.retentionMillis(), json);
    JsonOut.number("retentionBytes", settings.retentionBytes(), json);
    JsonOut.number("segmentBytes", settings.segmentBytes(), json);
    JsonOut.number("segmentMillis", settings.segmentMillis(), json);
  }
}
