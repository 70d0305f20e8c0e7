/** Commands for the stored offsets of consumer groups: where each group reads on. */
@NullMarked
package dev.funes.cli.offsets;

import org.jspecify.annotations.NullMarked;
