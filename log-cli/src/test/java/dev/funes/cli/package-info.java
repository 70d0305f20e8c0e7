/** The commands as users run them: against a cluster of three nodes in this process or in three. */
@NullMarked
package dev.funes.cli;

import org.jspecify.annotations.NullMarked;
