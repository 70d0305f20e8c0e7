package dev.funes.cli.console;

import dev.funes.client.Admin;
import dev.funes.client.ErrorCode;
import dev.funes.client.FunesException;
import dev.funes.client.GroupInfo;
import dev.funes.client.GroupMember;
import java.util.List;

/** Helps those who mistyped a consumer group or a member of one. */
public final class Groups {
  private Groups() {}

  /** The failure to throw in place of the given one, which a request for the group ended with. */
  public static RuntimeException explain(Admin admin, String group, FunesException failure) {
    if (failure.code() == ErrorCode.GROUP_NOT_EMPTY) {
      return new CommandFailure(
          ExitCode.CONFLICT,
          String.valueOf(failure.getMessage()),
          "funes group describe " + group + " shows its members",
          failure);
    }
    if (failure.code() != ErrorCode.UNKNOWN_GROUP) {
      return failure;
    }
    List<String> names = admin.listGroups().stream().map(GroupInfo::name).toList();
    String closest = Suggestions.closest(group, names);
    return new CommandFailure(
        ExitCode.NOT_FOUND,
        "no group '" + group + "'" + (closest == null ? "" : "; did you mean '" + closest + "'?"),
        "funes group list",
        failure);
  }

  /** The same, of a request for one of its members. */
  public static RuntimeException explainMember(
      Admin admin, String group, String member, FunesException failure) {
    if (failure.code() != ErrorCode.UNKNOWN_MEMBER) {
      return explain(admin, group, failure);
    }
    List<String> ids = admin.describeGroup(group).members().stream().map(GroupMember::id).toList();
    String closest = Suggestions.closest(member, ids);
    return new CommandFailure(
        ExitCode.NOT_FOUND,
        "group '%s' has no member '%s'%s"
            .formatted(group, member, closest == null ? "" : "; did you mean '" + closest + "'?"),
        "funes group describe " + group,
        failure);
  }
}
