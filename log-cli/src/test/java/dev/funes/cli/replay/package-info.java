/** Tests of how records are replayed. */
@NullMarked
package dev.funes.cli.replay;

import org.jspecify.annotations.NullMarked;
