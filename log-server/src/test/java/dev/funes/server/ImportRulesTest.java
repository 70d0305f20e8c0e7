package dev.funes.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.Serializable;

/** Who may know whom. Each technology stays where it can be replaced. */
@AnalyzeClasses(packages = "dev.funes", importOptions = ImportOption.DoNotIncludeTests.class)
class ImportRulesTest {
  @ArchTest
  static final ArchRule RATIS_STAYS_IN_RAFT =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.funes.raft..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.ratis..");

  @ArchTest
  static final ArchRule ROCKSDB_STAYS_IN_STATE =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.funes.state..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.rocksdb..");

  @ArchTest
  static final ArchRule CEL_STAYS_IN_FILTER =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.funes.filter..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.cel..");

  @ArchTest
  static final ArchRule REGULAR_EXPRESSIONS_OF_USERS_ARE_BOUNDED =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.funes.filter..", "dev.funes.server.coordinator..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.google.re2j..");

  @ArchTest
  static final ArchRule FILTERS_KNOW_RECORDS_ONLY =
      noClasses()
          .that()
          .resideInAPackage("dev.funes.filter..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.funes.log..",
              "dev.funes.state..",
              "dev.funes.cluster..",
              "dev.funes.raft..",
              "dev.funes.replication..",
              "dev.funes.server..",
              "dev.funes.client..");

  @ArchTest
  static final ArchRule GRPC_AND_PROTOBUF_STAY_AT_THE_EDGES =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.funes.server.grpc..", "dev.funes.client..", "dev.funes.proto..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.grpc..", "com.google.protobuf..", "com.google.rpc..", "dev.funes.proto..");

  @ArchTest
  static final ArchRule THE_LOG_STANDS_ALONE =
      noClasses()
          .that()
          .resideInAnyPackage("dev.funes.record..", "dev.funes.log..", "dev.funes.state..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.funes.cluster..",
              "dev.funes.group..",
              "dev.funes.raft..",
              "dev.funes.replication..",
              "dev.funes.server..",
              "dev.funes.client..");

  /** Values that everybody may pass around. */
  @ArchTest
  static final ArchRule CONSUMER_GROUPS_ARE_VALUES =
      classes()
          .that()
          .resideInAPackage("dev.funes.group..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify..",
              "dev.funes.group..",
              "dev.funes.cluster..",
              "dev.funes.state..");

  @ArchTest
  static final ArchRule REPLICATION_KNOWS_NO_SERVER =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.funes.cluster..",
              "dev.funes.group..",
              "dev.funes.raft..",
              "dev.funes.replication..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.funes.server..", "dev.funes.client..", "dev.funes.cli..");

  @ArchTest
  static final ArchRule THE_CLIENT_KNOWS_NO_SERVER =
      noClasses()
          .that()
          .resideInAPackage("dev.funes.client..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.funes.server..",
              "dev.funes.replication..",
              "dev.funes.raft..",
              "dev.funes.log..");

  @ArchTest
  static final ArchRule NOBODY_READS_JAVA_OBJECTS_FROM_BYTES =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.io.ObjectInputStream")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.io.ObjectOutputStream");

  /** Exceptions and enums are serializable whether they want or not. */
  @ArchTest
  static final ArchRule NOBODY_IS_SERIALIZABLE =
      noClasses()
          .that()
          .areNotAssignableTo(Throwable.class)
          .and()
          .areNotEnums()
          .and()
          .resideOutsideOfPackage("dev.funes.proto..")
          .should()
          .implement(Serializable.class);

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("dev.funes.(**)").should().beFreeOfCycles();
}
