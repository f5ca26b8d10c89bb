import { groupDigits } from '@swipestream/contracts/money'
import type { BacktestSource } from '../../app/backtest/source.js'

const EVERY_MS = 5_000

/**
 * Says every few seconds how far the reading is, and how long the rest will take at this pace.
 *
 * @param end when the reading ends, in the time of transactions (milliseconds since the Unix epoch); infinity for that of the source
 * @param now milliseconds of any clock
 */
export function progressOf(source: Pick<BacktestSource, 'share'>, end: number, tell: (line: string) => void, now: () => number = () => performance.now()): (read: number, at: number) => void {
  const begun = now()
  let told = begun
  let first: number | undefined
  return (read, at) => {
    first ??= at
    const moment = now()
    if (moment - told < EVERY_MS) return
    told = moment
    const seconds = (moment - begun) / 1_000
    const share = Math.max(source.share, (at - first) / (end - first))
    const rest = share > 0 ? `, about ${Math.ceil(seconds * (1 / share - 1))} s to go` : ''
    tell(`${groupDigits(String(read))} transactions, now of ${new Date(at).toISOString().slice(0, 10)}, ${groupDigits(String(Math.round(read / seconds)))}/s${rest}`)
  }
}
