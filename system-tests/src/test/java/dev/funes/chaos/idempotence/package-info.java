@NullMarked
package dev.funes.chaos.idempotence;

import org.jspecify.annotations.NullMarked;
