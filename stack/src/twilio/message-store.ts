import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Message } from './message.js'

export interface Stored {
  message: Message
  statusCallback?: string
}

/**
 * The messages of the account, the newest `keep` of them. With a journal they are there again after the process was
 * killed: a line is appended for each message and each change before anybody is told of it.
 */
export class MessageStore {
  readonly #entries = new Map<string, Stored>()
  readonly #keep: number
  readonly #journal: string | undefined
  #lines = 0
  #accepted = 0

  constructor(keep: number, journal?: string) {
    this.#keep = keep
    this.#journal = journal
    if (journal !== undefined) this.#restore(journal)
  }

  /** How many were accepted since the start, those dropped since included. */
  get accepted(): number {
    return this.#accepted
  }

  put(entry: Stored): void {
    if (!this.#entries.has(entry.message.sid)) this.#accepted += 1
    this.#set(entry)
    if (this.#journal === undefined) return
    // A change is written with the whole message: reading is then the same for both.
    appendFileSync(this.#journal, `${JSON.stringify(entry)}\n`)
    this.#lines += 1
    if (this.#lines > 4 * this.#keep + 1000) this.#rewrite(this.#journal)
  }

  get(sid: string): Stored | undefined {
    return this.#entries.get(sid)
  }

  /** Newest first. */
  all(): Stored[] {
    return [...this.#entries.values()].reverse()
  }

  #set(entry: Stored): void {
    this.#entries.set(entry.message.sid, entry)
    if (this.#entries.size <= this.#keep) return
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined) this.#entries.delete(oldest)
  }

  #restore(journal: string): void {
    let text: string
    try {
      text = readFileSync(journal, 'utf8')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
      throw error
    }
    // What follows the last line end was being written when the process was killed: nobody was told of it.
    for (const line of text.split('\n').slice(0, -1)) this.#set(JSON.parse(line) as Stored)
    this.#accepted = this.#entries.size
    this.#rewrite(journal)
  }

  #rewrite(journal: string): void {
    const next = `${journal}.next`
    writeFileSync(next, [...this.#entries.values()].map((entry) => `${JSON.stringify(entry)}\n`).join(''))
    renameSync(next, journal)
    this.#lines = this.#entries.size
  }
}
