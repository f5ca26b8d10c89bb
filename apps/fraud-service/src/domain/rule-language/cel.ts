// oxlint-disable-next-line no-restricted-imports -- CEL is what rules are written in: the one library of the domain, in this file only
import { Environment, ParseError, TypeError as CelTypeError, type ASTNode } from '@marcbachmann/cel-js'
import type { FeatureType } from './feature.js'

/** A node of a parsed expression. */
export type Node = ASTNode

/** A name an expression may use. */
export interface Declared {
  /** `group.name` */
  readonly name: string
  readonly type: FeatureType
}

/** Why CEL does not take an expression. */
export interface CelRefusal {
  readonly kind: 'syntax' | 'limit' | 'type'
  /** Offset in the text. */
  readonly offset: number
  readonly message: string
  readonly node: Node | undefined
}

export type Parsed =
  | { readonly node: Node; check(): CelRefusal | { readonly type: string } }
  | { readonly refusal: CelRefusal }

/** Longest expression. It also bounds how deep a run of `!` or `-` can be, which the parser does not. */
export const MAX_LENGTH = 2_000

const limits = { maxAstNodes: 400, maxDepth: 24, maxListElements: 300, maxMapEntries: 16, maxCallArguments: 4 }

const celTypes = { number: 'double', string: 'string', bool: 'bool' } as const

/** What parses and type-checks expressions over the declared names. Made once for many expressions. */
export function celOver(declared: readonly Declared[]): (text: string) => Parsed {
  const groups = Map.groupBy(declared, ({ name }) => groupOf(name))
  const environment = new Environment({ limits })
  for (const [group, members] of groups) {
    const fields = Object.fromEntries(members.map(({ name, type }) => [name.slice(group.length + 1), celTypes[type]]))
    environment.registerType(`Features_${group}`, { fields }).registerVariable(group, `Features_${group}`)
  }
  return (text) => parse(environment, text)
}

function parse(environment: Environment, text: string): Parsed {
  try {
    const { ast, check } = environment.parse(text)
    return {
      node: ast,
      check() {
        const { type = '', error } = check()
        return error === undefined ? { type } : refusalOf(error)
      },
    }
  } catch (error) {
    return { refusal: refusalOf(error) }
  }
}

function refusalOf(error: unknown): CelRefusal {
  if (!(error instanceof ParseError || error instanceof CelTypeError)) throw error
  const kind = error.code === 'limit_exceeded' ? 'limit' : error instanceof ParseError ? 'syntax' : 'type'
  const node = error.node !== undefined && 'op' in error.node ? (error.node as Node) : undefined
  return { kind, offset: error.range?.start ?? 0, message: error.summary, node }
}

function groupOf(name: string): string {
  return name.slice(0, name.indexOf('.'))
}
