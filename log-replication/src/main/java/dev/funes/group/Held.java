package dev.funes.group;

/**
 * A partition in the hands of a member.
 *
 * @param grantedGeneration generation of the consumer group in which the member was given it
 * @param revoking the member has been told to let go of it
 */
public record Held(long grantedGeneration, boolean revoking) {}
