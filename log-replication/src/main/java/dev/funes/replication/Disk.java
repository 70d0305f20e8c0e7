package dev.funes.replication;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The few things this package does to directories. */
final class Disk {

  private Disk() {}

  /** Makes a directory and those above it, and their names durable. */
  static void createDirectories(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath();
    Path there = absolute;
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    Files.createDirectories(absolute);
    for (Path each = absolute; each != null && !each.equals(there); each = each.getParent()) {
      forceDirectory(each.getParent());
    }
  }

  static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    }
  }

  /** Renames within one directory, durably. */
  static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    forceDirectory(to.toAbsolutePath().getParent());
  }

  /** Makes names in a directory durable; the files themselves are another matter. */
  static void forceDirectory(@Nullable Path directory) throws IOException {
    if (directory == null) {
      return;
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      force(channel, directory);
    }
  }

  /** Makes a file durable. */
  static void force(FileChannel channel, Path file) throws IOException {
    try {
      channel.force(true);
    } catch (ClosedChannelException e) {
      throw e; // this thread was interrupted, and nothing is known of the disk
    } catch (IOException e) {
      throw new ForceFailedException(file, e);
    }
  }

  /** Makes all names in and below a directory durable. */
  static void forceTree(Path directory) throws IOException {
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path each : tree.filter(Files::isDirectory).toList()) {
        forceDirectory(each);
      }
    }
  }

  /** Deletes a directory and all in it; nothing when it is not there. */
  static void deleteTree(Path directory) throws IOException {
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, @Nullable IOException failure)
                throws IOException {
              if (failure != null) {
                throw failure;
              }
              Files.delete(each);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (NoSuchFileException e) {
      if (!e.getFile().equals(directory.toString())) {
        throw e;
      }
    }
  }
}
