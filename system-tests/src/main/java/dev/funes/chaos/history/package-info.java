/** What happened in a run: the records that were written, and who did what when. */
@NullMarked
package dev.funes.chaos.history;

import org.jspecify.annotations.NullMarked;
