/**
 * A cluster for tests: {@link dev.funes.server.testing.FunesCluster} is a JUnit extension that
 * starts real nodes in the test's own process, on free ports and in a temporary directory, and can
 * take nodes away and bring them back. It needs JUnit Jupiter on the class path of the tests.
 */
@NullMarked
package dev.funes.server.testing;

import org.jspecify.annotations.NullMarked;
