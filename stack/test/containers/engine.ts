import { getContainerRuntimeClient, getReaper, type ContainerRuntimeClient } from 'testcontainers'
import { StackError } from '../../src/index.js'
import { HOST } from '../../src/ports.js'

export interface Engine {
  readonly client: ContainerRuntimeClient
  /** The label that every container and network of this run bears. */
  readonly session: string
  /** Whether they go with this process however it ends: by Testcontainers' reaper. */
  readonly reaped: boolean
}

/**
 * The Docker engine of this machine.
 *
 * @throws StackError which says in one line what to do when there is none
 */
export async function findEngine(find = getContainerRuntimeClient): Promise<Engine> {
  const client = await find().catch((cause: unknown) => {
    throw new StackError('ENGINE_MISSING', 'TEST_STACK=containers needs a Docker engine, and none answers (docker info): start it, or leave TEST_STACK unset for local servers.', { cause })
  })
  // By a socket it is on this machine. Ports are published on 127.0.0.1, for nobody else on the network.
  const { host } = client.container.dockerode.modem as { host?: string }
  if (host !== undefined && !['localhost', HOST].includes(host)) {
    throw new StackError('ENGINE_REMOTE', `TEST_STACK=containers needs a Docker engine on this machine, and DOCKER_HOST names one on ${host}: unset it, or leave TEST_STACK unset for local servers.`)
  }
  const { sessionId } = await getReaper(client).catch((cause: unknown) => {
    throw new StackError('REAPER_MISSING', `Testcontainers' reaper, which removes containers when a run is killed, does not start (${cause instanceof Error ? cause.message : String(cause)}): set TESTCONTAINERS_RYUK_DISABLED=true, and a process of ours does its work.`, { cause })
  })
  return { client, session: sessionId, reaped: process.env.TESTCONTAINERS_RYUK_DISABLED !== 'true' }
}
