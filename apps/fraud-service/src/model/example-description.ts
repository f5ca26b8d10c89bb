import type { ModelDescription } from './model-description.js'

/** What a model.json of two features says, for tests to change what they are about. */
export function exampleDescription(changes: Partial<ModelDescription> = {}): ModelDescription {
  return {
    version: 'v7',
    features: ['amount_reference', 'card_blocked'],
    input: { name: 'features', type: 'float32', absent: 'NaN' },
    output: { name: 'probabilities', column_of_fraud: 1 },
    typical: { amount_reference: 40, card_blocked: 0 },
    explain_from: 0.2,
    ...changes,
  }
}
