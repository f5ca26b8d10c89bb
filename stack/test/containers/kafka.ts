import { behaviour } from '../../src/broker.js'
import { liveBrokers } from '../../src/kafka-health.js'
import { HOST } from '../../src/ports.js'
import type { ContainedServer } from './contained-server.js'

const INSIDE = 19_092

/** Compose's listener stays, for the registry's container; a further one is for this machine. */
export const kafka: ContainedServer = {
  name: 'kafka',
  service: 'kafka',
  needs: [],
  listens: [INSIDE],
  environment: (compose, [port]) => ({
    ...compose,
    ...Object.fromEntries(Object.entries(behaviour(false)).map(([name, value]) => [variableOf(name), String(value)])),
    // As in the local stack: each test has topics of its own, and the JVM does without its second compiler.
    KAFKA_HEAP_OPTS: '-Xmx512m',
    KAFKA_OPTS: '-XX:TieredStopAtLevel=1',
    KAFKA_LISTENERS: `${compose.KAFKA_LISTENERS},MACHINE://:${INSIDE}`,
    KAFKA_ADVERTISED_LISTENERS: `${compose.KAFKA_ADVERTISED_LISTENERS},MACHINE://${HOST}:${port}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: `${compose.KAFKA_LISTENER_SECURITY_PROTOCOL_MAP},MACHINE:PLAINTEXT`,
  }),
  ready: async ([port]) => (await liveBrokers(HOST, Number(port))).includes(Number(port)),
  env: ([port]) => ({ KAFKA_BROKERS: `${HOST}:${port}` }),
}

/** By which the image is told of a setting of the broker. */
export function variableOf(setting: string): string {
  return `KAFKA_${setting.replaceAll('.', '_').toUpperCase()}`
}
