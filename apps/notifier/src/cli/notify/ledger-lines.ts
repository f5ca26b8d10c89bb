import { plain, tableOf, timeOf } from '@swipestream/messaging'
import type { LedgerContext, LedgerEntry } from '../../db/ledger.repository.js'
import { maskRecipient } from '../../domain/masking.js'

/** Something that happened. */
export interface Happened {
  /** UTC. */
  readonly at: string
  readonly what: string
}

const none = '-'

/** @param clear whether to show addresses and numbers as they are */
function recipientOf({ channel, recipient }: LedgerEntry, clear: boolean): string {
  return plain(clear ? recipient : maskRecipient(channel, recipient))
}

/** One message a line. */
export function listLines(entries: readonly LedgerEntry[], clear: boolean): string[] {
  if (entries.length === 0) return ['the ledger has no such message']
  const rows = entries.map((entry) => [
    timeOf(entry.created_at.getTime()),
    entry.purpose,
    entry.channel,
    recipientOf(entry, clear),
    entry.status,
    entry.attempts,
    entry.id,
    plain(entry.provider_message_id ?? none),
    plain(entry.last_error ?? none),
  ])
  return tableOf(['QUEUED', 'PURPOSE', 'CHANNEL', 'TO', 'STATUS', 'ATTEMPTS', 'DELIVERY', 'PROVIDER ID', 'ERROR'], rows)
}

/** One message, and in the order of time what is known of it and its alert: when it was tried before is not kept here. */
export function entryLines(entry: LedgerEntry, context: LedgerContext, clear: boolean): { readonly lines: string[]; readonly history: Happened[] } {
  const history = historyOf(entry, context, clear)
  const fields: [string, string][] = [
    ['to', `${recipientOf(entry, clear)} by ${entry.channel}, customer ${plain(entry.customer_id)}`],
    ['alert', plain(entry.alert_id)],
    ...(entry.card_id === null ? [] : [['card', plain(entry.card_id)] as [string, string]]),
    ['purpose', entry.purpose],
    ['status', statusOf(entry)],
    ['attempts', String(entry.attempts)],
    ['provider', plain(entry.provider_message_id ?? none)],
    ['error', plain(entry.last_error ?? none)],
  ]
  return {
    lines: [entry.id, ...fields.map(([name, text]) => `  ${name.padEnd(8)}  ${text}`), '', ...tableOf(['TIME', 'WHAT'], history.map(({ at, what }) => [at, what]))],
    history,
  }
}

function statusOf({ status, next_attempt_at, merged_into, fall_back_at }: LedgerEntry): string {
  const notes = [
    status === 'queued' && `due ${timeOf(next_attempt_at.getTime())}`,
    merged_into !== null && `into ${merged_into}`,
    fall_back_at !== null && `the next way is tried at ${timeOf(fall_back_at.getTime())}`,
  ].filter((note) => note !== false)
  return [status, ...notes].join(', ')
}

function historyOf(entry: LedgerEntry, { received_at, planned_at, ofAlert, merged, question, read_at }: LedgerContext, clear: boolean): Happened[] {
  const happened: [Date | null, string][] = [
    [received_at, 'the alert was received'],
    [planned_at, 'it was planned whom to tell'],
    ...ofAlert.flatMap((each): [Date, string][] => {
      const which = each.id === entry.id ? 'this message' : `${each.purpose} by ${each.channel} to ${recipientOf(each, clear)}`
      const error = each.last_error === null ? '' : `, ${plain(each.last_error)}`
      const changed: [Date, string][] = each.attempts > 0 || each.updated_at > each.created_at ? [[each.updated_at, `${which}: ${each.status} after ${each.attempts} attempt(s)${error}`]] : []
      return [[each.created_at, `${which}: ${each.attempts === 0 && changed.length === 0 ? each.status : 'queued'}`], ...changed]
    }),
    ...merged.map((each): [Date, string] => [each.created_at, `${each.id} joined this message, of alert ${each.alert_id}`]),
    [question?.asked_at ?? null, `the customer was asked, until ${question ? timeOf(question.expires_at.getTime()) : ''}`],
    [question?.answered_at ?? null, `the customer answered ${question?.verdict} by ${question?.source}`],
    [read_at, 'the customer read it in the app'],
  ]
  return happened
    .flatMap(([at, what]) => (at === null ? [] : [{ at, what }]))
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ at, what }) => ({ at: timeOf(at.getTime()), what }))
}

/** A row for programs. */
export function viewOfEntry(entry: LedgerEntry, clear: boolean) {
  const { id, last_error, recipient: _, created_at, updated_at, next_attempt_at, fall_back_at, ...rest } = entry
  return {
    delivery_id: id,
    ...rest,
    recipient: clear ? entry.recipient : maskRecipient(entry.channel, entry.recipient),
    error: last_error,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
    next_attempt_at: next_attempt_at.toISOString(),
    fall_back_at: fall_back_at?.toISOString() ?? null,
  }
}
