package dev.funes.chaos.fault;

/**
 * What shows that a fault took effect, as seen from outside of the node.
 *
 * @param text such as "rules met 120 packets"
 */
public record Evidence(String text) {}
