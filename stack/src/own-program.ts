import { fileURLToPath } from 'node:url'

/**
 * The arguments with which Node runs a program of this package: the compiled one when this code is compiled, the
 * source when this code runs from source (under Vitest).
 *
 * @param name path below src/ without extension, e.g. `twilio/main`
 */
export function ownProgram(name: string): string[] {
  const compiled = import.meta.url.endsWith('.js')
  const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
  return compiled ? [path(`./${name}.js`)] : ['--import', new URL('./from-source.ts', import.meta.url).href, path(`./${name}.ts`)]
}
