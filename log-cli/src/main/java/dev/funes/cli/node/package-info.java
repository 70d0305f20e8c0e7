/** Commands that run nodes. The only package here that loads the server. */
@NullMarked
package dev.funes.cli.node;

import org.jspecify.annotations.NullMarked;
