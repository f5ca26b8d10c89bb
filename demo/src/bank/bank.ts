import type { Customer } from '@swipestream/contracts'
import mysql, { type Connection } from 'mysql2/promise'
import type { CardWithNumber, World } from '../generator/world.js'
import { bankRows } from './bank-rows.js'
import { BankChurn, runChurn } from './churn.js'
import { holderRows } from './holder-rows.js'
import { createBank, loadBank } from './load-bank.js'
import type { BankRows } from './rows.js'

/** Changes of a bank a second, about. */
const changesPerSecond = 2

/** The bank's core database in MySQL: who is in it comes to the other services by etl-loader. */
export class Bank {
  readonly #over = new AbortController()
  #churning: Promise<number> | undefined
  #seed = 0

  private constructor(
    readonly url: string,
    readonly database: string,
    private readonly connection: Connection,
  ) {}

  /** @param url of its database, which is there */
  static async open(url: string): Promise<Bank> {
    const connection = await mysql.createConnection({ uri: url, timezone: 'Z' })
    return new Bank(url, decodeURIComponent(new URL(url).pathname.slice(1)), connection)
  }

  /** Makes its tables, where they are not there yet. */
  async createTables(): Promise<void> {
    await createBank(this.connection)
  }

  /** People and their cards come to the bank, or change. */
  async put(people: readonly Customer[], held: readonly CardWithNumber[]): Promise<void> {
    await loadBank(this.connection, withoutTimes(holderRows(people, held, ++this.#seed)))
  }

  /** All of a world comes to the bank, which from then on changes all the time. Twice: only the first world changes. */
  async settle(world: World, seed: number): Promise<void> {
    const rows = bankRows(world, seed)
    await loadBank(this.connection, withoutTimes(rows))
    if (this.#churning !== undefined) return
    const own = await mysql.createConnection({ uri: this.url, timezone: 'Z' })
    this.#churning = runChurn(own, new BankChurn(world, rows, seed), changesPerSecond, this.#over.signal).finally(() => own.end())
    // Told at the end.
    this.#churning.catch(() => undefined)
  }

  /** Gives how often the bank has changed by itself. @throws what kept it from changing */
  async close(): Promise<number> {
    this.#over.abort()
    await this.connection.end()
    return (await this.#churning) ?? 0
  }
}

/** The server says when rows change: a time of ours may be older than what extraction has passed. */
function withoutTimes({ customers, accounts, cards, merchants }: BankRows): BankRows {
  const timeless = <T extends object>(rows: readonly T[]): T[] => rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'updated_at')) as T)
  return { customers: timeless(customers), accounts: timeless(accounts), cards: timeless(cards), merchants }
}
