/**
 * Expressions over records, in the Common Expression Language. The only package that knows its
 * implementation.
 */
@NullMarked
package dev.funes.filter;

import org.jspecify.annotations.NullMarked;
