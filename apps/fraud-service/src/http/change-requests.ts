import type { FieldError } from '@swipestream/platform'
import { z } from 'zod'
import { modes } from './rule-view.js'
import { requestInvalid } from './problems.js'

const says = (rule: string) => ({ error: (issue: { readonly input?: unknown }) => (issue.input === undefined ? 'is required' : rule) })

const textRule = says('must be a text of at most 1000 characters')
const comment = z.string(textRule).max(1000, textRule).default('').meta({ description: 'Why; it stands in the new version.', example: 'As discussed on Monday.' })

/** The body of a promotion; it may be left out. */
export const promoteBody = z.strictObject({ comment })

const versionRule = says('must be the number of a version')

/** The body of a rollback. */
export const rollbackBody = z.strictObject({
  to_version: z.int(versionRule).min(1, versionRule).meta({ description: 'The version whose words the new one has.', example: 2 }),
  comment,
})

const objectRule = says('must be an object')

/** The body of a try. What the rule must be is said by `draftOf`. */
export const tryBody = z.strictObject({
  rule: z.record(z.string(), z.unknown(), objectRule),
  values: z.record(z.string(), z.unknown(), objectRule).optional(),
})

/** The query of a list. */
export const listQuery = z.strictObject({ mode: z.enum(modes, says(`must be one of ${modes.join(', ')}`)).optional() })

/** @throws Problem 422 REQUEST_INVALID naming each field */
export function parsed<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input ?? {})
  if (!result.success) throw requestInvalid(result.error.issues.flatMap(fieldErrors))
  return result.data
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const at = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') return issue.keys.slice(0, 50).map((key) => ({ field: [...at, key].join('.'), detail: 'is not known here' }))
  return [{ field: at.join('.') || 'body', detail: issue.path.length === 0 ? 'must be an object' : issue.message }]
}
