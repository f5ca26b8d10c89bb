import type { Node } from './cel.js'
import type { RuleProblemCode } from './errors.js'
import { nearestName } from './suggestion.js'

/** A problem at an offset of the expression. */
export interface Finding {
  readonly code: RuleProblemCode
  readonly offset: number
  readonly message: string
  readonly suggestion?: string
}

export interface Survey {
  /** The names the expression uses, each once, in its order. */
  readonly names: readonly string[]
  /** Steps it takes at most: see `MAX_COST`. */
  readonly cost: number
  readonly findings: readonly Finding[]
}

/**
 * Dearest expression, in steps: 1 a node that is evaluated, 4 more for looking through a text; a list is looked up,
 * not searched, and costs 1 however long it is. Nothing is evaluated twice, so that the steps bound the time.
 */
const MAX_COST = 200

/** Methods of strings that rules may call. They take no longer than the text is, and make nothing. */
const textMethods: ReadonlySet<string> = new Set(['startsWith', 'endsWith', 'contains'])

const loops = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

const operators = new Set<string>(['?:', '||', '&&', '!_', '-_', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/'])

/**
 * Reads an expression before its types are checked: which names it uses, what it costs, and what in it rules may not
 * use. What is allowed is listed, everything else is refused: there is no loop, no regular expression and nothing that
 * makes a text or a list longer, so that an expression cannot run for longer than its cost says.
 */
export function survey(root: Node, isKnown: (name: string) => boolean, known: readonly string[]): Survey {
  const names = new Set<string>()
  const findings: Finding[] = []
  let cost = 0

  const refuse = (code: RuleProblemCode, node: Node, message: string, suggestion?: string): void => {
    findings.push({ code, offset: node.start, message, ...(suggestion === undefined ? {} : { suggestion }) })
  }

  function visit(node: Node): void {
    cost++
    switch (node.op) {
      case 'value': return visitLiteral(node)
      case 'id':
      case '.': return visitName(node)
      case 'call': return visitCall(node)
      case 'rcall': return visitMethod(node)
      case 'in': return visitMembership(node)
      case 'list': return refuse('FRAUD_RULE_UNSUPPORTED', node, 'a list stands only behind `in`')
      default:
        if (!isOperator(node)) return refuse('FRAUD_RULE_UNSUPPORTED', node, `\`${shown(node)}\` is not for rules`)
        for (const operand of operandsOf(node)) visit(operand)
    }
  }

  function visitLiteral(node: Extract<Node, { op: 'value' }>): void {
    const value = node.args
    if (typeof value === 'bigint') {
      if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return
      return refuse('FRAUD_RULE_WRONG_TYPE', node, `${value} is greater than 2^53 - 1, where numbers are no longer exact`)
    }
    if (typeof value !== 'object') return
    refuse('FRAUD_RULE_UNSUPPORTED', node, `\`${shown(node)}\` is not for rules: values are numbers, texts, true and false`)
  }

  function visitName(node: Node): void {
    const name = nameOf(node)
    if (name === undefined) return refuse('FRAUD_RULE_UNSUPPORTED', node, `\`${shown(node)}\` is not for rules: features have no parts`)
    if (isKnown(name)) {
      names.add(name)
      return
    }
    const nearest = nearestName(name, known)
    refuse('FRAUD_RULE_UNKNOWN_FEATURE', node, `there is no feature ${name}`, nearest === undefined ? undefined : `did you mean ${nearest}?`)
  }

  function visitCall(node: Extract<Node, { op: 'call' }>): void {
    const [name, args] = node.args
    if (name !== 'has') return refuse('FRAUD_RULE_UNSUPPORTED', node, `there is no function ${name}`, otherFunction(name))
    const [arg] = args
    if (arg === undefined || arg.op !== '.') return refuse('FRAUD_RULE_WRONG_TYPE', node, 'has() asks whether a feature is there', 'write has(group.name)')
    visit(arg)
  }

  function visitMethod(node: Extract<Node, { op: 'rcall' }>): void {
    const [name, receiver, args] = node.args
    if (loops.has(name)) {
      return refuse('FRAUD_RULE_TOO_COSTLY', node, `${name}() is a loop, and rules have none`, 'write each case, joined by || or &&, or ask for a feature')
    }
    if (name === 'matches') {
      return refuse('FRAUD_RULE_TOO_COSTLY', node, 'a regular expression can take exponential time', `use ${[...textMethods].join(', ')} or in [...]`)
    }
    if (!textMethods.has(name)) return refuse('FRAUD_RULE_UNSUPPORTED', node, `there is no method ${name}`, `there are ${[...textMethods].join(', ')}`)
    cost += 4
    visit(receiver)
    for (const arg of args) visit(arg)
  }

  function visitMembership(node: Extract<Node, { op: 'in' }>): void {
    const [left, right] = node.args
    visit(left)
    if (right.op !== 'list') return refuse('FRAUD_RULE_UNSUPPORTED', right, '`in` looks into a list that is written out', 'write x in ["a", "b"]')
    for (const element of right.args) {
      if (literalOf(element) === undefined) refuse('FRAUD_RULE_UNSUPPORTED', element, 'a list holds literals only')
    }
  }

  visit(root)
  if (cost > MAX_COST) refuse('FRAUD_RULE_TOO_COSTLY', root, `it takes up to ${cost} steps, ${MAX_COST} are allowed`, 'split the rule, or ask for a feature')
  if (names.size === 0 && findings.length === 0) {
    refuse('FRAUD_RULE_UNSUPPORTED', root, 'it names no feature: it would be the same for every transaction')
  }
  return { names: [...names], cost, findings }
}

/** The value of a literal, a minus before it included; undefined for anything else. Whole numbers come as numbers. */
export function literalOf(node: Node): number | string | boolean | undefined {
  if (node.op === '-_') {
    const value = literalOf(node.args)
    return typeof value === 'number' ? -value : undefined
  }
  if (node.op !== 'value') return undefined
  const value = node.args
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'object' ? undefined : value
}

/** `tx.speed_kmh` of the nodes that say so; undefined when the left end is no name. */
export function nameOf(node: Node): string | undefined {
  if (node.op === 'id') return node.args
  if (node.op !== '.') return undefined
  const [left, name] = node.args
  const group = nameOf(left)
  return group === undefined ? undefined : `${group}.${name}`
}

/** Whether the node is an operator that rules may use, all of its operands being expressions. */
export function isOperator(node: Node): boolean {
  return operators.has(node.op)
}

/** The operands of an operator. */
export function operandsOf(node: Node): readonly Node[] {
  return (Array.isArray(node.args) ? node.args : [node.args]) as Node[]
}

/** What an operator is called, or the beginning of what was written. */
function shown(node: Node): string {
  const text = node.input.slice(node.start, node.end)
  return node.op === '%' ? '%' : text.length > 30 ? `${text.slice(0, 30)}…` : text
}

function otherFunction(name: string): string {
  return name === 'double' ? 'numbers are doubles already' : `there is has(feature); ${name} could be a feature`
}
