/** Commands about consumer groups: who is a member, how far they are, and what to do about it. */
@NullMarked
package dev.funes.cli.group;

import org.jspecify.annotations.NullMarked;
