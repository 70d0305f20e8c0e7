@NullMarked
package dev.funes.chaos.cluster;

import org.jspecify.annotations.NullMarked;
