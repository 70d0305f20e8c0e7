package dev.funes.client;

import java.util.ArrayList;
import java.util.List;

/** Where a node is reached: a host name or an IP address, and a port. */
public record ServerAddress(String host, int port) {
  /** The port that is meant when none is given. */
  public static final int DEFAULT_PORT = 7070;

  private static final int PORT_MAX = 65_535;

  public ServerAddress {
    if (host.isBlank()) {
      throw new IllegalArgumentException("server: the host is empty");
    }
    if (port < 1 || port > PORT_MAX) {
      throw new IllegalArgumentException("server: port " + port + " is not between 1 and 65535");
    }
  }

  /** Reads {@code host}, {@code host:port}, {@code [v6]} or {@code [v6]:port}. */
  public static ServerAddress parse(String text) {
    String trimmed = text.strip();
    int hostEnd = trimmed.startsWith("[") ? trimmed.indexOf(']') + 1 : trimmed.indexOf(':');
    if (hostEnd == 0 && trimmed.startsWith("[")) {
      throw new IllegalArgumentException("server: '" + text + "' has no closing bracket");
    }
    if (hostEnd < 0 || hostEnd == trimmed.length()) {
      return new ServerAddress(bare(trimmed), DEFAULT_PORT);
    }
    if (trimmed.charAt(hostEnd) != ':') {
      throw new IllegalArgumentException("server: '" + text + "' is not host:port");
    }
    return new ServerAddress(
        bare(trimmed.substring(0, hostEnd)), port(text, trimmed.substring(hostEnd + 1)));
  }

  /** Reads addresses with commas between them; at least one. */
  public static List<ServerAddress> parseAll(String text) {
    List<ServerAddress> addresses = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      addresses.add(parse(part));
    }
    return List.copyOf(addresses);
  }

  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static int port(String text, String port) {
    try {
      return Integer.parseInt(port);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("server: '" + text + "' is not host:port", e);
    }
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
