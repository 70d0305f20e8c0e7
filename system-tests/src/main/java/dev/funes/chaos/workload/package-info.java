/** Clients that write, read and commit, and note what they did. */
@NullMarked
package dev.funes.chaos.workload;

import org.jspecify.annotations.NullMarked;
