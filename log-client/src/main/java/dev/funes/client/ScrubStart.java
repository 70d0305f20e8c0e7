package dev.funes.client;

import java.util.List;

/**
 * Which nodes have begun to look for damage.
 *
 * @param nodes ids of those that have
 * @param unreachable ids of those that did not answer
 */
public record ScrubStart(List<Integer> nodes, List<Integer> unreachable) {
  /** Copies the lists. */
  public ScrubStart {
    nodes = List.copyOf(nodes);
    unreachable = List.copyOf(unreachable);
  }
}
