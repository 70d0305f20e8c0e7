package dev.funes.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.funes.record.Compression;
import dev.funes.record.Header;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletionException;

/** The examples of docs/client.md, compiled and run by {@link ClientExamplesTest}. */
final class ClientExamples {
  private ClientExamples() {}

  static ClientConfig config() {
    ClientConfig config =
        ClientConfig.builder()
            .servers("node1:7070,node2:7070,node3:7070")
            .compression(Compression.ZSTD)
            .linger(Duration.ofMillis(10))
            .build();
    return config;
  }

  static void topic(ClientConfig config) {
    try (Admin admin = Admin.open(config)) {
      TopicSettings thirtyDays =
          TopicSettings.DEFAULTS.withRetentionMillis(Duration.ofDays(30).toMillis());
      TopicInfo orders = admin.createTopic("orders", 6, thirtyDays);
      System.out.println(orders.name() + " has " + orders.partitionCount() + " partitions");
    }
  }

  static void produce(ClientConfig config) {
    try (Producer producer = Producer.open(config)) {
      ProducerRecord order =
          ProducerRecord.of("orders", "anna".getBytes(UTF_8), "{\"total\":12}".getBytes(UTF_8));
      RecordPosition position = producer.send(order).join();
      System.out.println("partition " + position.partition() + ", offset " + position.offset());
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // The future of whenComplete says nothing more.
  static void produceMany(ClientConfig config, Iterable<String> lines) {
    try (Producer producer = Producer.open(config)) {
      for (String line : lines) {
        ProducerRecord record =
            new ProducerRecord(
                "orders",
                null, // let the key choose the partition
                null, // no key: the producer chooses
                line.getBytes(UTF_8),
                List.of(new Header("source", "import".getBytes(UTF_8))),
                ProducerRecord.NOW);
        producer
            .send(record)
            .whenComplete(
                (position, failure) -> {
                  if (failure instanceof FunesException e) {
                    System.err.println(e.code() + ": " + e.getMessage());
                  }
                });
      }
      producer.flush(); // everything has been acknowledged or has failed
    }
  }

  static void appendTogether(Producer producer, Consumer consumer) {
    TopicPartition ledger = new TopicPartition("ledger", 0);
    long end = consumer.position(ledger); // it has read everything up to here
    List<ProducerRecord> transfer =
        List.of(
            ProducerRecord.of("ledger", "anna".getBytes(UTF_8), "-10".getBytes(UTF_8)),
            ProducerRecord.of("ledger", "bert".getBytes(UTF_8), "10".getBytes(UTF_8)));
    try {
      producer.appendAt(ledger, end, transfer).join(); // both or none, and only there
    } catch (CompletionException e) {
      if (e.getCause() instanceof FunesException conflict
          && conflict.code() == ErrorCode.OFFSET_CONFLICT) {
        catchUp(ledger, conflict.limit()); // somebody was quicker: it ends there now
      } else {
        throw e;
      }
    }
  }

  private static void catchUp(TopicPartition partition, long endOffset) {
    System.out.println(partition + " ends at " + endOffset);
  }

  static void member(ClientConfig config) {
    try (Consumer consumer = Consumer.open(config, "shipping")) {
      consumer.subscribe(Subscription.to("orders", "returns"));
      while (!Thread.currentThread().isInterrupted()) {
        for (ConsumedRecord consumed : consumer.poll(Duration.ofSeconds(1))) {
          ship(consumed);
        }
      } // each poll says that the work on the one before is done, and it is committed
    }
  }

  static void consume(ClientConfig config, int rounds) {
    try (Consumer consumer = Consumer.open(config, "shipping")) {
      consumer.assign(consumer.partitions("orders")); // from the stored offsets on
      for (int round = 0; round < rounds; round++) {
        for (ConsumedRecord consumed : consumer.poll(Duration.ofSeconds(1))) {
          ship(consumed);
        }
        consumer.commit(); // after the work: a crash repeats records, and loses none
      }
    }
  }

  static void listen(ClientConfig config) {
    Consumer consumer = Consumer.open(config, "billing");
    Thread reader =
        new Thread(
            () -> {
              try (consumer) {
                consumer.assign(consumer.partitions("orders"));
                consumer.listen(records -> records.forEach(ClientExamples::ship));
                consumer.commit();
              }
            });
    reader.start();
    Runtime.getRuntime().addShutdownHook(new Thread(consumer::wakeup)); // listen returns
  }

  static long replay(ClientConfig config, long sinceMillis) {
    long count = 0;
    try (Consumer consumer = Consumer.open(config, null)) {
      List<TopicPartition> partitions = consumer.partitions("orders");
      consumer.assign(partitions);
      consumer.seekToTimestamp(partitions, sinceMillis);
      consumer.stopAtEnd();
      while (!consumer.atEnd()) {
        count += consumer.poll(Duration.ofSeconds(1)).size();
      }
    }
    return count;
  }

  static void outOfRange(Consumer consumer) {
    try {
      consumer.poll(Duration.ofSeconds(1)).forEach(ClientExamples::ship);
    } catch (OffsetOutOfRangeException e) {
      consumer.seek(e.partition(), e.logStartOffset()); // retention was quicker than we were
    }
  }

  static void inspect(ClientConfig config) {
    try (Admin admin = Admin.open(config)) {
      for (PartitionDescription partition : admin.describeTopic("orders").partitions()) {
        System.out.println(partition.partition() + " is led by " + partition.leader());
      }
      TopicPartition first = new TopicPartition("orders", 0);
      SortedMap<TopicPartition, ListedOffset> ends =
          admin.listOffsets(Map.of(first, new LogPosition.End()));
      for (CommittedOffset stored : admin.committedOffsets("shipping")) {
        System.out.println(stored.partition() + " is read up to " + stored.offset());
      }
      System.out.println(ends);
    }
  }

  static void reset(ClientConfig config, long sinceMillis) {
    try (Admin admin = Admin.open(config)) {
      ResetTo to = new ResetTo.Timestamp(sinceMillis);
      List<ResetTopic> orders = List.of(ResetTopic.all("orders"));
      for (ResetOffset reset : admin.resetOffsets("shipping", orders, to, true).offsets()) {
        System.out.println(reset.partition() + ": " + reset.readAgain() + " again");
      }
      admin.resetOffsets("shipping", orders, to, false); // not a dry run this time
      admin.undoReset("shipping", false); // and back to exactly where it was
    }
  }

  static void replayRange(ClientConfig config, long mondayMillis, long tuesdayMillis) {
    try (Admin admin = Admin.open(config)) {
      List<String> topics = List.of("orders", "payments");
      Cut from = admin.cut(topics, new LogPosition.Timestamp(mondayMillis));
      Cut to = admin.cut(topics, new LogPosition.Timestamp(tuesdayMillis));
      ReplayRange monday = ReplayRange.between(from, to).withFilter("json.total > 100");
      try (Replay replay = Replay.open(config, monday)) {
        while (replay.hasNext()) {
          ship(replay.next());
        }
        System.out.println("read up to " + replay.position().offsets());
      }
    }
  }

  static void copy(ClientConfig config, ReplayRange range) {
    try (ReplayCopy copy = ReplayCopy.open(config, "orders-again", "2026-11-22");
        Replay replay = Replay.open(config, copy.remaining(range))) {
      replay.forEachRemaining(copy::add);
      copy.flush();
    }
  }

  static void health(ClientConfig config) {
    try (Admin admin = Admin.open(config)) {
      ClusterDescription cluster = admin.describeCluster();
      if (!cluster.healthy()) {
        cluster.problems().forEach(System.err::println);
      }
    }
  }

  static void failures(Admin admin) {
    try {
      admin.createTopic("orders", 6, TopicSettings.DEFAULTS);
    } catch (FunesException e) {
      if (e.code() != ErrorCode.TOPIC_EXISTS) {
        throw e;
      }
    }
  }

  private static void ship(ConsumedRecord consumed) {
    System.out.println(consumed.topicPartition() + "@" + consumed.offset());
  }
}
