/**
 * {@code funes}: the command line of Funes.
 *
 * <p>One class a command, in packages by noun. This package only puts them together: it loads the
 * classes of the command that was typed and no others, because people wait for it.
 */
@NullMarked
package dev.funes.cli;

import org.jspecify.annotations.NullMarked;
