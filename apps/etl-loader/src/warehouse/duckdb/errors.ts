import { toError } from '@swipestream/platform'
import { EtlError } from '../../errors.js'

/** What DuckDB says of rows that it does not take: the same rows never go in. */
const refusals = /^(Constraint|Conversion|Invalid Input|Out of Range|Mismatch Type|Invalid Type) Error/

/** What passes: another transaction was faster, no memory or disk at the moment. */
const passing = /^(TransactionContext|Transaction|Out of Memory|IO|Interrupt) Error/

const locked = /Could not set lock on file|Conflicting lock|already attached|same database file/i

/** An error of DuckDB as ours. */
export function duckdbError(thrown: unknown, doing: string): EtlError {
  if (thrown instanceof EtlError) return thrown
  const cause = toError(thrown)
  const [first = ''] = cause.message.split('\n')
  if (locked.test(cause.message)) {
    return new EtlError('ETL_WAREHOUSE_LOCKED', `DuckDB's file is another process's: end that one, or give this loader another ETL_WAREHOUSE (${first})`, { cause })
  }
  const ambiguous = /Ambiguous reference to catalog or schema "([^"]+)"/.exec(cause.message)
  if (ambiguous !== null) return new EtlError('ETL_WAREHOUSE_BROKEN', `DuckDB calls the warehouse by the name of its file, ${ambiguous[1]}, which is also that of a schema in it: give the file another name (ETL_WAREHOUSE)`, { cause })
  // What a row holds may be in DuckDB's words: only their first, which name the kind of error, are told.
  if (refusals.test(first)) return new EtlError('ETL_WAREHOUSE_REFUSED', `DuckDB refuses ${doing}: ${first.split(/[:"']/, 1)[0]}`, { cause })
  if (passing.test(first)) return new EtlError('ETL_WAREHOUSE_UNAVAILABLE', `DuckDB does not do it now, ${doing}: ${first}`, { cause })
  return new EtlError('ETL_WAREHOUSE_BROKEN', `DuckDB fails, ${doing}: ${first}`, { cause })
}
