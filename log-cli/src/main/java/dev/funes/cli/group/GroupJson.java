package dev.funes.cli.group;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.funes.cli.console.JsonOut;
import dev.funes.client.GroupDescription;
import dev.funes.client.GroupInfo;
import dev.funes.client.GroupMember;
import dev.funes.client.GroupPartition;
import dev.funes.client.GroupState;
import java.io.IOException;
import java.util.Locale;

/** The fields of consumer groups in JSON; their names are stable. */
final class GroupJson {
  private GroupJson() {}

  static String state(GroupState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  static void writeInfo(GroupInfo group, JsonGenerator json) throws IOException {
    json.writeStringField("group", group.name());
    json.writeStringField("state", state(group.state()));
    json.writeNumberField("members", group.memberCount());
    json.writeNumberField("offsets", group.offsetCount());
  }

  static void write(GroupDescription group, JsonGenerator json) throws IOException {
    json.writeStringField("group", group.name());
    json.writeStringField("state", state(group.state()));
    json.writeNumberField("generation", group.generation());
    json.writeBooleanField("paused", group.paused());
    json.writeStringField("assignor", group.assignor().name().toLowerCase(Locale.ROOT));
    if (group.coordinator() == null) {
      json.writeNullField("coordinator");
    } else {
      json.writeNumberField("coordinator", group.coordinator().nodeId());
    }
    GroupLag lag = GroupLag.of(group.partitions());
    JsonOut.number("lagRecords", lag.records(), json);
    JsonOut.number("lagMillis", lag.millis(), json);
    json.writeNumberField("recordsPerSecond", lag.recordsPerSecond());
    json.writeArrayFieldStart("members");
    for (GroupMember member : group.members()) {
      writeMember(member, json);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("partitions");
    for (GroupPartition partition : group.partitions()) {
      writePartition(partition, json);
    }
    json.writeEndArray();
  }

  private static void writeMember(GroupMember member, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("member", member.id());
    json.writeStringField("instanceId", member.instanceId());
    json.writeStringField("clientId", member.clientId());
    json.writeStringField("host", member.host());
    json.writeStringField("zone", member.zone());
    json.writeArrayFieldStart("topics");
    for (String topic : member.topics()) {
      json.writeString(topic);
    }
    json.writeEndArray();
    json.writeStringField("pattern", member.topicPattern());
    json.writeBooleanField("connected", member.connected());
    json.writeNumberField("joinedMillis", member.joinedMillis());
    json.writeEndObject();
  }

  private static void writePartition(GroupPartition partition, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("topic", partition.partition().topic());
    json.writeNumberField("partition", partition.partition().partition());
    json.writeStringField("member", partition.memberId());
    json.writeBooleanField("revoking", partition.revoking());
    JsonOut.number("offset", partition.storedOffset(), json);
    json.writeNumberField("startOffset", partition.logStartOffset());
    json.writeNumberField("endOffset", partition.endOffset());
    JsonOut.number("lagRecords", partition.lagRecords(), json);
    JsonOut.number("lagMillis", partition.lagMillis(), json);
    json.writeNumberField("recordsPerSecond", partition.recordsPerSecond());
    JsonOut.number("commitTimeMillis", partition.commitTimeMillis(), json);
    json.writeStringField("metadata", partition.metadata());
    json.writeEndObject();
  }
}
