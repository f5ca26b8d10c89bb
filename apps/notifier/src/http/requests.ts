import { type FieldError, Problem } from '@swipestream/platform'
import type { z } from 'zod'

/** Errors shown of one request. */
const maxErrors = 50

/** 422: the request is wrong; names each field. */
export function requestInvalid(errors: readonly FieldError[]): Problem {
  return new Problem({ status: 422, code: 'REQUEST_INVALID', title: 'The request is not valid', detail: 'nothing was changed', errors })
}

/**
 * A body or a query as its schema has it.
 *
 * @param whole what the input is called where none of its fields is wrong
 * @throws Problem 422 REQUEST_INVALID naming each field
 */
export function parsed<S extends z.ZodType>(schema: S, input: unknown, whole: 'body' | 'query' = 'body'): z.output<S> {
  const result = schema.safeParse(input ?? {})
  if (!result.success) throw requestInvalid(firstOfEach(result.error.issues.flatMap((issue) => fieldErrors(issue, whole))).slice(0, maxErrors))
  return result.data
}

/** A field that breaks several rules is told of once. */
function firstOfEach(errors: readonly FieldError[]): FieldError[] {
  const fields = new Set<string>()
  return errors.filter(({ field }) => !fields.has(field) && fields.add(field))
}

function fieldErrors(issue: z.core.$ZodIssue, whole: string): FieldError[] {
  const at = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ field: [...at, key].join('.').slice(0, 200), detail: 'is not known here' }))
  return [{ field: at.join('.') || whole, detail: issue.path.length === 0 && issue.code === 'invalid_type' ? 'must be an object' : issue.message }]
}
