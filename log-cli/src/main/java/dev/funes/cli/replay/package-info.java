/** {@code funes replay}: a range of topics once more, in one order, to wherever it is wanted. */
@NullMarked
package dev.funes.cli.replay;

import org.jspecify.annotations.NullMarked;
