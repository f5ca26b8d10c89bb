import type { MysqlSource } from './mysql-source.js'
import { lacksPrivilege } from './source-error.js'
import { EtlError } from '../errors.js'

/**
 * A time of the server's clock before which every change that will ever be seen can be seen now: whatever commits later
 * carries a later time. As texts with microseconds.
 */
export interface SafeTime {
  readonly utc: string
  /** In the zone that the server's sessions have by default: that of a `datetime` which the server sets. */
  readonly local: string
  /** Seconds it is behind the clock. */
  readonly behind: number
  /** Whether open transactions could be looked at; else `behind` is the bound that was given. */
  readonly seesTransactions: boolean
}

/**
 * A statement has the time at which it began, and may wait before it takes part in a transaction: for a lock of the
 * table, say. So the oldest statement under way counts as well as the oldest transaction. What only reads does not
 * count, nor a transaction that has written nothing: it will write with a later time. One second more, because
 * trx_started has whole seconds and is up to 0.1 s old.
 */
const readsOnly = "'^[[:space:]]*(select|show|set|commit)[[:space:]]'"
const oldestTransaction = `SELECT MAX(IF(age < 0, age + 3600, age)) FROM (SELECT TIMESTAMPDIFF(SECOND, trx_started, CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', 'SYSTEM')) AS age FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id <> CONNECTION_ID() AND (trx_rows_modified > 0 OR (trx_query IS NOT NULL AND trx_query NOT REGEXP ${readsOnly}))) t`
const oldestStatement = `SELECT MAX(TIME) FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND COMMAND IN ('Query', 'Execute') AND INFO IS NOT NULL AND INFO NOT REGEXP ${readsOnly}`

/**
 * @param overlapSeconds how late a row may be committed, when the account may not see open transactions
 * @param atLeastSeconds how far the time is behind the clock at least, because clocks differ
 * @throws EtlError ETL_TIME_ZONE_UNKNOWN
 */
export async function safeTime(source: MysqlSource, overlapSeconds: number, atLeastSeconds = 0): Promise<SafeTime> {
  try {
    return await timeBehind(source, `SELECT GREATEST(COALESCE((${oldestTransaction}), 0), COALESCE((${oldestStatement}), 0), ${atLeastSeconds}) + 1 AS behind`, true)
  } catch (error) {
    if (!lacksPrivilege(error)) throw error
    return timeBehind(source, `SELECT ${Math.max(overlapSeconds, atLeastSeconds)} AS behind`, false)
  }
}

async function timeBehind(source: MysqlSource, behind: string, seesTransactions: boolean): Promise<SafeTime> {
  const [[utc, local, seconds] = []] = await source.rows(
    `SELECT CAST(t AS CHAR), CAST(CONVERT_TZ(t, '+00:00', @@global.time_zone) AS CHAR), behind FROM (SELECT UTC_TIMESTAMP(6) - INTERVAL behind SECOND AS t, behind FROM (${behind}) b) s`,
  )
  if (typeof utc !== 'string' || typeof local !== 'string') {
    throw new EtlError('ETL_TIME_ZONE_UNKNOWN', "the source does not know its own zone (@@global.time_zone): load its tables of time zones (mariadb-tzinfo-to-sql, mysql_tzinfo_to_sql), or set the zone as an offset")
  }
  return { utc, local, behind: Number(seconds), seesTransactions }
}

/** The time as a value of a column with so many digits of a second's fraction: the last one not after it. */
export function cut(time: string, precision: number): string {
  const padded = time.includes('.') ? time.padEnd(26, '0') : `${time}.000000`
  return padded.slice(0, precision === 0 ? 19 : 20 + precision)
}
