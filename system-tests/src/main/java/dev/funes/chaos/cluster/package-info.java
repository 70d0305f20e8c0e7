/**
 * A cluster of real node processes, each with a network and a disk of its own where root allows.
 */
@NullMarked
package dev.funes.chaos.cluster;

import org.jspecify.annotations.NullMarked;
