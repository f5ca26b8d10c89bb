import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { propertyLines, WARNINGS } from './broker.js'
import { sourceVariables } from './connector.js'
import { repositoryStackDirectory } from './directory.js'
import { answers } from './http-health.js'
import { resolveJars } from './jars.js'
import { HOST } from './ports.js'
import { clusterNames, type Server, type ServerContext } from './server.js'

/**
 * Kafka Connect, a distributed worker alone in its group, with Debezium's connector for MariaDB and a converter to Avro
 * in Confluent's format. Connectors are made by its REST API; their configurations may name variables of the worker's
 * environment (`${env:NAME}`), of which it offers those of deploy/connect/bank-connector.json as far as it knows them.
 */
export const connect: Server = {
  name: 'connect',
  label: 'Kafka Connect 4.3.1 with Debezium 3.5.0',
  needs: ['kafka', ...clusterNames, 'registry', 'mariadb'],
  ports: ['connect'],

  async command(context) {
    const [java, jars] = await Promise.all([context.java(), libraries(context)])
    const settings = { ...common, 'bootstrap.servers': context.env.KAFKA_BROKERS ?? '', listeners: url(context) }
    const properties = join(context.dir, 'connect.properties')
    await writeFile(properties, propertyLines(settings))
    await writeFile(join(context.dir, 'log4j2.properties'), WARNINGS)
    return {
      command: java,
      args: [
        '-Xmx512m',
        ...(context.sustainedLoad ? [] : ['-XX:TieredStopAtLevel=1']),
        '-XX:+UseSerialGC',
        '-Djava.awt.headless=true',
        `-Dlog4j2.configurationFile=${join(context.dir, 'log4j2.properties')}`,
        'org.apache.kafka.connect.cli.ConnectDistributed',
        properties,
      ],
      cwd: context.dir,
      env: { CLASSPATH: join(jars, 'program', '*'), ...offered(context.env) },
    }
  },

  ready: (context) => answers(`${url(context)}/health`),
  env: (context) => ({ CONNECT_URL: url(context) }),
}

const url = (context: ServerContext): string => `http://${HOST}:${context.port('connect')}`

const libraries = (context: ServerContext) =>
  resolveJars({
    cache: join(repositoryStackDirectory(), 'jars'),
    guard: context.guard,
    onProgress: context.onProgress,
    pom: fileURLToPath(new URL('../connect/pom.xml', import.meta.url)),
    what: 'Kafka Connect and Debezium (about 50 MB, the first time only)',
  })

const common = {
  'group.id': 'connect',
  'config.storage.topic': 'connect_configs',
  'offset.storage.topic': 'connect_offsets',
  'status.storage.topic': 'connect_status',
  // As many copies as the broker's default: one broker has one.
  'config.storage.replication.factor': -1,
  'offset.storage.replication.factor': -1,
  'status.storage.replication.factor': -1,
  'offset.storage.partitions': 1,
  'status.storage.partitions': 1,
  // Each connector says its own; these are for those that do not.
  'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'config.providers': 'env',
  'config.providers.env.class': 'org.apache.kafka.common.config.provider.EnvVarConfigProvider',
  // What is not listed as a service is found by its name all the same; looking through all jars takes seconds.
  'plugin.discovery': 'service_load',
  // Alone in its group, it waits for nobody.
  'scheduled.rebalance.max.delay.ms': 0,
}

/** The variables of deploy/connect/bank-connector.json; what names the source, the environment may say otherwise. */
function offered({ KAFKA_BROKERS, SCHEMA_REGISTRY_URL, MYSQL_URL, ETL_SOURCE_NAME, ETL_SOURCE_DATABASE }: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ...(KAFKA_BROKERS !== undefined && { KAFKA_BROKERS }),
    ...(SCHEMA_REGISTRY_URL !== undefined && { APICURIO_REGISTRY_URL: apicurioUrl(SCHEMA_REGISTRY_URL) }),
    ...(MYSQL_URL !== undefined && sourceVariables(MYSQL_URL)),
    ETL_SOURCE_NAME: ETL_SOURCE_NAME ?? 'bank',
    ETL_SOURCE_DATABASE: ETL_SOURCE_DATABASE ?? 'bank',
  }
}

/** The registry's own API beside that of Confluent's: the converter speaks version 2 of it. */
function apicurioUrl(schemaRegistryUrl: string): string {
  return new URL('/apis/registry/v2', schemaRegistryUrl).href
}
