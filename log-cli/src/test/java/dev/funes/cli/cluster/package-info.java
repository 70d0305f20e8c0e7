/** Tests of what commands about the cluster print. */
@NullMarked
package dev.funes.cli.cluster;

import org.jspecify.annotations.NullMarked;
