@NullMarked
package dev.funes.cli.perf;

import org.jspecify.annotations.NullMarked;
