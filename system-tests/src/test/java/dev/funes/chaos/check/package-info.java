@NullMarked
package dev.funes.chaos.check;

import org.jspecify.annotations.NullMarked;
