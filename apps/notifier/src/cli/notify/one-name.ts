import { UsageError } from '@swipestream/messaging'

/** The one name that a command takes. @throws UsageError */
export function oneName(command: string, names: readonly string[], what: string): string {
  const [name, ...more] = names
  if (name === undefined || more.length > 0) throw new UsageError(`${command} takes one ${what}`)
  return name
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** @param what it is the id of @throws UsageError */
export function uuidOf(text: string, what: string): string {
  if (!uuid.test(text)) throw new UsageError(`the id of ${what} is a UUID, not ${text}`)
  return text
}
