import type { FeatureName, Features } from '../domain/features/catalogue.js'

/** Features as a model sees them, row by row: numbers as they are, false and true as 0 and 1, absent as NaN. */
export function matrixOf(rows: readonly Features[], names: readonly FeatureName[]): Float32Array {
  const matrix = new Float32Array(rows.length * names.length)
  let end = 0
  for (const row of rows) {
    for (const name of names) matrix[end++] = numberOf(row[name])
  }
  return matrix
}

function numberOf(value: Features[FeatureName]): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  return Number.NaN
}
