package dev.funes.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What this machine lets a run do.
 *
 * @param namespaces every node can have a network of its own
 * @param images every node can have a file system of its own
 * @param lacks why not, a line each
 */
public record Machine(boolean namespaces, boolean images, List<String> lacks) {
  public Machine {
    lacks = List.copyOf(lacks);
  }

  /** Loopback and plain directories, because they were asked for. */
  public static Machine plain() {
    return new Machine(false, false, List.of("--plain was given"));
  }

  /** Tries what is needed, and takes it away again. */
  public static Machine probe(Path directory, String runId) throws IOException {
    List<String> lacks = new ArrayList<>();
    if (!Shell.run("id", "-u").text().strip().equals("0")) {
      return new Machine(false, false, List.of("not root"));
    }
    boolean namespaces = tryNamespace("fc" + runId + "p", lacks);
    boolean images = tryImage(directory.resolve("probe"), "fc" + runId + "i", lacks);
    return new Machine(namespaces, images, lacks);
  }

  private static boolean tryNamespace(String name, List<String> lacks) throws IOException {
    try (Leftovers leftovers = Leftovers.begin(name)) {
      leftovers.namespace(name);
      Shell.must("ip", "netns", "add", name);
      leftovers.link(name + "b");
      Shell.must("ip", "link", "add", name + "b", "type", "bridge");
      Shell.must("nsenter", "--net=/run/netns/" + name, "--", "nft", "list", "tables");
      return true;
    } catch (IOException e) {
      lacks.add("no network namespaces: " + e.getMessage());
      return false;
    }
  }

  private static boolean tryImage(Path directory, String name, List<String> lacks)
      throws IOException {
    Files.createDirectories(directory);
    try (Leftovers leftovers = Leftovers.begin(name)) {
      ImageDisk disk =
          new ImageDisk(directory.resolve("image"), directory.resolve("mount"), 8, leftovers);
      disk.open();
      disk.powerOff();
      disk.powerOn();
      return true;
    } catch (IOException e) {
      lacks.add("no images with a file system: " + e.getMessage());
      return false;
    } finally {
      Shell.run("rm", "-rf", "--one-file-system", directory.toString());
    }
  }
}
