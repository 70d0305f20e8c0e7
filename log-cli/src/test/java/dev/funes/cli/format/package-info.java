/** Tests of what users type and what they see. */
@NullMarked
package dev.funes.cli.format;

import org.jspecify.annotations.NullMarked;
