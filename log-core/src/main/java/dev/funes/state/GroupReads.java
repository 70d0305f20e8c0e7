package dev.funes.state;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the database has of consumer groups. Any thread. */
final class GroupReads {
  private final GuardedDatabase database;

  GroupReads(GuardedDatabase database) {
    this.database = database;
  }

  List<String> groups() {
    TreeSet<String> found = new TreeSet<>();
    for (byte kind : new byte[] {Keys.OFFSETS, Keys.RECORDS, Keys.BOUNDS, Keys.BOOKMARKS}) {
      database.within(
          new byte[] {kind},
          new byte[] {(byte) (kind + 1)},
          entries -> {
            entries.seekToFirst();
            while (entries.isValid()) {
              String group = Keys.groupOf(entries.key());
              found.add(group);
              entries.seek(Keys.after(Keys.group(kind, group))); // past all of the group
            }
          });
    }
    return List.copyOf(found);
  }

  /** The keys from one on, and before another. */
  List<byte[]> keys(byte[] from, byte[] end) {
    List<byte[]> found = new ArrayList<>();
    database.within(
        from,
        end,
        entries -> {
          for (entries.seekToFirst(); entries.isValid(); entries.next()) {
            found.add(entries.key());
          }
        });
    return found;
  }

  @Nullable StoredOffset offset(String group, long topicId, int partition) {
    byte[] value = database.get(Keys.offset(group, topicId, partition));
    return value == null ? null : Values.offset(value);
  }

  List<GroupOffset> offsets(String group) {
    List<GroupOffset> found = new ArrayList<>();
    database.scan(
        Keys.group(Keys.OFFSETS, group),
        (key, value) -> {
          ByteBuffer partition = Keys.partitionOfOffset(key);
          found.add(new GroupOffset(partition.getLong(), partition.getInt(), Values.offset(value)));
        });
    return found;
  }

  byte @Nullable [] record(String group) {
    return database.get(Keys.group(Keys.RECORDS, group));
  }

  HistoryBounds bounds(String group) {
    byte[] value = database.get(Keys.group(Keys.BOUNDS, group));
    return value == null ? HistoryBounds.NOTHING : GroupValues.bounds(value);
  }

  List<HistoryEntry> history(String group, long beforeId, int countMax) {
    List<HistoryEntry> found = new ArrayList<>(newest(Keys.COMMITS, group, beforeId, countMax));
    found.addAll(newest(Keys.RESETS, group, beforeId, countMax));
    found.sort(Comparator.comparingLong(HistoryEntry::id).reversed());
    return List.copyOf(found.subList(0, Math.min(countMax, found.size())));
  }

  List<HistoryEntry> resets(String group, long beforeId, int countMax) {
    return newest(Keys.RESETS, group, beforeId, countMax);
  }

  private List<HistoryEntry> newest(byte kind, String group, long beforeId, int countMax) {
    List<HistoryEntry> found = new ArrayList<>();
    if (countMax < 1) {
      return found;
    }
    database.scanBack(
        Keys.group(kind, group),
        Keys.history(kind, group, beforeId <= 0 ? Long.MAX_VALUE : beforeId),
        (key, value) -> {
          found.add(GroupValues.history(Keys.idOf(key), value));
          return found.size() < countMax;
        });
    return found;
  }

  long commitsToTrim(String group, int countMax, long beforeMillis) {
    HistoryBounds bounds = bounds(group);
    long beyondCount = bounds.newestId() + 1 - countMax;
    long[] end = {0};
    database.scan(
        Keys.history(Keys.COMMITS, group, bounds.completeFromId()),
        Keys.history(Keys.COMMITS, group, Long.MAX_VALUE),
        (key, value) -> {
          long id = Keys.idOf(key);
          boolean goes = id < beyondCount || GroupValues.timeMillis(value) < beforeMillis;
          if (goes) {
            end[0] = id + 1;
          }
          return goes;
        });
    return end[0];
  }

  long resetsToTrim(String group, int countMax, long beforeMillis) {
    long[] end = {0};
    int[] kept = {0};
    database.scanBack(
        Keys.group(Keys.RESETS, group),
        Keys.history(Keys.RESETS, group, Long.MAX_VALUE),
        (key, value) -> {
          boolean goes = kept[0]++ >= countMax || GroupValues.timeMillis(value) < beforeMillis;
          if (goes) {
            end[0] = Keys.idOf(key) + 1;
          }
          return !goes;
        });
    return end[0];
  }

  @Nullable Bookmark bookmark(String group, String name) {
    byte[] value = database.get(Keys.bookmark(group, name));
    return value == null ? null : GroupValues.bookmark(name, value);
  }

  List<Bookmark> bookmarks(String group) {
    List<Bookmark> found = new ArrayList<>();
    database.scan(
        Keys.group(Keys.BOOKMARKS, group),
        (key, value) -> found.add(GroupValues.bookmark(Keys.nameOf(key), value)));
    return found;
  }

  int bookmarkCount(String group) {
    int[] count = {0};
    database.scan(Keys.group(Keys.BOOKMARKS, group), (_, _) -> count[0]++);
    return count[0];
  }

  long lastUsedMillis(String group) {
    long[] last = {0};
    for (GroupOffset each : offsets(group)) {
      last[0] = Math.max(last[0], each.offset().commitTimeMillis());
    }
    for (HistoryEntry each : history(group, 0, 1)) {
      last[0] = Math.max(last[0], each.timeMillis());
    }
    database.scan(
        Keys.group(Keys.BOOKMARKS, group),
        (_, value) -> last[0] = Math.max(last[0], GroupValues.timeMillis(value)));
    return last[0];
  }
}
