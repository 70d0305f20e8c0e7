/** Tests of the parts of the measuring commands; a cluster is measured one package up. */
@NullMarked
package dev.funes.cli.perf;

import org.jspecify.annotations.NullMarked;
