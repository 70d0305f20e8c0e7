@NullMarked
package dev.funes.chaos.workload;

import org.jspecify.annotations.NullMarked;
