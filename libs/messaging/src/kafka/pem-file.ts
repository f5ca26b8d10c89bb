import { readFileSync } from 'node:fs'

/**
 * What is wrong with a file that should hold PEM of this kind (`CERTIFICATE`, `PRIVATE KEY`); undefined when nothing is.
 * The path is not repeated: it stands in a variable, and no value of one is ever printed.
 */
export function pemProblem(path: string, label: RegExp): string | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    return `cannot be read (${code})`
  }
  const labels = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, name = '']) => name)
  if (labels.some((name) => label.test(name))) return undefined
  return labels.length === 0 ? 'has no PEM in it' : `has ${labels.join(', ')} in it`
}
