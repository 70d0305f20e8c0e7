/** What tests of a cluster need of the inside of clients. */
@NullMarked
package dev.funes.client;

import org.jspecify.annotations.NullMarked;
