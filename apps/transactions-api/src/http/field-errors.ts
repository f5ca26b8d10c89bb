import type { FieldError } from '@swipestream/platform'
import type { z } from 'zod'

/** Errors shown of one request: a body of 64 kB can hold thousands. */
const maxErrors = 50

/** Names of fields that are repeated to the client. Others might hold a card number. */
const nameable = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/

/**
 * The first error of each field, by its dotted path.
 *
 * @param noun what the fields are those of, such as `a swipe`
 * @param whole what the input as a whole is called
 */
export function fieldErrors(issues: readonly z.core.$ZodIssue[], noun: string, whole = 'body'): FieldError[] {
  const pathOf = (path: readonly PropertyKey[]): string => (path.length === 0 ? whole : path.map(String).join('.'))
  const errors = new Map<string, string>()
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        if (isNameable(key)) errors.set(pathOf([...issue.path, key]), `is not a field of ${noun}`)
        else errors.set(pathOf(issue.path), `has a field of a name that is none of ${noun}, not repeated here`)
      }
    } else if (!errors.has(pathOf(issue.path))) {
      errors.set(pathOf(issue.path), issue.message)
    }
  }
  return [...errors].slice(0, maxErrors).map(([field, detail]) => ({ field, detail }))
}

function isNameable(key: string): boolean {
  return nameable.test(key) && !/\d{6}/.test(key)
}
