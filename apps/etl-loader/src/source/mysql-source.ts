import mysql, { type Connection } from 'mysql2'
import type { DriverRow } from '../domain/row-converter.js'
import type { Connector } from '../domain/table-schema.js'
import { EtlError } from '../errors.js'
import { sourceError } from './source-error.js'

/**
 * The session that every statement of ours is made for: times in UTC, texts in UTF-8, backslashes escape, zero dates are
 * shown as they stand. The server waits for a reader that waits for Kafka.
 */
const session = [
  "SET SESSION sql_mode = '', time_zone = '+00:00', net_write_timeout = 600",
  'SET NAMES utf8mb4',
  'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
]

const connectTimeoutMs = 5_000

/** One connection to MySQL or MariaDB. One statement at a time. */
export class MysqlSource {
  readonly #connection: Connection
  readonly connector: Connector
  /** Of the URL; null when it names none. */
  readonly database: string | null
  /** Tells the statement under way that the connection is gone. */
  #lost: (error: unknown) => void = () => undefined

  private constructor(connection: Connection, connector: Connector, database: string | null) {
    this.#connection = connection
    this.connector = connector
    this.database = database
    // Also of a statement that is asked for when it has gone: the driver tells nobody else of that.
    connection.on('error', (error) => this.#lost(error))
  }

  /**
   * @param address mysql://user:password@host:port/database; `?tls=true` encrypts, by a certificate that is checked
   * @throws EtlError ETL_SOURCE_REFUSED, ETL_SOURCE_UNAVAILABLE
   */
  static async open(address: string): Promise<MysqlSource> {
    const url = new URL(address)
    const database = decodeURIComponent(url.pathname.slice(1)) || null
    const connection = mysql.createConnection({
      host: url.hostname,
      port: Number(url.port || 3306),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      charset: 'utf8mb4',
      connectTimeout: connectTimeoutMs,
      keepAliveInitialDelay: 10_000,
      rowsAsArray: true,
      // As texts: a Date has no zero date, no microseconds and no year beyond its zone.
      dateStrings: true,
      supportBigNumbers: true,
      jsonStrings: true,
      ...(database === null ? {} : { database }),
      ...(url.searchParams.get('tls') === 'true' ? { ssl: { rejectUnauthorized: true } } : {}),
    })
    connection.on('error', () => undefined)
    try {
      await new Promise<void>((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())))
    } catch (error) {
      connection.destroy()
      throw sourceError(error, `connecting to ${url.host}`)
    }
    const unknown = new MysqlSource(connection, 'mysql', database)
    try {
      for (const statement of session) await unknown.rows(statement)
      const [[version] = []] = await unknown.rows('SELECT VERSION()')
      return String(version).includes('MariaDB') ? new MysqlSource(connection, 'mariadb', database) : unknown
    } catch (error) {
      connection.destroy()
      throw error
    }
  }

  /** A result that is small. @throws EtlError */
  async rows(sql: string): Promise<DriverRow[]> {
    const rows: DriverRow[] = []
    await this.forEach(sql, (row) => {
      rows.push(row)
    })
    return rows
  }

  /**
   * Hands over each row as it comes.
   *
   * @param take when it gives a promise, nothing more is read until that is fulfilled; what it throws ends the reading
   * @throws EtlError; what `take` throws
   */
  forEach(sql: string, take: (row: DriverRow) => Promise<void> | void): Promise<void> {
    return new Promise((resolve, reject) => {
      let ended = false
      this.#lost = (error) => {
        if (!ended) reject(sourceError(error, 'reading the source'))
        ended = true
      }
      const query = this.#connection.query({ sql, rowsAsArray: true })
      let waiting: Promise<void> | undefined
      const fail = (error: unknown): void => {
        if (ended) return
        ended = true
        // The rest of the result would have to be read first: the connection is of no more use.
        this.#connection.destroy()
        reject(error as Error)
      }
      query.on('result', (row) => {
        // Also the header of what has no rows.
        if (ended || !Array.isArray(row)) return
        try {
          const pause = take(row as unknown as DriverRow)
          if (pause === undefined) return
          this.#connection.pause()
          waiting = pause.then(() => this.#connection.resume(), fail)
        } catch (error) {
          fail(error)
        }
      })
      query.on('error', (error) => this.#lost(error))
      query.on('end', () => {
        void (waiting ?? Promise.resolve()).then(() => {
          if (!ended) resolve()
          ended = true
        })
      })
    })
  }

  /** What `work` reads is of one moment; what commits meanwhile is not seen. @throws EtlError; what `work` throws */
  async atOneMoment<T>(work: () => Promise<T>): Promise<T> {
    await this.rows('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
    try {
      return await work()
    } finally {
      await this.rows('COMMIT').catch((error: unknown) => {
        // What failed before says why; a connection that is gone has no transaction.
        if (!(error instanceof EtlError)) throw error
      })
    }
  }

  /** A statement under way fails. */
  close(): void {
    this.#connection.destroy()
    this.#lost(new Error('the connection was closed'))
  }
}
