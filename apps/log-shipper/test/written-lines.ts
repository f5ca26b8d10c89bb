import { appendFileSync } from 'node:fs'
import { serverLogs } from '@swipestream/contracts'
import { eventually, type TestBackbone } from '@swipestream/messaging/testing'

/** What came of what was written. */
export interface Account {
  /** Lines that are not on the topic, and texts on it that nobody has written, after doubles were removed by identity. */
  readonly missing: readonly string[]
  readonly extra: readonly string[]
  /** Records of an identity that had come before: after a kill there may be some. */
  readonly doubled: number
}

/** Writes lines that are all different, and knows them. */
export class WrittenLines {
  readonly all: string[] = []

  constructor(private readonly backbone: TestBackbone) {}

  /** Appends so many lines to a file. @param wrap makes a line of a text that no other line has */
  write(path: string, count: number, wrap: (text: string) => string = (text) => `${text} ${'-'.repeat(Number(text) % 90)}`): string[] {
    const lines = Array.from({ length: count }, (_, i) => wrap(String(this.all.length + i)))
    appendFileSync(path, lines.map((line) => `${line}\n`).join(''))
    this.all.push(...lines)
    return lines
  }

  /** What is on the topic by now, an entry once by file, generation and offset, held against what was written. */
  async account(): Promise<Account> {
    const records = await this.backbone.received(serverLogs)
    const entries = new Map(records.map(({ value }) => [`${value.file_id} ${value.generation} ${value.offset}`, value.message]))
    const open = new Map<string, number>()
    for (const line of this.all) open.set(line, (open.get(line) ?? 0) + 1)
    const extra: string[] = []
    for (const message of entries.values()) {
      const left = open.get(message) ?? 0
      if (left === 0) extra.push(message)
      else if (left === 1) open.delete(message)
      else open.set(message, left - 1)
    }
    return { missing: [...open.keys()], extra, doubled: records.length - entries.size }
  }

  /** Waits until no more than `lost` lines are missing. */
  arrived(lost = 0): Promise<Account> {
    return eventually(
      async () => {
        const account = await this.account()
        if (account.missing.length > lost) throw new Error(`${account.missing.length} of ${this.all.length} lines are missing, such as ${account.missing.slice(0, 3).join(' | ')}`)
        return account
      },
      { timeoutMs: 90_000, intervalMs: 200 },
    )
  }
}
