import { Injectable } from '@nestjs/common'
import { type BankRow, type Card, cards, customers, type etlBankEntries, etlQuarantine, merchants, type QuarantinedRow } from '@swipestream/contracts'
import { type BatchContext, causedBy, type Outgoing, type Received } from '@swipestream/messaging'
import type { CleanCustomer, CleanMerchant } from '../domain/bank/clean.js'
import { Entries } from '../domain/bank/entries.js'
import { type CardChanges, changeCard, reheld } from '../domain/bank/merge-cards.js'
import { changeCustomer } from '../domain/bank/merge-customers.js'
import { changeMerchant } from '../domain/bank/merge-merchants.js'
import { TransformAlerts } from './transform-alerts.js'
import { TransformMetrics } from './transform-metrics.js'

export type BankState = { entries: typeof etlBankEntries }

/** Merges clean rows into the curated topics, and keeps the quarantine: of each row at most its last version is in it. */
@Injectable()
export class MergeBankRows {
  constructor(
    private readonly metrics: TransformMetrics,
    private readonly alerts: TransformAlerts,
  ) {}

  run(batch: readonly Received<BankRow | null>[], { state }: Pick<BatchContext<BankState>, 'state'>): Outgoing[] {
    const entries = new Entries(state.entries)
    return batch.flatMap((message) => {
      const { key, value } = message
      if (key === null) return []
      const refusal = value?.refusal == null ? null : (JSON.parse(value.refusal) as QuarantinedRow)
      const events = this.#quarantine(entries, key, refusal)
      // What was refused changes nothing: the last good version of the row stays.
      if (refusal === null) events.push(...this.#curate(entries, key, value?.row ?? null))
      return causedBy(message, events)
    })
  }

  #quarantine(entries: Entries, rowId: string, refusal: QuarantinedRow | null): Outgoing[] {
    const list = `refused/${rowId}`
    const before = entries.list(list)
    if (refusal === null && before.length === 0) return []
    entries.replace(list, refusal === null ? [] : [refusal.row_id])
    const events: Outgoing[] = before.filter((id) => id !== refusal?.row_id).map((id) => etlQuarantine.tombstone(id))
    for (const _ of events) this.metrics.released()
    if (refusal !== null) {
      this.metrics.quarantined(refusal.code)
      this.alerts.quarantined(refusal.source_topic)
      events.push(etlQuarantine.event(refusal))
    }
    return events
  }

  #curate(entries: Entries, rowId: string, text: string | null): Outgoing[] {
    const slash = rowId.indexOf('/')
    const [table, id] = [rowId.slice(0, slash), rowId.slice(slash + 1)]
    const row: unknown = text === null ? null : JSON.parse(text)
    const events = curated(entries, table, id, row)
    for (const { topic } of events) this.metrics.curated(topic.name)
    return events
  }
}

function curated(entries: Entries, table: string, id: string, row: unknown): Outgoing[] {
  switch (table) {
    case 'cards':
      return cardEvents(changeCard(entries, id, row as Card | null))
    case 'customers': {
      const { customers: changes, rehold } = changeCustomer(entries, id, row as CleanCustomer | null)
      const events = Array.from(changes, ([key, customer]) => (customer === null ? customers.tombstone(key) : customers.event(customer)))
      return [...events, ...cardEvents(reheld(entries, rehold))]
    }
    default:
      return Array.from(changeMerchant(entries, id, row as CleanMerchant | null), ([key, merchant]) => (merchant === null ? merchants.tombstone(key) : merchants.event(merchant)))
  }
}

function cardEvents(changes: CardChanges): Outgoing[] {
  return Array.from(changes, ([key, card]) => (card === null ? cards.tombstone(key) : cards.event(card)))
}
