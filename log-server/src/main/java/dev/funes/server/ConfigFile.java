package dev.funes.server;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads a YAML file into its top mapping; a key that stands twice is a mistake. */
final class ConfigFile {
  private static final int FILE_BYTES_MAX = 1 << 20;

  private ConfigFile() {}

  static ConfigSection read(Path file) {
    if (!(parse(file) instanceof ObjectNode top)) {
      throw new StartException(file + ": must be a mapping with the keys cluster, data and nodes");
    }
    return new ConfigSection(file, "", top);
  }

  private static @Nullable JsonNode parse(Path file) {
    try {
      if (Files.size(file) > FILE_BYTES_MAX) {
        throw new StartException(
            file + ": is larger than " + FILE_BYTES_MAX + " bytes; not a configuration file");
      }
      return YAMLMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build()
          .readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new StartException(file + where(e.getLocation()) + ": " + firstLine(e), e);
    } catch (NoSuchFileException e) {
      throw new StartException(file + ": no such file", e);
    } catch (IOException e) {
      throw new StartException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static String where(@Nullable JsonLocation location) {
    return location == null ? "" : ":" + location.getLineNr();
  }

  private static String firstLine(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    return message == null ? "not YAML" : message.lines().findFirst().orElse("not YAML");
  }
}
