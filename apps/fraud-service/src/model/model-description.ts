import { z } from 'zod'
import { featureSpecs } from '../domain/features/catalogue.js'

const probability = z.number().min(0).max(1)

/** What model.json says of the model.onnx beside it; model/train.py writes both. What else stands there is for people. */
const description = z.object({
  version: z.string().min(1).max(100),
  /** Names in the catalogue, in the order of the model's input. */
  features: z.array(z.string()).min(1).max(1_000),
  input: z.object({ name: z.string().min(1), type: z.literal('float32'), absent: z.literal('NaN') }),
  output: z.object({ name: z.string().min(1), column_of_fraud: z.int().min(0).max(1) }),
  /** The median of each feature where the model was trained; null where it mostly was absent. */
  typical: z.record(z.string(), z.number().nullable()),
  /** Transactions of this probability or more are explained, flagged or not. */
  explain_from: probability,
})

export type ModelDescription = Readonly<z.output<typeof description>>

/**
 * The description that a text holds, checked against the catalogue.
 *
 * @returns what is wrong with it, as a text, when it is none
 */
export function modelDescriptionOf(text: string): ModelDescription | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'model.json is no JSON'
  }
  const parsed = description.safeParse(value)
  if (!parsed.success) return `model.json is wrong at ${parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the top'} (${message})`).join(', ')}`
  const { features, typical } = parsed.data
  const unknown = features.filter((name) => !isNumeric(name))
  if (unknown.length > 0) return `model.json names ${unknown.join(', ')}, which the catalogue of features does not have as numbers: train the model for this release`
  if (new Set(features).size < features.length) return 'model.json names a feature twice'
  const without = features.filter((name) => !Object.hasOwn(typical, name))
  return without.length > 0 ? `model.json has no typical value of ${without.join(', ')}` : parsed.data
}

/** What comes of the model itself is no input of it. */
function isNumeric(name: string): boolean {
  const spec = featureSpecs.get(name)
  return spec !== undefined && spec.type !== 'string' && name !== 'model_probability'
}
