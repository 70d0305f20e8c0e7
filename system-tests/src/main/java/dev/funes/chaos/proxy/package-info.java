/** A proxy between client and node that lies. */
@NullMarked
package dev.funes.chaos.proxy;

import org.jspecify.annotations.NullMarked;
