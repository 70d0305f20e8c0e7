/** Commands that create, show, change and delete topics. */
@NullMarked
package dev.funes.cli.topic;

import org.jspecify.annotations.NullMarked;
