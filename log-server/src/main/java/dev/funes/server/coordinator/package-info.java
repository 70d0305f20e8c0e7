/**
 * Coordinates consumer groups: who is a member, and who reads what. {@link
 * dev.funes.server.coordinator.Coordinator} holds what need not survive (streams and timers) for
 * the raft groups that this node leads; what must survive is a {@link dev.funes.group.GroupRecord},
 * and the next one is computed by pure functions of values.
 */
@NullMarked
package dev.funes.server.coordinator;

import org.jspecify.annotations.NullMarked;
