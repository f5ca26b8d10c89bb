import { cardProfiles, fraudAlerts, fraudDecisions, subjectOf, terminalProfiles, transactionsByTerminal, transactionsLog } from '@swipestream/contracts'
import { startService } from '../service-process.js'
import type { Ground } from './ground.js'
import { type GroupProgress } from './group-progress.js'
import { startKafkaStreams } from './kafka-streams.js'

/** A side at work. */
export interface Running {
  readonly pid: number
  /** Its consumer group. */
  readonly group: string
  /** Topics it writes, without the namespace. */
  readonly decisions: string
  readonly alerts: string
  /** Ends it in order. */
  stop(): Promise<void>
  /** Removes what it has left; it has been stopped. */
  tidy(): Promise<void>
}

/** Something that judges every transaction of a log. */
export interface Side {
  readonly name: string
  /** Starts a process of it that knows nothing, and waits until it has begun. */
  start(run: string): Promise<Running>
}

export interface ServiceSideOptions {
  readonly name: string
  readonly ground: Ground
  readonly progress: GroupProgress
  /** For logs. */
  readonly directory: string
  readonly profile: string | null
}

/** fraud-service as it is run in production: one process. */
export function serviceSide({ name, ground, progress, directory, profile }: ServiceSideOptions): Side {
  return {
    name,
    async start(run) {
      await ground.emptied(fraudDecisions, fraudAlerts, cardProfiles, transactionsByTerminal, terminalProfiles)
      const id = `${name.replaceAll(/\W+/g, '-')}-${run}`
      const { pid, stop } = await startService('fraud-service', { ...ground.env, LOG_LEVEL: 'info' }, `${directory}/${id}.log`, profiling(profile, id))
      const group = `${ground.namespace}fraud-service`
      return { pid, group, decisions: fraudDecisions.name, alerts: fraudAlerts.name, stop, tidy: () => progress.forget(group) }
    },
  }
}

function profiling(directory: string | null, name: string): string[] {
  return directory === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${directory}`, `--cpu-prof-name=${name}.cpuprofile`]
}

export interface PeerSideOptions {
  readonly name: string
  readonly ground: Ground
  readonly progress: GroupProgress
  readonly threads?: number
  readonly commitIntervalMs?: number
  readonly onProgress: (line: string) => void
}

/** The peer on Kafka Streams: one process too. */
export function peerSide({ name, ground, progress, threads = 1, commitIntervalMs = 100, onProgress }: PeerSideOptions): Side {
  const { namespace, registry } = ground
  const idOf = (topic: { readonly name: string; readonly schema: typeof transactionsLog.schema }) => registry.idOf(subjectOf(topic, namespace), topic.schema)
  return {
    name,
    async start(run) {
      const id = `peer-${name.replaceAll(/\W+/g, '-')}-${run}`
      const [decisions, alerts] = [`${id}.${fraudDecisions.name}`, `${id}.${fraudAlerts.name}`]
      await ground.like(fraudDecisions, decisions, alerts)
      const [transaction, decision, alert] = await Promise.all([idOf(transactionsLog), idOf(fraudDecisions), idOf(fraudAlerts)])
      const peer = await startKafkaStreams({
        brokers: ground.env.KAFKA_BROKERS,
        applicationId: namespace + id,
        input: namespace + transactionsLog.name,
        decisions: namespace + decisions,
        alerts: namespace + alerts,
        schemaIds: { transaction, decision, alert },
        threads,
        commitIntervalMs,
        onProgress,
      })
      return {
        pid: peer.pid,
        group: namespace + id,
        decisions,
        alerts,
        stop: () => peer.stop(),
        async tidy() {
          await progress.forget(namespace + id)
          await ground.remove(decisions, alerts, `${id}-cards-changelog`)
        },
      }
    },
  }
}
