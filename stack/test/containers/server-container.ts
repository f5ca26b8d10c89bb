import { setTimeout as sleep } from 'node:timers/promises'
import { GenericContainer, type WaitStrategy } from 'testcontainers'
import { StackError } from '../../src/index.js'
import { HOST } from '../../src/ports.js'
import type { ImageService } from './compose.js'
import type { ContainedServer } from './contained-server.js'

type Container = Parameters<WaitStrategy['waitUntilReady']>[0]

/** How long a server has to become ready, ms. Longer than a local one: Kafka's image runs a JVM of its own before the broker's. */
const READY_WITHIN = 300_000

/** A container whose ports are published on this machine only, and which has started when its server serves. */
export class ServerContainer extends GenericContainer {
  /** @param ports of 127.0.0.1, one for each on which the server listens */
  constructor(server: ContainedServer, compose: ImageService, ports: readonly number[]) {
    super(compose.image)
    this.withEnvironment(server.environment?.(compose.environment, ports) ?? { ...compose.environment })
      .withCommand([...compose.command, ...(server.more ?? [])])
      .withExposedPorts(...server.listens.map((container, index) => ({ container, host: ports[index] as number })))
      .withWaitStrategy(new Serves(server, ports))
  }

  protected override async beforeContainerCreated(): Promise<void> {
    for (const bindings of Object.values(this.hostConfig.PortBindings ?? {}) as { HostIp?: string }[][]) {
      for (const binding of bindings) binding.HostIp = HOST
    }
  }
}

/** Waits until a server answers as its clients will ask it. */
class Serves implements WaitStrategy {
  readonly #server: ContainedServer
  readonly #ports: readonly number[]
  #patience = READY_WITHIN

  constructor(server: ContainedServer, ports: readonly number[]) {
    this.#server = server
    this.#ports = ports
  }

  async waitUntilReady(container: Container): Promise<void> {
    const deadline = Date.now() + this.#patience
    let last: unknown
    const ready = (): Promise<boolean> =>
      this.#server.ready(this.#ports).catch((error: unknown) => {
        last = error
        return false
      })
    while (!(await ready())) {
      const { Running: running, ExitCode: code } = (await container.inspect()).State
      const how = running ? (Date.now() < deadline ? undefined : `was not ready within ${this.#patience / 1000} s`) : `ended with exit code ${code} while starting`
      if (how !== undefined) throw new StackError('SERVER_FAILED', `${this.#server.name} ${how}. The end of its log:\n${await logOf(container)}`, { cause: last })
      await sleep(100)
    }
  }

  withStartupTimeout(ms: number): this {
    this.#patience = ms
    return this
  }

  isStartupTimeoutSet(): boolean {
    return true
  }

  getStartupTimeout(): number {
    return this.#patience
  }
}

/** The last lines. Each piece has a header of eight bytes, the last four of which are its length (Docker's API, ContainerAttach). */
async function logOf(container: Container): Promise<string> {
  const answer = await container.logs({ stdout: true, stderr: true, tail: 20 })
  let text = ''
  for (let at = 0; at + 8 <= answer.length; ) {
    const end = at + 8 + answer.readUInt32BE(at + 4)
    text += answer.toString('utf8', at + 8, end)
    at = end
  }
  return text.trimEnd()
}
