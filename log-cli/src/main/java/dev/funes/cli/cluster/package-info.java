/** Commands that say how the cluster fares. */
@NullMarked
package dev.funes.cli.cluster;

import org.jspecify.annotations.NullMarked;
