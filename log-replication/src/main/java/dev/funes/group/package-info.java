/**
 * What is replicated of a consumer group: who is a member, who holds which partition since when,
 * and a reset that is under way. Values without behaviour; the coordinator computes the next one,
 * and apply stores it and judges commits by it.
 */
@NullMarked
package dev.funes.group;

import org.jspecify.annotations.NullMarked;
