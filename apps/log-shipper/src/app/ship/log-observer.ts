import type { Logger, Readiness } from '@swipestream/platform'
import type { ShipObserver } from './observer.js'

/** What the shipper tells, as log lines and components of readiness. */
export function logObserver(logger: Logger, readiness?: Readiness): ShipObserver {
  const states = new Map<string, string | null>()
  return {
    trouble: (reason, path, detail) => logger.warn({ reason, path, detail }, `not shipped as it should be: ${reason}`),
    recovered: (path) => logger.info({ path }, 'shipped again'),
    file: (event, path, detail) => logger.info({ event, path, ...detail }, `log file ${event}`),
    health(component, error) {
      const state = error?.message ?? null
      if (states.get(component) === state) return
      states.set(component, state)
      if (readiness !== undefined) readiness.report(`log ${component}`, error === null ? 'up' : 'down', state ?? undefined)
      else if (error === null) logger.info({ component }, `${component} is up`)
      else logger.warn({ component, err: error }, `${component} is down: it is waited for`)
    },
  }
}
