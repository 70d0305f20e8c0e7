/** What is done to nodes, and the evidence that it was done. */
@NullMarked
package dev.funes.chaos.fault;

import org.jspecify.annotations.NullMarked;
