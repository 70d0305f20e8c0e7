package dev.funes.chaos.proxy;

import io.grpc.Channel;
import java.util.concurrent.ScheduledExecutorService;

/** What the calls to one node have in common. */
record Route(Channel channel, Lies lies, Addresses addresses, ScheduledExecutorService timer) {}
