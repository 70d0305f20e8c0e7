/** Tests of what all commands share. */
@NullMarked
package dev.funes.cli.console;

import org.jspecify.annotations.NullMarked;
