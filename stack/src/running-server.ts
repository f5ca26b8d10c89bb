import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StackError } from './errors.js'
import type { Guard, GuardedProcess } from './guard.js'
import type { JarsDirectory } from './jars.js'
import { lastLines } from './log-tail.js'
import { freePort, HOST, isFree, releasePorts } from './ports.js'
import type { PortName, Server, ServerContext } from './server.js'

/** How long a server has to become ready, ms. Generous: a cold machine may be doing much else. */
const READY_WITHIN = 120_000
/** How long a server that ends while starting is started again, when what it needs may yet be released, ms. */
const RELEASED_WITHIN = 15_000

export interface Surroundings {
  /** Directory of the run. */
  run: string
  guard: Guard
  startFailed: Promise<never>
  env: Readonly<Record<string, string>>
  preferred: Partial<Record<PortName, number>>
  java: () => Promise<string>
  jars: () => Promise<JarsDirectory>
  sustainedLoad: boolean
  onProgress: (line: string) => void
}

/** A server of this run: its directory, its ports and, while it runs, its process. */
export class RunningServer {
  readonly server: Server
  readonly log: string
  readonly #around: Surroundings
  readonly #context: ServerContext
  readonly #ports = new Map<PortName, number>()
  #process: GuardedProcess | undefined
  #endExpected = false

  constructor(server: Server, around: Surroundings) {
    this.server = server
    this.#around = around
    const dir = join(around.run, server.name)
    this.log = join(around.run, `${server.name}.log`)
    const ports = this.#ports
    this.#context = {
      dir,
      log: this.log,
      env: around.env,
      guard: around.guard,
      startFailed: around.startFailed,
      java: around.java,
      jars: around.jars,
      sustainedLoad: around.sustainedLoad,
      onProgress: around.onProgress,
      port(name) {
        const port = ports.get(name)
        if (port === undefined) throw new Error(`${server.name} has no port ${name}`)
        return port
      },
    }
  }

  get env(): Record<string, string> {
    return this.server.env(this.#context)
  }

  /** The first start: data directory, ports, process. Reports progress. */
  async bringUp(): Promise<void> {
    const began = performance.now()
    await mkdir(this.#context.dir, { recursive: true })
    await this.#choosePorts()
    await this.server.prepare?.(this.#context)
    // A port can be taken by somebody else between our look at it and the server's: then choose others.
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#launch()
        break
      } catch (error) {
        if (attempt === 3 || this.#endExpected || !(await this.#portTaken())) throw error
        await this.#choosePorts()
      }
    }
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    this.#around.onProgress(`${this.server.name}: ${this.server.label} on ${this.#addresses()} (${seconds} s)`)
  }

  /** Starts it again after `stop` or `kill`, with the same data and ports. */
  async start(): Promise<void> {
    if (this.#process?.running) return
    // What was killed may hold a port or PostgreSQL's shared memory for a moment more.
    for (const deadline = Date.now() + RELEASED_WITHIN; ; await sleep(300)) {
      try {
        return await this.#launch()
      } catch (error) {
        if (Date.now() > deadline || this.#endExpected) throw error
      }
    }
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    const process = this.#process
    if (!process?.running) return
    const goesOn = signal === 'SIGSTOP' || signal === 'SIGCONT' || signal === 'SIGHUP'
    if (!goesOn) this.#endExpected = true
    process.kill(signal)
    if (!goesOn) await process.exited
  }

  async stop(): Promise<void> {
    this.#endExpected = true
    if (this.#process?.running) await this.#process.stop()
  }

  /** Its ports may be given to another stack of this process. */
  releasePorts(): void {
    releasePorts(this.#ports.values())
  }

  /** From now on its end is no news. */
  expectEnd(): void {
    this.#endExpected = true
  }

  async #launch(): Promise<void> {
    const { command, args, cwd, env, uid, gid } = await this.server.command(this.#context)
    this.#endExpected = false
    const process_ = await this.#around.guard.spawn(command, args, {
      log: this.log,
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
      ...(uid === undefined || gid === undefined ? {} : { uid, gid }),
      ...(this.server.stopSignal === undefined ? {} : { stopSignal: this.server.stopSignal }),
    })
    this.#process = process_
    await this.#untilReady(process_)
    void process_.exited.then(() => this.#onEnd(process_))
  }

  async #untilReady(process_: GuardedProcess): Promise<void> {
    const deadline = Date.now() + READY_WITHIN
    let last: unknown
    while (process_.running && Date.now() < deadline) {
      const ready = await this.server.ready(this.#context).catch((error: unknown) => {
        last = error
        return false
      })
      // A server that answers while its process has ended is somebody else's.
      if (ready && process_.running) return
      await Promise.race([process_.exited, sleep(50)])
    }
    const { name, label } = this.server
    if (!process_.running) {
      const { code, signal } = await process_.exited
      const how = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`
      throw new StackError('SERVER_FAILED', `${name} (${label}) ${how} while starting. The end of its log:\n${await lastLines(this.log)}`)
    }
    await process_.stop()
    throw new StackError(
      'SERVER_FAILED',
      `${name} (${label}) was not ready within ${READY_WITHIN / 1000} s. The end of its log:\n${await lastLines(this.log)}`,
      { cause: last },
    )
  }

  async #onEnd(process_: GuardedProcess): Promise<void> {
    if (this.#endExpected || this.#process !== process_) return
    const { code, signal } = await process_.exited
    const how = code === null ? `by ${signal}` : `with exit code ${code}`
    this.#around.onProgress(`${this.server.name}: ended unexpectedly ${how}. The end of its log:\n${await lastLines(this.log)}`)
  }

  async #choosePorts(): Promise<void> {
    releasePorts(this.#ports.values())
    for (const name of this.server.ports) this.#ports.set(name, await freePort(this.#around.preferred[name]))
  }

  async #portTaken(): Promise<boolean> {
    for (const port of this.#ports.values()) if (!(await isFree(port))) return true
    return false
  }

  #addresses(): string {
    return this.server.ports
      .filter((name) => name !== 'controller')
      .map((name) => `${HOST}:${this.#ports.get(name)}`)
      .join(' and ')
  }
}
