/**
 * {@code funes request} and {@code funes reply}: questions and answers over topics.
 *
 * <p>What a request and a reply are is the client's matter ({@link dev.funes.client.Requester});
 * here is what stands around it: bodies from arguments and pipes, commands that answer, and what
 * people are told when nobody does.
 */
@NullMarked
package dev.funes.cli.request;

import org.jspecify.annotations.NullMarked;
