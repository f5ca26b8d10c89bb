import type { Card } from '@swipestream/contracts'
import type { Leg } from '../travel.js'
import type { CardHistory, EventOrder, FeatureSettings } from './card-history.js'
import type { Features } from './catalogue.js'
import { isKnown } from './known.js'
import { localTime } from './local-time.js'
import { lookBack } from './recent.js'
import { readRing } from './ring.js'
import type { Swipe } from './swipe.js'
import type { TerminalHistory } from './terminal-history.js'

const DAY_MS = 86_400_000
/** Means and deviations below one euro count as one: a ratio to less says nothing. */
const LEAST_EURO = 1
const NIGHT_ENDS = 7

/** What is known besides the card's own history. A decision records it, so that it can be made again. */
export interface Surroundings {
  /** The bank's data of the card; undefined when it is not known. */
  readonly card?: Pick<Card, 'home_country' | 'time_zone'> | undefined
  /** History of the transaction's terminal; undefined when it was never seen. Without a terminal_id it is not looked at. */
  readonly terminal?: TerminalHistory | undefined
}

/** The features of a transaction, from what was remembered before it. Pure: the same arguments give the same features. */
export function featuresOf(
  { tx, at, cents, country, merchant, category, place }: Swipe, order: EventOrder, history: CardHistory, journey: Leg | undefined,
  { card, terminal }: Surroundings, { smallAmount }: Pick<FeatureSettings, 'smallAmount'>,
): Features {
  const amount = cents === undefined ? null : cents / 100
  const local = card === undefined ? undefined : localTime(at, card.time_zone)
  const windows = readRing(history.activity, 4, at)
  const count = (window: number) => windows[window * 3] as number
  const sum = (window: number) => (windows[window * 3 + 1] as number) / 100
  const frauds = readLong(history.frauds, at)
  const { lastAt, smallRun } = lookBack(history.recent, at, smallAmount)
  const mean7 = count(4) === 0 ? null : sum(4) / count(4)
  const mean30 = count(5) === 0 ? null : sum(5) / count(5)
  const deviation = mean30 === null || count(5) < 2 ? null : deviationOf(count(5), mean30, windows[17] as number)
  const historyMs = history.first_at === null ? 0 : Math.max(0, at - history.first_at)
  const meanDay = count(5) / Math.min(30, Math.max(1, historyMs / DAY_MS))
  const t = tx.terminal_id === null ? undefined : atTerminal(terminal, at)

  return {
    event_order: order,
    amount_reference: amount,
    local_hour: local === undefined ? null : local.hour,
    night: local === undefined ? null : local.hour < NIGHT_ENDS,
    weekend: local === undefined ? null : local.weekday === 0 || local.weekday === 6,

    card_count_1m: count(0),
    card_count_10m: count(1),
    card_count_1h: count(2),
    card_count_1d: count(3),
    card_count_7d: count(4),
    card_count_30d: count(5),
    card_amount_1m: sum(0),
    card_amount_10m: sum(1),
    card_amount_1h: sum(2),
    card_amount_1d: sum(3),
    card_amount_7d: sum(4),
    card_amount_30d: sum(5),
    card_history_days: historyMs / DAY_MS,
    card_minutes_since_last: lastAt === undefined ? null : (at - lastAt) / 60_000,
    card_mean_7d: mean7,
    card_mean_30d: mean30,
    card_deviation_30d: deviation,
    card_amount_ratio_7d: amount === null || mean7 === null ? null : amount / Math.max(LEAST_EURO, mean7),
    card_amount_ratio_30d: amount === null || mean30 === null ? null : amount / Math.max(LEAST_EURO, mean30),
    card_amount_deviations_30d: amount === null || mean30 === null || deviation === null ? null : (amount - mean30) / Math.max(LEAST_EURO, deviation),
    card_activity_ratio_1d: count(5) === 0 ? null : count(3) / meanDay,
    card_small_run: smallRun,
    card_frauds_1d: frauds[0],
    card_frauds_7d: frauds[1],
    card_frauds_30d: frauds[2],

    first_country: country === undefined ? null : !isKnown(history.countries, country),
    first_merchant: !isKnown(history.merchants, merchant),
    first_category: category === undefined ? null : !isKnown(history.categories, category),
    away_from_home: card === undefined || tx.country === null ? null : tx.country !== card.home_country,
    place_off_earth: tx.place !== null && place === undefined,
    distance_km: journey?.distanceKm ?? null,
    speed_kmh: journey?.speedKmh ?? null,

    terminal_count_1m: t?.count(0) ?? null,
    terminal_count_10m: t?.count(1) ?? null,
    terminal_count_1h: t?.count(2) ?? null,
    terminal_count_1d: t?.count(3) ?? null,
    terminal_count_7d: t?.count(4) ?? null,
    terminal_count_30d: t?.count(5) ?? null,
    terminal_amount_1m: t?.sum(0) ?? null,
    terminal_amount_10m: t?.sum(1) ?? null,
    terminal_amount_1h: t?.sum(2) ?? null,
    terminal_amount_1d: t?.sum(3) ?? null,
    terminal_amount_7d: t?.sum(4) ?? null,
    terminal_amount_30d: t?.sum(5) ?? null,
    terminal_frauds_1d: t?.frauds[0] ?? null,
    terminal_frauds_7d: t?.frauds[1] ?? null,
    terminal_frauds_30d: t?.frauds[2] ?? null,
    terminal_fraud_share_1d: t === undefined ? null : shareOf(t.frauds[0], t.count(3)),
    terminal_fraud_share_7d: t === undefined ? null : shareOf(t.frauds[1], t.count(4)),
    terminal_fraud_share_30d: t === undefined ? null : shareOf(t.frauds[2], t.count(5)),
  }
}

/** The windows of 1, 7 and 30 days of a ring of confirmed frauds. */
function readLong(frauds: readonly number[], at: number): [number, number, number] {
  if (frauds.length === 0) return [0, 0, 0]
  const counts = readRing(frauds, 2, at)
  return [counts[3] as number, counts[4] as number, counts[5] as number]
}

function atTerminal(terminal: TerminalHistory | undefined, at: number) {
  const windows = readRing(terminal?.activity ?? [], 3, at)
  return {
    count: (window: number) => windows[window * 2] as number,
    sum: (window: number) => (windows[window * 2 + 1] as number) / 100,
    frauds: readLong(terminal?.frauds ?? [], at),
  }
}

/** Confirmations come late, so that there can be more of them in a window than transactions. */
function shareOf(frauds: number, transactions: number): number {
  return frauds === 0 ? 0 : Math.min(1, frauds / Math.max(1, transactions))
}

function deviationOf(count: number, mean: number, squares: number): number {
  return Math.sqrt(Math.max(0, squares / count - mean * mean))
}
