import { z } from 'zod'
import { ruleFeatures } from '../app/rule-language.js'

export const featureView = z.object({
  name: z.string().meta({ description: 'As rules write it.', example: 'tx.speed_kmh' }),
  type: z.enum(['number', 'string', 'bool']).meta({ description: 'Every number is a double.', example: 'number' }),
  unit: z.string().nullable().meta({ description: 'Unit, or the feature that holds it; null where there is none.', example: 'km/h' }),
  meaning: z.string().meta({ example: 'Distance divided by the time between.' }),
  optional: z.boolean().meta({ description: 'A transaction may be without it: ask with `has()` where that matters.', example: true }),
})

export const featuresView = z.object({ features: z.array(featureView).meta({ example: [] }) })

/** Every feature, in the catalogue's order. */
export function catalogueView(): z.output<typeof featuresView> {
  return {
    features: ruleFeatures.features.map(({ name, type, unit, meaning, absent }) => ({ name, type, unit, meaning, optional: absent !== undefined })),
  }
}
