import { createLogger, loadConfig, type Logger, serviceConfig } from '@swipestream/platform'
import { z } from 'zod'

const logged = z.object({ LOG_LEVEL: serviceConfig.LOG_LEVEL.default('warn') })

/**
 * What a person must know while a command runs: on standard error, as its result is on standard output. More with
 * LOG_LEVEL.
 *
 * @throws CodedError CONFIG_INVALID
 */
export function warnings(env: NodeJS.ProcessEnv): Logger {
  return createLogger({ service: 'etl-loader', level: loadConfig(logged, env).LOG_LEVEL, destination: process.stderr })
}

/** A logger's call as a line for a person. */
export function told(progress: (line: string) => void) {
  return (details: Readonly<Record<string, unknown>>, message: string): void => {
    const said = Object.entries(details).map(([name, value]) => `${name}=${value instanceof Error ? value.message : typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    progress(`${message}: ${said.join(' ')}`)
  }
}
