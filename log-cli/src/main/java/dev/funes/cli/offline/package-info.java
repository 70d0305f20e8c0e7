/** Commands that look at a node's files without a node. */
@NullMarked
package dev.funes.cli.offline;

import org.jspecify.annotations.NullMarked;
