import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics, type Metric } from 'prom-client'
import { CodedError } from './errors.js'

/** The one registry of this process; GET /metrics prints it. */
export const metricsRegistry = new Registry()

/** A metric's name (Prometheus style: unit as suffix, `_total` for counters), help text and label names. */
export interface MetricOptions<L extends string> {
  name: string
  help: string
  labels?: readonly L[]
}

/**
 * The counter of that name; made when first asked for. Asking again gives the same one, so that a module may be wired
 * many times in one process, as tests do.
 *
 * @throws CodedError METRIC_CONFLICT when the name already belongs to a metric of another type
 */
export function counter<L extends string = never>(options: MetricOptions<L>): Counter<L> {
  return once(options.name, Counter<L>, () => new Counter<L>(configuration(options)))
}

/**
 * The gauge of that name; made when first asked for. With `collect`, the value is computed when it is scraped.
 *
 * @throws CodedError METRIC_CONFLICT when the name already belongs to a metric of another type
 */
export function gauge<L extends string = never>(
  options: MetricOptions<L> & { collect?: (this: Gauge<L>) => void | Promise<void> },
): Gauge<L> {
  const { collect } = options
  return once(options.name, Gauge<L>, () => new Gauge<L>({ ...configuration(options), ...(collect && { collect }) }))
}

/**
 * The histogram of that name; made when first asked for.
 *
 * @param options `buckets` are upper bounds in the unit of the metric
 * @throws CodedError METRIC_CONFLICT when the name already belongs to a metric of another type
 */
export function histogram<L extends string = never>(
  options: MetricOptions<L> & { buckets: readonly number[] },
): Histogram<L> {
  return once(options.name, Histogram<L>, () => {
    return new Histogram<L>({ ...configuration(options), buckets: [...options.buckets] })
  })
}

/** Process metrics (CPU, memory, event loop, garbage collection); once a process. */
export function collectProcessMetrics(): void {
  if (metricsRegistry.getSingleMetric('process_cpu_user_seconds_total') === undefined) {
    collectDefaultMetrics({ register: metricsRegistry })
  }
}

/** Upper bounds in seconds that suit both a cache hit and a request that waits for a decision. */
export const LATENCY_BUCKETS_SECONDS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
]

function configuration<L extends string>(options: MetricOptions<L>) {
  return {
    name: options.name,
    help: options.help,
    labelNames: [...(options.labels ?? [])],
    registers: [metricsRegistry],
  }
}

function once<M extends Metric>(name: string, type: abstract new (...args: never[]) => M, make: () => M): M {
  const existing: unknown = metricsRegistry.getSingleMetric(name)
  if (existing === undefined) return make()
  if (existing instanceof type) return existing
  throw new CodedError('METRIC_CONFLICT', 'fatal', `metric ${name} exists with another type; choose another name`)
}
