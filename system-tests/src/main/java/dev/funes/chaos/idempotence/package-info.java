/** Very many idempotent sends over a bad network, and a count of what came of each. */
@NullMarked
package dev.funes.chaos.idempotence;

import org.jspecify.annotations.NullMarked;
