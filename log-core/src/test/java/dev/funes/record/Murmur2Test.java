package dev.funes.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

class Murmur2Test {
  @Test
  void hashesAsKafkaDoes() {
    Random random = Seed.random("hashesAsKafkaDoes");
    for (int round = 0; round < 20_000; round++) {
      byte[] key = new byte[random.nextInt(round < 1000 ? 9 : 70)];
      random.nextBytes(key);
      int partitionCount = 1 + random.nextInt(1000);

      assertThat(Murmur2.hash(key)).isEqualTo(Utils.murmur2(key));
      assertThat(Murmur2.partition(key, partitionCount))
          .isEqualTo(Utils.toPositive(Utils.murmur2(key)) % partitionCount);
    }
  }

  @Test
  void refusesATopicWithoutPartitions() {
    assertThatIllegalArgumentException().isThrownBy(() -> Murmur2.partition(new byte[1], 0));
  }
}
