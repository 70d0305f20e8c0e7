package dev.funes.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every node in a network namespace of its own, all on one bridge, which the prover is on as well.
 * Packets are dropped by rules in the namespace of the node that would get them.
 */
public final class Bridge implements NodeNetwork {
  private static final int PORT = 7070;
  private static final int RAFT_PORT = 7080;
  private static final int SUBNET_MIN = 20;
  private static final int SUBNET_MAX = 250;
  private static final Pattern PACKETS = Pattern.compile("counter packets (\\d+)");

  private final String runId;
  private final int subnet;
  private final Leftovers leftovers;

  private Bridge(String runId, int subnet, Leftovers leftovers) {
    this.runId = runId;
    this.subnet = subnet;
    this.leftovers = leftovers;
  }

  static Bridge open(String runId, Leftovers leftovers) throws IOException {
    String name = "fc" + runId + "b";
    leftovers.link(name);
    Shell.must("ip", "link", "add", name, "type", "bridge");
    Shell.must("ip", "link", "set", name, "up");
    int subnet = freeSubnet(runId);
    Shell.must("ip", "addr", "add", "10.77." + subnet + ".1/24", "dev", name);
    return new Bridge(runId, subnet, leftovers);
  }

  /** Several runs may be under way. */
  private static int freeSubnet(String runId) throws IOException {
    String taken = Shell.must("ip", "-4", "addr", "show");
    int subnet = SUBNET_MIN + Math.floorMod(runId.hashCode(), SUBNET_MAX - SUBNET_MIN);
    for (int i = 0; i < SUBNET_MAX - SUBNET_MIN; i++) {
      if (!taken.contains("10.77." + subnet + ".")) {
        return subnet;
      }
      subnet = subnet == SUBNET_MAX - 1 ? SUBNET_MIN : subnet + 1;
    }
    throw new IOException("no subnet 10.77.x.0/24 is free");
  }

  @Override
  public NodeAddress add(int nodeId) throws IOException {
    String namespace = namespace(nodeId);
    if (!Files.exists(Path.of("/run/netns", namespace))) {
      leftovers.namespace(namespace);
      Shell.must("ip", "netns", "add", namespace);
      Shell.must(
          "ip",
          "link",
          "add",
          veth(nodeId),
          "type",
          "veth",
          "peer",
          "name",
          "eth0",
          "netns",
          namespace);
      Shell.must("ip", "link", "set", veth(nodeId), "master", "fc" + runId + "b");
      Shell.must("ip", "link", "set", veth(nodeId), "up");
      Shell.must("ip", "-n", namespace, "addr", "add", host(nodeId) + "/24", "dev", "eth0");
      Shell.must("ip", "-n", namespace, "link", "set", "eth0", "up");
      Shell.must("ip", "-n", namespace, "link", "set", "lo", "up");
    }
    return new NodeAddress(host(nodeId), PORT, RAFT_PORT);
  }

  @Override
  public List<String> prefix(int nodeId) {
    return List.of("nsenter", "--net=/run/netns/" + namespace(nodeId), "--");
  }

  /** The end of the node's cable that is at the bridge. */
  public String veth(int nodeId) {
    return "fc" + runId + "v" + nodeId;
  }

  public String host(int nodeId) {
    return "10.77." + subnet + "." + (10 + nodeId);
  }

  /** The address of the prover, and so of every client. */
  public String proverHost() {
    return "10.77." + subnet + ".1";
  }

  /**
   * Sets rules for what comes in at a node, such as {@code ip saddr 10.77.20.11 counter drop}, in
   * place of those that were set before.
   */
  public void rules(int nodeId, List<String> rules) throws IOException {
    heal(nodeId);
    StringBuilder script = new StringBuilder();
    script.append("add table inet chaos\n");
    script.append(
        "add chain inet chaos incoming { type filter hook input priority 0; policy accept; }\n");
    for (String rule : rules) {
      script.append("add rule inet chaos incoming ").append(rule).append('\n');
    }
    in(nodeId, List.of("nft", "-f", "-"), script.toString());
  }

  /** How many packets the rules of a node have met. */
  public long packets(int nodeId) throws IOException {
    Matcher matcher =
        PACKETS.matcher(in(nodeId, List.of("nft", "list", "table", "inet", "chaos"), ""));
    long packets = 0;
    while (matcher.find()) {
      packets += Long.parseLong(matcher.group(1));
    }
    return packets;
  }

  /** Takes the rules of a node away. */
  public void heal(int nodeId) throws IOException {
    // Adding what is there is no error, deleting what is not is one.
    in(nodeId, List.of("nft", "-f", "-"), "add table inet chaos\ndelete table inet chaos\n");
  }

  private String in(int nodeId, List<String> command, String input) throws IOException {
    List<String> whole = new ArrayList<>(prefix(nodeId));
    whole.addAll(command);
    return Shell.must(whole, input);
  }

  private String namespace(int nodeId) {
    return "fc" + runId + "n" + nodeId;
  }
}
