package dev.funes.replication;

/**
 * The limits of consumer groups on one node.
 *
 * @param membersMax of one consumer group
 * @param bookmarksMax of one consumer group
 * @param historyMax commits that the history of one consumer group keeps
 * @param historyMillis how long the history keeps anything
 * @param offsetsMillis a consumer group without members that was not used for so long is forgotten
 */
public record GroupLimits(
    int membersMax, int bookmarksMax, int historyMax, long historyMillis, long offsetsMillis) {

  private static final long DAY_MILLIS = 24L * 60 * 60 * 1_000;

  public static final GroupLimits DEFAULTS =
      new GroupLimits(5_000, 1_000, 10_000, 7 * DAY_MILLIS, 30 * DAY_MILLIS);

  public GroupLimits {
    requirePositive("group-members-max", membersMax);
    requirePositive("bookmarks-max", bookmarksMax);
    requirePositive("offset-history-max", historyMax);
    requirePositive("offset-history-millis", historyMillis);
    requirePositive("offsets-retention-millis", offsetsMillis);
  }

  private static void requirePositive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be 1 or more, was " + value);
    }
  }
}
