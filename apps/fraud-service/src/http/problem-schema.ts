import { fieldErrorSchema, problemSchema } from '@swipestream/platform'
import { z } from 'zod'

/** What is wrong with a field of a rule, and where in its text. */
export const ruleFieldErrorSchema = fieldErrorSchema.extend({
  field: z.string().meta({ description: "The rule's field, such as `expression` or `tables[0].by`; `header.<name>` for a header.", example: 'expression' }),
  detail: z.string().meta({ example: 'there is no feature tx.amuont' }),
  code: z.string().optional().meta({ description: 'The kind of fault, for programs.', example: 'FRAUD_RULE_UNKNOWN_FEATURE' }),
  line: z.int().min(1).optional().meta({ description: "Line of the field's text, from 1." }),
  column: z.int().min(1).optional().meta({ description: 'Column, from 1, in UTF-16 code units.' }),
  suggestion: z.string().optional().meta({ description: 'What to write instead, where that can be guessed.', example: 'did you mean tx.amount?' }),
})

/** An error answer of the rules' API. */
export const ruleProblemSchema = problemSchema.extend({
  errors: z.array(ruleFieldErrorSchema).optional().meta({ description: 'What is wrong with each field.' }),
})
