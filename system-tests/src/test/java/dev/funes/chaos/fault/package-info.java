@NullMarked
package dev.funes.chaos.fault;

import org.jspecify.annotations.NullMarked;
