package dev.funes.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code node.json} and its copy. Nobody else could tell a node whose data it has, so one
 * of the two may be lost or damaged. Each has a checksum of its content: CRC-32C of the JSON
 * without it, in the order of the file and without white space.
 *
 * @param path which of the two was read
 * @param json what it says, without the checksum
 */
record IdentityFile(Path path, int format, JsonNode json) {
  static final String NAME = "node.json";
  static final String COPY_NAME = "node.json.copy";

  private static final Logger LOG = LoggerFactory.getLogger(IdentityFile.class);
  private static final String CHECKSUM = "crc32c";
  private static final int FORMAT_WITH_CHECKSUM = 3;
  private static final JsonMapper JSON = new JsonMapper();

  static boolean isThere(Path directory) {
    return Files.exists(directory.resolve(NAME)) || Files.exists(directory.resolve(COPY_NAME));
  }

  /**
   * The file, or its copy when the file cannot be used; null when there is neither.
   *
   * @throws StartException when neither can be used, or one is of another version
   */
  static @Nullable IdentityFile find(Path directory) throws IOException {
    if (!isThere(directory)) {
      return null;
    }
    Path file = directory.resolve(NAME);
    Path copy = directory.resolve(COPY_NAME);
    if (!Files.exists(file)) {
      LOG.warn("{} is missing; what it said is taken from {}", file, copy);
      return require(copy);
    }
    try {
      IdentityFile found = read(file);
      lookAt(copy, found.format());
      return found;
    } catch (DamagedException e) {
      if (!Files.exists(copy)) {
        throw damaged(file, e);
      }
      LOG.warn("{} is damaged ({}); what it said is taken from {}", file, e.getMessage(), copy);
      return require(copy);
    }
  }

  /** It is made again in any case; people should hear of it. */
  private static void lookAt(Path copy, int format) throws IOException {
    if (!Files.exists(copy)) {
      if (format >= FORMAT_WITH_CHECKSUM) {
        LOG.warn("{} is missing; it is made again", copy);
      }
      return;
    }
    try {
      var _ = read(copy);
    } catch (DamagedException e) {
      LOG.warn("{} is damaged ({}); it is made again", copy, e.getMessage());
    }
  }

  private static IdentityFile require(Path file) throws IOException {
    try {
      return read(file);
    } catch (DamagedException e) {
      throw damaged(file, e);
    }
  }

  private static IdentityFile read(Path file) throws IOException, DamagedException {
    try {
      if (!(JSON.readTree(Files.readAllBytes(file)) instanceof ObjectNode json)) {
        throw new DamagedException("no object");
      }
      JsonNode checksum = json.remove(CHECKSUM);
      if (checksum != null && !checksum.asText().equals(checksum(json))) {
        throw new DamagedException("its checksum is not that of its content");
      }
      int format = json.required("format").intValue();
      if (format < NodeIdentity.FORMAT_MIN || format > NodeIdentity.FORMAT) {
        throw new StartException(
            "%s: has format version %d, and this version of Funes reads %d to %d"
                .formatted(file, format, NodeIdentity.FORMAT_MIN, NodeIdentity.FORMAT));
      }
      if (checksum == null && format >= FORMAT_WITH_CHECKSUM) {
        throw new DamagedException("no checksum");
      }
      return new IdentityFile(file, format, json);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new DamagedException(e);
    }
  }

  static StartException damaged(Path file, Exception cause) {
    return new StartException(file + ": is damaged; it must be the JSON that a node wrote", cause);
  }

  /** The copy first: when there are two, the file is never the newer one of them. */
  static void write(Path directory, ObjectNode json) throws IOException {
    ObjectNode checked = json.deepCopy();
    checked.put(CHECKSUM, checksum(json));
    byte[] bytes = (checked.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
    replace(directory.resolve(COPY_NAME), bytes);
    replace(directory.resolve(NAME), bytes);
  }

  /**
   * A crash leaves the former file or the new one, whole: temporary file, fsync, rename, fsync of
   * the parent.
   */
  private static void replace(Path file, byte[] bytes) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel parent = FileChannel.open(file.resolveSibling("."), StandardOpenOption.READ)) {
      parent.force(true);
    }
  }

  private static String checksum(ObjectNode json) {
    CRC32C crc = new CRC32C();
    crc.update(json.toString().getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  private static final class DamagedException extends Exception {
    private static final long serialVersionUID = 1;

    DamagedException(String message) {
      super(message);
    }

    DamagedException(Exception cause) {
      super("not the JSON that a node wrote", cause);
    }
  }
}
