import { Network, type StartedTestContainer } from 'testcontainers'
import { freePort, HOST, releasePorts } from '../../src/ports.js'
import { composeService } from './compose.js'
import type { ContainedName, ContainedServer } from './contained-server.js'
import { findEngine } from './engine.js'
import { kafka } from './kafka.js'
import { mailbox } from './mailbox.js'
import { mysql } from './mysql.js'
import { postgres } from './postgres.js'
import { registry } from './registry.js'
import { ServerContainer } from './server-container.js'
import { removeAtEnd } from './session-end.js'

export interface Containers {
  /** What clients of the servers find in their environment. */
  readonly env: Readonly<Record<string, string>>
  /** Removes the containers with all that they hold. */
  stop(): Promise<void>
}

/**
 * Starts servers in containers of docker compose's images, with its settings, each on ports of 127.0.0.1 of its own, and
 * resolves when all serve. When this process ends without `stop`, they are removed all the same.
 *
 * @param onProgress told one line at a time, for a person
 * @throws StackError whose message says what to do; nothing is left running then
 */
export async function startContainers(names: readonly ContainedName[], onProgress: (line: string) => void = () => {}): Promise<Containers> {
  const chosen = [kafka, registry, postgres(), mysql(), mailbox].filter(({ name }) => names.includes(name))
  const { session, reaped } = await findEngine()
  const unwatch = reaped ? () => undefined : await removeAtEnd(session)
  const network = await new Network().start()
  const ports: number[] = []
  const env: Record<string, string> = {}
  const up = new Map<ContainedName, Promise<StartedTestContainer>>()

  const start = async (server: ContainedServer): Promise<StartedTestContainer> => {
    await Promise.all(server.needs.map((name) => up.get(name)))
    const began = performance.now()
    const compose = composeService(server.service)
    const own = await Promise.all(server.listens.map(() => freePort()))
    ports.push(...own)
    const container = await new ServerContainer(server, compose, own).withNetwork(network).withNetworkAliases(server.service).start()
    Object.assign(env, server.env(own))
    onProgress(`${server.name}: ${compose.image} on ${own.map((port) => `${HOST}:${port}`).join(' and ')} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
    return container
  }
  const stop = async (): Promise<void> => {
    const started = (await Promise.allSettled(up.values())).flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    try {
      await Promise.all(started.map((container) => container.stop()))
      await network.stop()
    } finally {
      unwatch()
      releasePorts(ports)
    }
  }
  // In order of dependence.
  for (const server of chosen) up.set(server.name, start(server))
  try {
    await Promise.all(up.values())
  } catch (error) {
    await stop().catch((failure: unknown) => onProgress(`containers are left to the reaper: ${String(failure)}`))
    throw error
  }
  return { env: Object.freeze(env), stop }
}
