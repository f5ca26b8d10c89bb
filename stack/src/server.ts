import type { Guard } from './guard.js'
import type { JarsDirectory } from './jars.js'

/** What the system needs: a stack has these unless it is asked for others. */
export const serverNames = ['kafka', 'registry', 'postgres', 'mailbox', 'twilio'] as const
export type ServerName = (typeof serverNames)[number]

/** The brokers of a cluster of three, which start together and can be killed one by one. */
export const clusterNames = ['kafka-1', 'kafka-2', 'kafka-3'] as const

/** For whoever asks: in place of `kafka` a cluster, or a broker with TLS and SASL; and what only some services need. */
export const otherServerNames = [...clusterNames, 'kafka-secured', 'mariadb', 'elasticsearch', 'connect'] as const
export type AnyServerName = ServerName | (typeof otherServerNames)[number]

/** Every port of the stack. The controller is Kafka's own, nobody else talks to it. */
export type PortName = 'kafka' | 'tls' | 'mutualTls' | 'controller' | 'registry' | 'postgres' | 'smtp' | 'mailbox' | 'twilio' | 'mariadb' | 'elasticsearch' | 'connect'

/** One real server of the stack. Its process is started, watched and ended by stack.ts; this says how. */
export interface Server {
  readonly name: AnyServerName
  /** For people: product and version. */
  readonly label: string
  /** Servers that must be ready before this one starts, as far as the stack has them. */
  readonly needs: readonly AnyServerName[]
  /** The ports it listens on, all on 127.0.0.1. */
  readonly ports: readonly PortName[]
  /** Asks it to end in order. Default SIGTERM. */
  readonly stopSignal?: NodeJS.Signals
  /** Makes its data directory, once. Throws a StackError when something is missing on this machine. */
  prepare?(context: ServerContext): Promise<void>
  /** The process to run; called again for every start. */
  command(context: ServerContext): Promise<Command>
  /** Whether it serves requests. May throw: a refused connection means "not yet". */
  ready(context: ServerContext): Promise<boolean>
  /** What its clients find in the environment. */
  env(context: ServerContext): Record<string, string>
}

export interface Command {
  command: string
  args: string[]
  cwd?: string
  /** Added to the launcher's environment. */
  env?: Record<string, string>
  uid?: number
  gid?: number
}

/** What a server may use. Each server has its own, which lives as long as the stack. */
export interface ServerContext {
  /** Its own directory in the run's directory; there before `prepare`. */
  readonly dir: string
  readonly log: string
  port(name: PortName): number
  /** The environment offered by the servers it needs. */
  readonly env: Readonly<Record<string, string>>
  readonly guard: Guard
  /** Rejects when any server of the stack does not come up: whoever waits for what another must do first waits for this too. */
  readonly startFailed: Promise<never>
  /** Whether load lasts for so long that what costs minutes of a core at the beginning is worth it. */
  readonly sustainedLoad: boolean
  /** Told a line at a time what takes long. */
  readonly onProgress: (line: string) => void
  java(): Promise<string>
  jars(): Promise<JarsDirectory>
}
