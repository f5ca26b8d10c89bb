import { UsageError } from '@swipestream/messaging'

/**
 * Refuses options that a command does not take.
 *
 * @param options of all its sisters
 * @param own those it takes
 * @throws UsageError
 */
export function refuseStray(command: string, values: object, options: object, own: readonly string[]): void {
  const stray = Object.keys(values).filter((option) => option in options && !own.includes(option))
  if (stray.length > 0) throw new UsageError(`${command} takes no ${stray.map((option) => `--${option}`).join(', ')}`)
}
