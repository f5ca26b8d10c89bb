import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** A service of a file of docker compose: what somebody looks at, in the forms in which this repository writes it. */
export interface ComposeService {
  readonly image?: string
  readonly build?: { readonly target: string }
  readonly pull_policy?: string
  readonly profiles?: readonly string[]
  readonly user?: string
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, unknown>>
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly restart?: string
  readonly mem_limit?: string
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string; readonly required?: boolean }>>
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly volumes: Readonly<Record<string, null>>
}

/** A file of docker compose at the root. Variables of the environment stand in it as they are written, `${NAME}`. */
export function composeFile(name: 'docker-compose.yml' | 'docker-compose.secure.yml' = 'docker-compose.yml'): ComposeFile {
  return parseCompose(readFileSync(join(import.meta.dirname, '..', name), 'utf8'))
}

/** @throws Error for what is no YAML */
export function parseCompose(text: string): ComposeFile {
  return parse(text, { merge: true, maxAliasCount: -1 }) as ComposeFile
}
