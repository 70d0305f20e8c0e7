/**
 * The languages of the command line: what users type for places, times, sizes and formats, and how
 * records are printed and read.
 *
 * <p>Records are bytes, and nothing here turns them into text unless a format asks for it. What the
 * JSON form prints, the JSON form reads back, byte for byte.
 */
@NullMarked
package dev.funes.cli.format;

import org.jspecify.annotations.NullMarked;
