import type { CardProfile, EventOrder, TakenValues } from '@swipestream/contracts'
import { inUnits } from '@swipestream/contracts/money'
import type { Leg } from '../travel.js'
import type { Features } from './catalogue.js'
import { isKnown } from './known.js'
import { localTime } from './local-time.js'
import { lookBack } from './recent.js'
import type { WindowSums } from './ring.js'
import type { FeatureSettings } from './settings.js'
import type { Swipe } from './swipe.js'

const DAY_MS = 86_400_000
/** Means and deviations below one euro count as one: a ratio to less says nothing. */
const LEAST_EURO = 1
const NIGHT_ENDS = 7

/**
 * The features of a transaction, from what was known before it. Pure: the same arguments give the same features. That of
 * the model is absent: a model is asked with the others.
 *
 * @param windows what was in the card's windows
 */
export function featuresOf(
  { tx, at, cents, country, merchant, category, place }: Swipe, order: EventOrder, profile: CardProfile, { counts, second: sums, third: squares }: WindowSums,
  journey: Leg | undefined, taken: TakenValues, { smallAmount }: Pick<FeatureSettings, 'smallAmount'>,
): Features {
  const amount = cents === undefined ? null : cents / 100
  const local = taken.time_zone === null ? undefined : localTime(at, taken.time_zone)
  const { lastAt, smallRun } = lookBack(profile.recent, at, smallAmount)
  const count1 = counts[3] as number
  const count7 = counts[4] as number
  const count30 = counts[5] as number
  const mean7 = count7 === 0 ? null : (sums[4] as number) / 100 / count7
  const mean30 = count30 === 0 ? null : (sums[5] as number) / 100 / count30
  const deviation = mean30 === null || count30 < 2 ? null : deviationOf(count30, mean30, squares[5] as number)
  const historyMs = profile.first_at === null ? 0 : Math.max(0, at - profile.first_at)
  const meanDay = count30 / Math.min(30, Math.max(1, historyMs / DAY_MS))
  const { card_frauds: frauds, terminal } = taken

  return {
    event_order: order,
    amount: inUnits(tx.amount_minor, tx.currency),
    currency: tx.currency,
    amount_reference: amount,
    merchant_category: tx.merchant_category,
    country: tx.country,
    entry_mode: tx.entry_mode,
    latitude: place === undefined ? null : place.latitude,
    longitude: place === undefined ? null : place.longitude,
    local_hour: local === undefined ? null : local.hour,
    night: local === undefined ? null : local.hour < NIGHT_ENDS,
    weekend: local === undefined ? null : local.weekday === 0 || local.weekday === 6,

    card_count_1m: counts[0] as number,
    card_count_10m: counts[1] as number,
    card_count_1h: counts[2] as number,
    card_count_1d: count1,
    card_count_7d: count7,
    card_count_30d: count30,
    card_amount_1m: (sums[0] as number) / 100,
    card_amount_10m: (sums[1] as number) / 100,
    card_amount_1h: (sums[2] as number) / 100,
    card_amount_1d: (sums[3] as number) / 100,
    card_amount_7d: (sums[4] as number) / 100,
    card_amount_30d: (sums[5] as number) / 100,
    card_history_days: historyMs / DAY_MS,
    card_minutes_since_last: lastAt === undefined ? null : (at - lastAt) / 60_000,
    card_mean_7d: mean7,
    card_mean_30d: mean30,
    card_deviation_30d: deviation,
    card_amount_ratio_7d: amount === null || mean7 === null ? null : amount / Math.max(LEAST_EURO, mean7),
    card_amount_ratio_30d: amount === null || mean30 === null ? null : amount / Math.max(LEAST_EURO, mean30),
    card_amount_deviations_30d: amount === null || mean30 === null || deviation === null ? null : (amount - mean30) / Math.max(LEAST_EURO, deviation),
    card_rms_ratio_7d: mean30 === null || count7 === 0 ? null : Math.sqrt((squares[4] as number) / count7) / Math.max(LEAST_EURO, mean30),
    card_activity_ratio_1d: count30 === 0 ? null : count1 / meanDay,
    card_small_run: smallRun,
    card_frauds_1d: frauds[0] ?? 0,
    card_frauds_7d: frauds[1] ?? 0,
    card_frauds_30d: frauds[2] ?? 0,
    card_blocked: taken.card_blocked,

    first_country: country === undefined ? null : !isKnown(profile.countries, country),
    first_merchant: !isKnown(profile.merchants, merchant),
    first_category: category === undefined ? null : !isKnown(profile.categories, category),
    away_from_home: taken.home_country === null || tx.country === null ? null : tx.country !== taken.home_country,
    place_off_earth: tx.place !== null && place === undefined,
    distance_km: journey === undefined ? null : journey.distanceKm,
    speed_kmh: journey === undefined ? null : journey.speedKmh,

    terminal_count_1m: terminal === null ? null : (terminal.counts[0] ?? 0),
    terminal_count_10m: terminal === null ? null : (terminal.counts[1] ?? 0),
    terminal_count_1h: terminal === null ? null : (terminal.counts[2] ?? 0),
    terminal_count_1d: terminal === null ? null : (terminal.counts[3] ?? 0),
    terminal_count_7d: terminal === null ? null : (terminal.counts[4] ?? 0),
    terminal_count_30d: terminal === null ? null : (terminal.counts[5] ?? 0),
    terminal_amount_1m: terminal === null ? null : (terminal.amounts[0] ?? 0) / 100,
    terminal_amount_10m: terminal === null ? null : (terminal.amounts[1] ?? 0) / 100,
    terminal_amount_1h: terminal === null ? null : (terminal.amounts[2] ?? 0) / 100,
    terminal_amount_1d: terminal === null ? null : (terminal.amounts[3] ?? 0) / 100,
    terminal_amount_7d: terminal === null ? null : (terminal.amounts[4] ?? 0) / 100,
    terminal_amount_30d: terminal === null ? null : (terminal.amounts[5] ?? 0) / 100,
    terminal_frauds_1d: terminal === null ? null : (terminal.frauds[0] ?? 0),
    terminal_frauds_7d: terminal === null ? null : (terminal.frauds[1] ?? 0),
    terminal_frauds_30d: terminal === null ? null : (terminal.frauds[2] ?? 0),
    terminal_fraud_share_1d: terminal === null ? null : shareOf(terminal.frauds[0], terminal.counts[3]),
    terminal_fraud_share_7d: terminal === null ? null : shareOf(terminal.frauds[1], terminal.counts[4]),
    terminal_fraud_share_30d: terminal === null ? null : shareOf(terminal.frauds[2], terminal.counts[5]),
    terminal_settled_fraud_share: terminal === null ? null : shareOf(terminal.frauds[2], (terminal.counts[5] ?? 0) - (terminal.counts[4] ?? 0)),
    terminal_first_fraud_days: terminal === null || terminal.first_fraud_at === null ? null : Math.max(0, at - terminal.first_fraud_at) / DAY_MS,
    terminal_fraud_mean_30d: terminal === null || terminal.fraud_mean === null ? null : terminal.fraud_mean / 100,
    terminal_clean_count: terminal === null ? null : terminal.clean_count,

    model_probability: null,
  }
}

/** Confirmations come late, so that there can be more of them in a window than transactions. */
function shareOf(frauds = 0, transactions = 0): number {
  return frauds === 0 ? 0 : Math.min(1, frauds / Math.max(1, transactions))
}

function deviationOf(count: number, mean: number, squares: number): number {
  return Math.sqrt(Math.max(0, squares / count - mean * mean))
}
