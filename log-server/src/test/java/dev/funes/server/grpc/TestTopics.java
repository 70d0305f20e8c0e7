package dev.funes.server.grpc;

import dev.funes.proto.v1.CreateTopicRequest;
import dev.funes.proto.v1.ErrorCode;
import dev.funes.proto.v1.TopicServiceGrpc;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Topics for tests on clusters that have just started, where a leader may still change. */
final class TestTopics {
  private TestTopics() {}

  static void create(Channel channel, String name, int partitionCount) {
    CreateTopicRequest request =
        CreateTopicRequest.newBuilder().setName(name).setPartitionCount(partitionCount).build();
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .ignoreExceptionsMatching(
            failure ->
                switch (ErrorMapping.error(failure).getCode()) {
                  case UNAVAILABLE, UNKNOWN_OUTCOME, NOT_LEADER, RETRY -> true;
                  default -> false;
                })
        .until(
            () -> {
              try {
                return TopicServiceGrpc.newBlockingStub(channel)
                    .createTopic(request)
                    .isInitialized();
              } catch (StatusRuntimeException e) {
                if (ErrorMapping.error(e).getCode() == ErrorCode.TOPIC_EXISTS) {
                  return true; // by a try whose answer was lost
                }
                throw e;
              }
            });
  }
}
