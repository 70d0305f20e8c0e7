/**
 * The command that reads records, prints them, and stores how far it came.
 *
 * <p>With a consumer group, offsets are stored after the records were written out, so what is read
 * again after a crash is at most a little, and nothing is passed over.
 */
@NullMarked
package dev.funes.cli.consume;

import org.jspecify.annotations.NullMarked;
