/**
 * What all commands share: where the cluster is, how output, errors, hints and progress look, what
 * exit codes mean, and how Ctrl-C ends a command.
 *
 * <p>Standard output carries data and nothing else. Everything said to a person goes to standard
 * error, and what only helps a person at a keyboard is said only when standard error is a terminal.
 */
@NullMarked
package dev.funes.cli.console;

import org.jspecify.annotations.NullMarked;
