/**
 * The command that writes records, from arguments or a stream of any length.
 *
 * <p>The input is read as bytes and is never held as a whole. A record counts once its node has
 * said that a majority has it on disk; a failure names the line it came from.
 */
@NullMarked
package dev.funes.cli.produce;

import org.jspecify.annotations.NullMarked;
