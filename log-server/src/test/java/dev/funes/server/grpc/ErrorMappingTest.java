package dev.funes.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.funes.cluster.NodeEndpoint;
import dev.funes.cluster.NodeId;
import dev.funes.cluster.Placement;
import dev.funes.proto.v1.Error;
import dev.funes.proto.v1.ErrorCode;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorMappingTest {
  @ParameterizedTest
  @EnumSource(names = "UNRECOGNIZED", mode = EnumSource.Mode.EXCLUDE)
  void everyErrorTravelsInAStatusAndComesBackWhole(ErrorCode code) {
    Error error =
        Error.newBuilder()
            .setCode(code)
            .setMessage("batch.crc is wrong")
            .setField("batch.crc")
            .setLimit(7)
            .build();

    StatusRuntimeException status = ErrorMapping.status(error);

    assertThat(status.getStatus().isOk()).isFalse();
    assertThat(status.getStatus().getDescription()).isEqualTo("batch.crc is wrong");
    assertThat(ErrorMapping.detail(status)).isEqualTo(error);
    assertThat(ErrorMapping.error(new CompletionException(status))).isEqualTo(error);
  }

  @Test
  void choosesStatusesThatClientsActOn() {
    assertThat(code(Errors.invalid("topic", "x"))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(code(Errors.unknownTopic("t"))).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(code(Errors.retry("busy", 5))).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(code(Errors.unavailable("no leader"))).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(code(Errors.unknownOutcome("timeout"))).isEqualTo(Status.Code.UNKNOWN);
  }

  @Test
  void hidesWhatIsInternal() {
    Error error = ErrorMapping.error(new IllegalStateException("secret"));

    assertThat(error.getCode()).isEqualTo(ErrorCode.INTERNAL);
    assertThat(error.getMessage()).doesNotContain("secret");
  }

  @Test
  void namesTheLeaderWhenItIsKnown() {
    Placement placement =
        Placement.of("c", List.of(new NodeEndpoint(new NodeId(1), "localhost", 7070, 7080)));

    Error known = Errors.notLeader(placement, new NodeId(1));
    Error unknown = Errors.notLeader(placement, null);

    assertThat(known.getCode()).isEqualTo(ErrorCode.NOT_LEADER);
    assertThat(known.getLeader().getPort()).isEqualTo(7070);
    assertThat(unknown.getCode()).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(unknown.getRetryAfterMillis()).isPositive();
  }

  private static Status.Code code(Error error) {
    return ErrorMapping.status(error).getStatus().getCode();
  }
}
