import { counter, gauge } from '@swipestream/platform'

/** Why something was not shipped as it stands, or had to wait. */
export type ShipTrouble =
  | 'directory'
  | 'fifo'
  | 'socket'
  | 'device'
  | 'unreadable'
  | 'missing'
  | 'archive_damaged'
  | 'checkpoint_unwritable'
  | 'record_too_large'
  | 'send_failed'
  | 'read_failed'

/** What was shipped since the start. */
export interface ShipTotals {
  entries: number
  /** Of the files. */
  bytes: number
  redactions: number
  truncated: number
  /** Entries with bytes that are no text of the file's encoding. */
  undecodable: number
}

/** What the shipper counts. */
export class ShipCounts {
  readonly totals: ShipTotals = { entries: 0, bytes: 0, redactions: 0, truncated: 0, undecodable: 0 }
  readonly troubles: Partial<Record<ShipTrouble, number>> = {}
  readonly #entries = counter({ name: 'log_ship_entries_total', help: 'Entries read from files', labels: ['service'] })
  readonly #bytes = counter({ name: 'log_ship_bytes_total', help: 'Bytes of files that entries were made of', labels: ['service'] })
  readonly #redactions = counter({ name: 'log_ship_redactions_total', help: 'Pieces of personal data and secrets that were replaced', labels: ['service'] })
  readonly #truncated = counter({ name: 'log_ship_truncated_total', help: 'Entries whose end was left out, as they were longer than LOG_MAX_LINE_BYTES', labels: ['service'] })
  readonly #undecodable = counter({ name: 'log_ship_undecodable_total', help: 'Entries with bytes that are no text of the encoding; U+FFFD stands for them', labels: ['service'] })
  readonly #troubles = counter({ name: 'log_ship_troubles_total', help: 'Files that were not read, and what else had to wait or was left out, by reason', labels: ['reason'] })
  readonly files = gauge({ name: 'log_ship_files', help: 'Files that are read' })
  readonly lag = gauge({ name: 'log_ship_lag_bytes', help: 'Bytes of the files that are read which the topic does not have yet' })
  readonly checkpointAge = gauge({ name: 'log_ship_checkpoint_age_seconds', help: 'For how long positions that have changed were not remembered' })

  trouble(reason: ShipTrouble): void {
    this.#troubles.inc({ reason })
    this.troubles[reason] = (this.troubles[reason] ?? 0) + 1
  }

  /** Adds what was read of a file in a turn, and clears it. */
  take(service: string, turn: ShipTotals): void {
    if (turn.entries === 0) return
    const { totals } = this
    this.#entries.inc({ service }, turn.entries)
    this.#bytes.inc({ service }, turn.bytes)
    if (turn.redactions > 0) this.#redactions.inc({ service }, turn.redactions)
    if (turn.truncated > 0) this.#truncated.inc({ service }, turn.truncated)
    if (turn.undecodable > 0) this.#undecodable.inc({ service }, turn.undecodable)
    for (const name of Object.keys(totals) as (keyof ShipTotals)[]) {
      totals[name] += turn[name]
      turn[name] = 0
    }
  }
}
