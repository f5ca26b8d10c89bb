import { median, percentile, rounded } from '../statistics.js'

/** A time in which one side gets load, and what the program that makes the load says of it. */
export interface Window {
  readonly name: string
  /** Records, or requests. */
  readonly perSecond: number
  /** Before anything counts. */
  readonly settleSeconds: number
  readonly seconds: number
}

export interface Measured {
  readonly name: string
  /** What was really sent. */
  readonly perSecond: number
  /** In milliseconds. */
  readonly latencies: readonly number[]
  /** Did not come out in time. */
  readonly lost: number
}

/** In milliseconds: medians of the windows of one name, and each of them. */
export interface Latency {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly runs: readonly { readonly p50: number; readonly p99: number; readonly p999: number }[]
}

/** What came of the windows, by name. @throws Error when something was lost */
export function latencies(measured: readonly Measured[]): Map<string, Latency> {
  return new Map([...Map.groupBy(measured, ({ name }) => name)].map(([name, windows]) => [name, latencyOf(name, windows)]))
}

export function percentiles(values: readonly number[]): { readonly p50: number; readonly p99: number; readonly p999: number } {
  return { p50: rounded(percentile(values, 50)), p99: rounded(percentile(values, 99)), p999: rounded(percentile(values, 99.9)) }
}

function latencyOf(name: string, windows: readonly Measured[]): Latency {
  const lost = windows.reduce((sum, window) => sum + window.lost, 0)
  if (lost > 0) throw new Error(`${name}: ${lost} did not come out`)
  const runs = windows.map((window) => percentiles(window.latencies))
  const middle = (of: (run: (typeof runs)[number]) => number): number => rounded(median(runs.map(of)))
  return { perSecond: rounded(median(windows.map(({ perSecond }) => perSecond))), p50: middle(({ p50 }) => p50), p99: middle(({ p99 }) => p99), p999: middle(({ p999 }) => p999), runs }
}
