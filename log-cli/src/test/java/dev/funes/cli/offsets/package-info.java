/** Tests of the parts; a cluster is asked one package up. */
@NullMarked
package dev.funes.cli.offsets;

import org.jspecify.annotations.NullMarked;
