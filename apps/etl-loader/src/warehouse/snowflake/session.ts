import { readFile } from 'node:fs/promises'
import { toError } from '@swipestream/platform'
import snowflake, { type Connection } from 'snowflake-sdk'
import { EtlError } from '../../errors.js'

export interface SnowflakeOptions {
  readonly account: string
  readonly username: string
  readonly database: string
  /** Virtual warehouse that computes; the user's own where it is left out. */
  readonly warehouse?: string
  readonly role?: string
  /** PEM file of the private key (PKCS #8) of the user. */
  readonly privateKeyFile?: string
  readonly privateKeyPassphrase?: string
  /** For a test server, which takes a password and has another address. */
  readonly password?: string
  readonly accessUrl?: string
}

export type SnowflakeRow = Readonly<Record<string, unknown>>

/** One session, one statement at a time. */
export class SnowflakeSession {
  readonly #options: SnowflakeOptions
  #connection: Connection | undefined

  constructor(options: SnowflakeOptions) {
    this.#options = options
  }

  /** @throws EtlError ETL_WAREHOUSE_UNAVAILABLE, ETL_WAREHOUSE_BROKEN, ETL_WAREHOUSE_REFUSED */
  async run(sql: string): Promise<SnowflakeRow[]> {
    const connection = (this.#connection ??= await this.#connect())
    const { promise, resolve, reject } = Promise.withResolvers<SnowflakeRow[]>()
    connection.execute({
      sqlText: sql,
      complete: (error, _, rows) => (error ? reject(error) : resolve((rows ?? []) as SnowflakeRow[])),
    })
    try {
      return await promise
    } catch (error) {
      throw snowflakeError(error, sql)
    }
  }

  async close(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    if (connection === undefined) return
    await new Promise<void>((resolve) => {
      // A session that cannot be ended ends by itself.
      connection.destroy(() => resolve())
    })
  }

  async #connect(): Promise<Connection> {
    const { privateKeyFile, privateKeyPassphrase, ...rest } = this.#options
    const key = privateKeyFile === undefined ? {} : { authenticator: 'SNOWFLAKE_JWT', privateKey: await readFile(privateKeyFile, 'utf8'), ...(privateKeyPassphrase === undefined ? {} : { privateKeyPass: privateKeyPassphrase }) }
    snowflake.configure({ logLevel: 'ERROR', additionalLogToConsole: false })
    const connection = snowflake.createConnection({ ...rest, ...key, application: 'swipestream', arrayBindingThreshold: 1e9 })
    try {
      await new Promise<void>((resolve, reject) => {
        connection.connect((error) => (error ? reject(error) : resolve()))
      })
    } catch (error) {
      throw snowflakeError(error, 'a connection')
    }
    return connection
  }
}

/** What Snowflake says of rows that it does not take: SQLSTATE 22 (data), 23 (constraint). */
const refusals = /^(22|23)/

/** Codes of the driver for what passes: network, a request that timed out, a session that has expired. */
const passing = new Set(['401001', '401002', '402001', '405503', '407001', '407002', '390112', '390114', '000604', '000625'])

function snowflakeError(thrown: unknown, doing: string): EtlError {
  const cause = toError(thrown) as Error & { code?: unknown; sqlState?: unknown }
  const code = String(cause.code ?? '')
  const what = doing.split(/[\s(]/).slice(0, 3).join(' ')
  // What a row holds may be in Snowflake's words.
  if (refusals.test(String(cause.sqlState ?? ''))) return new EtlError('ETL_WAREHOUSE_REFUSED', `Snowflake refuses rows (code ${code}, SQLSTATE ${String(cause.sqlState)})`, { cause })
  if (passing.has(code) || /ECONN|ETIMEDOUT|socket|network/i.test(cause.message)) return new EtlError('ETL_WAREHOUSE_UNAVAILABLE', `Snowflake does not answer, ${what}: ${cause.message}`, { cause })
  return new EtlError('ETL_WAREHOUSE_BROKEN', `Snowflake fails (code ${code}), ${what}: ${cause.message.split('\n')[0] ?? ''}`, { cause })
}
