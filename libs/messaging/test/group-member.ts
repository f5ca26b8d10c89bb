import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { TestBackbone } from '@swipestream/messaging/testing'

const program = fileURLToPath(new URL('../dist/group-member.fixture.js', import.meta.url))

export interface MemberOptions {
  readonly group: string
  readonly exactlyOnce: boolean
  /** How long it takes for a batch, in milliseconds. */
  readonly batchMs: number
  /** The most its heap may hold, in MB; beyond that it dies. */
  readonly heapMb?: number
}

/** A member of a consumer group in a process of its own, so that it can be killed and halted. */
export class GroupMember {
  readonly url: Promise<string>
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  readonly #process: ChildProcess
  readonly #lines: string[] = []

  constructor(backbone: TestBackbone, readonly name: string, { group, exactlyOnce, batchMs, heapMb }: MemberOptions) {
    const member = { MEMBER_GROUP: group, MEMBER_NAME: name, MEMBER_EXACTLY_ONCE: String(exactlyOnce), MEMBER_BATCH_MS: String(batchMs) }
    const env = { ...process.env, ...backbone.env, HTTP_PORT: '0', LOG_LEVEL: 'info', ...member }
    const child = spawn(process.execPath, [...(heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`]), program], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    this.#process = child
    this.exited = once(child, 'exit').then(([code, signal]) => ({ code: code as number | null, signal: signal as NodeJS.Signals | null }))
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await this.exited
    })
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    this.url = promise
    promise.catch(() => undefined) // whoever asks for it is told
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#lines.push(line)
      const { url } = JSON.parse(line) as { url?: string }
      if (url) resolve(url)
    })
    void this.exited.then(() => reject(new Error(`${name} ended before it listened:\n${this.#lines.join('\n')}`)))
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  async ready(): Promise<boolean> {
    return (await fetch(`${await this.url}/health/ready`)).ok
  }
}
